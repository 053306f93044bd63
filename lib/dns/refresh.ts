/** Keeps the mirror true: what moved at the provider behind the panel's back becomes one outside change. */
import { eq } from "drizzle-orm";
import { transaction } from "#db/client.ts";
import { zones } from "#db/schema/index.ts";
import { systemActor } from "#lib/actor.ts";
import { singleton } from "#lib/singleton.ts";
import { asProviderError, connectionOf } from "./asking.ts";
import { isFirstNote } from "./first-note.ts";
import { openEntryOf, recordOutsideChange, signedOf } from "./journal.ts";
import { buildGeneration, dropGeneration, WRITTEN_BESIDE } from "./large/generation.ts";
import { inThread, LARGE } from "./large/thread.ts";
import { readMirror } from "./mirror.ts";
import { makePlan } from "./plan.ts";
import { onBehalfOf } from "./providers/caller.ts";
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

const start = (zone: Zone): Promise<Refreshed> =>
  zone.recordCount > LARGE ? inThread("refresh", { zone: zone.id }) : refresh(zone);

export async function refresh(zone: Zone): Promise<Refreshed> {
  const now = Date.now();
  if (isYounger(zone.refreshedAt, FRESH_MS, now) || !zone.externalId || openEntryOf(zone.id)) {
    return { moved: false, refreshedAt: zone.refreshedAt, problem: null };
  }
  try {
    const { provider } = connectionOf(zone);
    const info = await provider.zoneInfo(zone.externalId);
    const compare =
      info.version === null || info.version !== zone.providerVersion || !isYounger(zone.comparedAt, COMPARE_MS, now);
    const read = compare ? await provider.readZone(zone.externalId) : null;
    const signing = read && info.dnssec === undefined ? await signingOf(zone, now) : {};
    const plan = read ? outsideChange(zone, read.rrsets) : [];
    const built = plan.length > WRITTEN_BESIDE ? await buildGeneration(zone, plan) : null;
    const done = transaction((tx) => {
      const fresh = tx.select().from(zones).where(eq(zones.id, zone.id)).get();
      // Somebody wrote meanwhile: what was read is older than the mirror.
      if (!fresh || fresh.revision !== zone.revision || openEntryOf(zone.id)) return false;
      if (plan.length > 0) recordOutsideChange(tx, zone, plan, systemActor("dns.refresh", "outside the panel"), built);
      const said = read?.info ?? info;
      const still = plan.length > 0 ? "" : fresh.statusMessage;
      tx.update(zones)
        .set({
          refreshedAt: now,
          ...(read ? { comparedAt: now, providerVersion: said.version } : {}),
          serial: said.serial,
          ...signedOf({ ...said, ...signing }),
          status: said.status,
          statusMessage: said.readOnly || said.statusMessage || (isFirstNote(still) ? still : ""),
        })
        .where(eq(zones.id, zone.id))
        .run();
      return true;
    });
    if (built) await dropGeneration(done ? built.zone.generation : built.generation);
    return done
      ? { moved: plan.length > 0, refreshedAt: now, problem: null }
      : { moved: false, refreshedAt: zone.refreshedAt, problem: null };
  } catch (error) {
    return { moved: false, refreshedAt: zone.refreshedAt, problem: asProviderError(error).message };
  }
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
