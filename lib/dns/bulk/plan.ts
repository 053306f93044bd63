/** The plan of a bulk change: in each zone what would change, who may not, and what else stands in the way. */
import { hash } from "node:crypto";
import { atLeast } from "#lib/access/zone-level.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, isProblem } from "#lib/api/errors.ts";
import { log } from "#lib/log/log.ts";
import { setting } from "#lib/settings/settings.ts";
import { type Intent, type Preview, previewChange } from "../changes.ts";
import { rrsetHash } from "../hash.ts";
import { wantedChanges } from "../intents.ts";
import { relativeName } from "../name.ts";
import type { Plan, RRset } from "../rrset.ts";
import { type Range, wholeGeneration } from "../search/places.ts";
import { type FoundRRset, walker } from "../search/walk.ts";
import type { LoadedZone } from "../zones.ts";
import { becomes, matcher, questionOf, seenAs, type Wanted } from "./wanted.ts";

type Reader = Actor & { id: string };

/** What there is to do in one zone. */
export interface ZoneFinds {
  loaded: LoadedZone;
  sets: RRset[];
  /** RRsets that match and that one may only look at. */
  left: number;
}

const PATIENCE_MS = 10_000;
const AT_ONCE = 4;

/** The records that are meant, by zone, in the zones that the reader may edit. Throws when they are too many. */
export async function findEverywhere(wanted: Wanted, reader: Reader): Promise<ZoneFinds[]> {
  const walk = walker(reader, PATIENCE_MS);
  const found = await collect(wanted, walk, walk.ranges());
  const zones = byZone(found);
  const most = setting("limits.zones_per_bulk");
  if (zones.length > most) throw invalid({ find: `This finds records in more than ${most} zones. Narrow it down.` });
  return zones.toSorted((a, b) => (a.loaded.zone.name < b.loaded.zone.name ? -1 : 1));
}

/** The same in one zone. */
export async function findInOne(wanted: Wanted, loaded: LoadedZone, reader: Reader): Promise<ZoneFinds> {
  const walk = walker(reader, PATIENCE_MS);
  const found = await collect(wanted, walk, [wholeGeneration(loaded.zone.generation)]);
  return byZone(found).find((zone) => zone.loaded.zone.id === loaded.zone.id) ?? { loaded, sets: [], left: 0 };
}

async function collect(wanted: Wanted, walk: ReturnType<typeof walker>, ranges: readonly Range[]) {
  const { find } = wanted;
  const [question, most] = [questionOf(find), setting("limits.rrsets_per_bulk")];
  const [isMeant, zones] = [matcher(find), new Set(find.zones)];
  const found = new Map<number, FoundRRset>();
  const tooMany = invalid({ find: `This finds more than ${most} record sets. Narrow it down.` });
  if (question === null) return found;
  await walk.into(found, question, most + 1, ranges, ({ loaded, set }) => {
    if (!atLeast(loaded.access.level, "edit")) return false;
    return (zones.size === 0 || zones.has(loaded.zone.id)) && isMeant(set, loaded.zone.name);
  });
  if (found.size > most || walk.gaveUp()) throw tooMany;
  return found;
}

function byZone(found: ReadonlyMap<number, FoundRRset>): ZoneFinds[] {
  const zones = new Map<string, ZoneFinds>();
  for (const { loaded, set } of found.values()) {
    const { zone, access } = loaded;
    const mine = zones.get(zone.id) ?? { loaded, sets: [], left: 0 };
    zones.set(zone.id, mine);
    if (atLeast(access.levelAt(relativeName(set.name, zone.name), set.type), "edit")) mine.sets.push(set);
    else mine.left += 1;
  }
  return [...zones.values()];
}

/** How one zone stands. */
export interface ZonePlan {
  loaded: LoadedZone;
  /** `same`: it is like that already. `refused`: nothing of it can be done. `failed`: nobody knows. */
  state: "ready" | "same" | "refused" | "failed";
  /** Of the plan: another plan has another. */
  digest: string;
  plan: Plan;
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
      const plan = reason === undefined ? await planZone(wanted, next.finds) : failed(next.finds, reason);
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
  ...{ loaded, left, state: "failed", digest: "", plan: [], records: none, brake: unbraked, warnings: [] },
  reasons: [reason],
});

export async function planZone(wanted: Wanted, finds: ZoneFinds): Promise<ZonePlan> {
  const { loaded, sets, left } = finds;
  if (sets.length === 0) return { ...failed(finds, "Your level there is to look at these records."), state: "refused" };
  try {
    const preview = await previewChange(loaded, intentOf(wanted, finds, false));
    if (preview.conflicts.length > 0) return failed(finds, "These records have just changed. Look again.");
    const reasons = [...preview.refused.map(({ reason }) => reason), ...preview.errors.map(({ message }) => message)];
    if (preview.hidden > 0) reasons.push("It does not fit beside records that you cannot see.");
    const { plan, records, brake, warnings } = preview;
    return {
      loaded,
      state: reasons.length > 0 ? "refused" : plan.length === 0 ? "same" : "ready",
      digest: digestOf(plan),
      plan,
      records,
      brake,
      warnings: [...new Set(warnings.map(({ message }) => message))],
      reasons: [...new Set(reasons)],
      left,
    };
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

/** Through the same door as a set of changes that came over the API. */
export function intentOf(wanted: Wanted, { loaded, sets }: ZoneFinds, confirm: boolean, batchId?: string): Intent {
  const after = sets.map((set) => ({ set, now: becomes(set, wanted) }));
  const intent = wantedChanges(loaded, {
    rrsets: after.flatMap(({ now }) =>
      now ? [{ ...now, records: now.records.map(({ providerId: _id, ...record }) => record) }] : [],
    ),
    deletions: after.flatMap(({ set, now }) => (now ? [] : [{ name: set.name, type: set.type }])),
    expect: sets.map(seenAs),
    confirm,
  });
  return batchId === undefined ? intent : { ...intent, links: { batchId } };
}

/** What is there and what will be: the serial is no part of it. */
const digestOf = (plan: Plan): string =>
  hash(
    "sha256",
    JSON.stringify(plan.map(({ name, type, before, after }) => [name, type, rrsetHash(before), rrsetHash(after)])),
    "base64url",
  ).slice(0, 22);
