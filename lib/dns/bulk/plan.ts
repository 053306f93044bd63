/** The plan of a bulk change: in each zone what would change, who may not, and what else stands in the way. */
import { hash } from "node:crypto";
import type { Actor } from "#lib/actor.ts";
import { isProblem } from "#lib/api/errors.ts";
import { log } from "#lib/log/log.ts";
import { type ChangeResult, changeZone, type Preview, previewChange } from "../changes.ts";
import { rrsetHash } from "../hash.ts";
import { carryOut, sent } from "../large/carry-out.ts";
import { CUTTING, isReadWhole } from "../large/intents.ts";
import { inThread, LARGE } from "../large/thread.ts";
import type { Plan } from "../rrset.ts";
import type { LoadedZone } from "../zones.ts";
import { findEverywhere, intentOf, type Reader, seenIn, type ZoneFinds } from "./find.ts";
import type { Wanted } from "./wanted.ts";

const AT_ONCE = 4;
/** Steps that are shown of each plan. */
const STEPS = 20;

/** How one zone stands. */
export interface ZonePlan {
  loaded: LoadedZone;
  /** `same`: it is like that already. `refused`: nothing of it can be done. `failed`: nobody knows. */
  state: "ready" | "same" | "refused" | "failed";
  /** Of the plan: another plan has another. */
  digest: string;
  /** Of what was found. */
  seen: string;
  /** Its first steps. */
  plan: Plan;
  steps: number;
  records: Preview["records"];
  brake: Preview["brake"];
  warnings: string[];
  /** Why it is refused, or failed. */
  reasons: string[];
  left: number;
  /** The provider did not answer. */
  silent?: boolean;
}

export async function planEverywhere(wanted: Wanted, reader: Reader): Promise<ZonePlan[]> {
  const zones = (await findEverywhere(wanted, reader)).filter(({ sets, left }) => sets.length + left > 0);
  const plans: ZonePlan[] = [];
  /** A connection that does not answer is not asked for every zone that it has. */
  const silent = new Map<string, string>();
  const queue = zones.map((finds, index) => ({ finds, index }));
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { connection } = next.finds.loaded.zone;
      const reason = silent.get(connection);
      const plan = reason === undefined ? await planZone(wanted, next.finds, reader) : failed(next.finds, reason);
      if (plan.silent && plan.reasons[0]) silent.set(connection, plan.reasons[0]);
      plans[next.index] = plan;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return plans;
}

const none = { created: 0, updated: 0, deleted: 0 };
const unbraked = { braked: false, touched: 0, total: 0, percent: 0 };

const failed = ({ loaded, left }: ZoneFinds, reason: string): ZonePlan => ({
  ...{ loaded, left, state: "failed", digest: "", seen: "", plan: [], steps: 0, records: none, brake: unbraked },
  warnings: [],
  reasons: [reason],
});

/** A plan as threads pass one on. */
export type FoundPlan = Omit<ZonePlan, "loaded" | "silent">;

/** How many RRsets have to be gone through; with those of the whole zone where some of them can hide others. */
function sizeOf({ loaded: { zone }, sets }: ZoneFinds): number {
  const whole = isReadWhole(zone, sets.length) || sets.some(({ type }) => CUTTING.test(type));
  return whole ? sets.length + zone.recordCount : sets.length;
}

export async function planZone(wanted: Wanted, finds: ZoneFinds, reader: Reader): Promise<ZonePlan> {
  const { loaded, sets } = finds;
  if (sets.length === 0) return { ...failed(finds, "Your level there is to look at these records."), state: "refused" };
  try {
    const { organisation, zone } = loaded;
    if (sizeOf(finds) <= LARGE) return { loaded, ...(await planHere(wanted, finds)) };
    const asked = { organisation: organisation.id, zone: zone.id, wanted, actor: sent(reader) };
    return { loaded, ...(await inThread("bulk", asked)) };
  } catch (error) {
    if (!isProblem(error)) {
      log().error({ err: error, zone: loaded.zone.id }, "a bulk change could not be planned");
      return failed(finds, "Something went wrong in this zone.");
    }
    const reasons = Object.values(error.data?.fields ?? {});
    if (error.code !== "invalid_input" && error.code !== "forbidden")
      return { ...failed(finds, error.message), silent: error.code.startsWith("provider_") };
    return { ...failed(finds, error.message), state: "refused", ...(reasons.length > 0 ? { reasons } : {}) };
  }
}

export async function planHere(wanted: Wanted, finds: ZoneFinds): Promise<FoundPlan> {
  const { loaded, left } = finds;
  const preview = await previewChange(loaded, intentOf(wanted, finds, false));
  if (preview.conflicts.length > 0) {
    const { loaded: _loaded, ...moved } = failed(finds, "These records have just changed. Look again.");
    return moved;
  }
  const reasons = [...preview.refused.map(({ reason }) => reason), ...preview.errors.map(({ message }) => message)];
  if (preview.hidden > 0) reasons.push("It does not fit beside records that you cannot see.");
  const { plan, records, brake, warnings } = preview;
  return {
    state: reasons.length > 0 ? "refused" : plan.length === 0 ? "same" : "ready",
    digest: digestOf(plan),
    seen: seenIn(finds),
    plan: plan.slice(0, STEPS),
    steps: plan.length,
    records,
    brake,
    warnings: [...new Set(warnings.map(({ message }) => message))],
    reasons: [...new Set(reasons)],
    left,
  };
}

/** Does what was planned, of what was found then. */
export function carryOutPlan(
  wanted: Wanted,
  finds: ZoneFinds,
  { seen }: ZonePlan,
  { confirm, batchId }: { confirm: boolean; batchId: string },
  actor: Actor,
): Promise<Pick<ChangeResult, "state" | "message" | "change">> {
  const size = sizeOf(finds);
  if (size <= LARGE) return changeZone(finds.loaded, intentOf(wanted, finds, confirm, batchId), actor);
  return carryOut(finds.loaded, { kind: "bulk", wanted, seen, size, confirm, batchId }, actor);
}

/** What is there and what will be: the serial is no part of it. */
const digestOf = (plan: Plan): string =>
  hash(
    "sha256",
    JSON.stringify(plan.map(({ name, type, before, after }) => [name, type, rrsetHash(before), rrsetHash(after)])),
    "base64url",
  ).slice(0, 22);
