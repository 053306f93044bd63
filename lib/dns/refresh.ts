/** Keeps the mirror true: what moved at the provider behind the panel's back becomes one outside change. */
import { eq } from "drizzle-orm";
import { transaction } from "#db/client.ts";
import { zones } from "#db/schema/index.ts";
import { systemActor } from "#lib/actor.ts";
import { singleton } from "#lib/singleton.ts";
import { asProviderError, connectionOf } from "./asking.ts";
import { isFirstNote } from "./first-note.ts";
import { openEntryOf, recordOutsideChange, signedOf } from "./journal.ts";
import { type Built, buildGeneration, closeWith, WRITTEN_BESIDE } from "./large/generation.ts";
import { inThread, LARGE } from "./large/thread.ts";
import { readMirror } from "./mirror.ts";
import { makePlan } from "./plan.ts";
import { onBehalfOf } from "./providers/caller.ts";
import type { ZoneInfo } from "./providers/provider.ts";
import { type Plan, type RRset, rrsetKey } from "./rrset.ts";
import type { Zone } from "./zones.ts";

/** A mirror younger than this is not asked about again. */
const FRESH_MS = 60_000;
/** A version proves a change, never its absence: after this the whole zone is compared. */
const COMPARE_MS = 15 * 60_000;

/** What was written by a clock that was ahead says nothing. */
const isYounger = (at: number, ms: number, now: number): boolean => at <= now && now - at < ms;

export interface Refreshed {
  /** Whether the mirror changed. */
  moved: boolean;
  refreshedAt: number;
  /** Why the provider could not be asked: the mirror is shown, as old as it is. */
  problem: string | null;
}

/** One refresh a zone at a time; those who ask meanwhile get its result. Large zones are compared away from this thread. */
export function refreshZone(zone: Zone): Promise<Refreshed> {
  if (zone.connection === "local") return Promise.resolve({ moved: false, refreshedAt: Date.now(), problem: null });
  const running = singleton("refreshes", () => new Map<string, Promise<Refreshed>>());
  const begin = () => onBehalfOf({ organisation: zone.organisationId, bulk: true }, () => start(zone));
  const mine = running.get(zone.id) ?? begin().finally(() => running.delete(zone.id));
  running.set(zone.id, mine);
  return mine;
}

/** A version says on this thread that nothing moved; records of a large zone are compared away from it. */
const start = (zone: Zone): Promise<Refreshed> =>
  refresh(zone, zone.recordCount > LARGE ? (info) => inThread("compare", { zone: zone.id, info }) : undefined);

/** `elsewhere`: where the records are compared, if not here. */
export async function refresh(
  zone: Zone,
  elsewhere: (info: ZoneInfo) => Promise<Refreshed> = (info) => compare(zone, info),
): Promise<Refreshed> {
  const now = Date.now();
  if (isYounger(zone.refreshedAt, FRESH_MS, now) || !zone.externalId || openEntryOf(zone.id)) return asItIs(zone);
  let info: ZoneInfo;
  try {
    info = await connectionOf(zone).provider.zoneInfo(zone.externalId);
  } catch (error) {
    return asItIs(zone, asProviderError(error).message);
  }
  if (info.version === null || info.version !== zone.providerVersion || !isYounger(zone.comparedAt, COMPARE_MS, now))
    return elsewhere(info);
  return settled(zone, now, { said: info, plan: [], built: null, more: {} }) ?? asItIs(zone);
}

/** The zone's records with those of its provider, which has just said this of it. */
export async function compare(zone: Zone, info: ZoneInfo): Promise<Refreshed> {
  const now = Date.now();
  if (!zone.externalId) return asItIs(zone);
  try {
    const read = await connectionOf(zone).provider.readZone(zone.externalId);
    const signing = info.dnssec === undefined ? await signingOf(zone, now) : {};
    const plan = outsideChange(zone, read.rrsets);
    const built = plan.length > WRITTEN_BESIDE ? await buildGeneration(zone, plan) : null;
    const more = { comparedAt: now, providerVersion: read.info.version };
    const found = { said: { ...read.info, ...signing }, plan, built, more };
    const taken = (done: Refreshed | null) => done !== null;
    return (await closeWith(built, () => settled(zone, now, found), taken)) ?? asItIs(zone);
  } catch (error) {
    return asItIs(zone, asProviderError(error).message);
  }
}

const asItIs = ({ refreshedAt }: Zone, problem: string | null = null): Refreshed => ({
  moved: false,
  refreshedAt,
  problem,
});

interface Found {
  said: ZoneInfo;
  plan: Plan;
  built: Built | null;
  more: { comparedAt?: number; providerVersion?: string | null };
}

/** Writes down what was found. Null if somebody wrote meanwhile: then it is older than the mirror. */
function settled(zone: Zone, now: number, { said, plan, built, more }: Found): Refreshed | null {
  return transaction((tx) => {
    const fresh = tx.select().from(zones).where(eq(zones.id, zone.id)).get();
    if (!fresh || fresh.revision !== zone.revision || openEntryOf(zone.id)) return null;
    if (plan.length > 0) recordOutsideChange(tx, zone, plan, systemActor("dns.refresh", "outside the panel"), built);
    const still = plan.length > 0 ? "" : fresh.statusMessage;
    tx.update(zones)
      .set({
        refreshedAt: now,
        ...more,
        serial: said.serial,
        ...signedOf(said),
        status: said.status,
        statusMessage: said.readOnly || said.statusMessage || (isFirstNote(still) ? still : ""),
      })
      .where(eq(zones.id, zone.id))
      .run();
    return { moved: plan.length > 0, refreshedAt: now, problem: null };
  });
}

/** Whether the zone is signed, of a provider that says so only when it is asked, and so is asked seldom. */
async function signingOf(zone: Zone, now: number): Promise<{ dnssec?: boolean }> {
  const { signing } = connectionOf(zone).provider;
  if (!signing || !zone.externalId || (zone.signed !== null && isYounger(zone.comparedAt, COMPARE_MS, now))) return {};
  const { signed } = await signing.status(zone.externalId);
  return { dnssec: signed };
}

/** From the mirror to what was read. */
export function outsideChange(zone: Zone, found: readonly RRset[]): Plan {
  const mirror = readMirror(zone.id);
  const scope = new Set([...mirror, ...found].map(rrsetKey));
  return makePlan(mirror, found, { scope, apex: zone.name });
}
