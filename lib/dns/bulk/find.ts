/** Which records a bulk change means, by zone, and what is wanted of those of one. */
import { hash } from "node:crypto";
import { db } from "#db/client.ts";
import { inList } from "#db/hot.ts";
import { zones } from "#db/schema/index.ts";
import { atLeast } from "#lib/access/zone-level.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { setting } from "#lib/settings/settings.ts";
import type { Intent } from "../changes.ts";
import { wantedChanges } from "../intents.ts";
import { relativeName } from "../name.ts";
import type { RRset } from "../rrset.ts";
import { type Range, wholeGeneration } from "../search/places.ts";
import { type FoundRRset, type Walker, walker } from "../search/walk.ts";
import type { LoadedZone } from "../zones.ts";
import { becomes, matcher, questionOf, seenAs, type Wanted } from "./wanted.ts";

export type Reader = Actor & { id: string };

/** What there is to do in one zone. */
export interface ZoneFinds {
  loaded: LoadedZone;
  sets: RRset[];
  /** RRsets that match and that one may only look at. */
  left: number;
}

const PATIENCE_MS = 10_000;
/** How often what was written anew meanwhile is looked through again. */
const TIMES = 3;

type Found = Map<number, FoundRRset>;

/** The records that are meant, by zone, in the zones that the reader may edit. Throws when they are too many. */
export async function findEverywhere(wanted: Wanted, reader: Reader): Promise<ZoneFinds[]> {
  const found: Found = new Map();
  const walk = patiently(reader);
  let walked = walk();
  await collect(wanted, found, walked, walked.ranges());
  await untilStill(() => {
    const anew = [...dropMoved(found), ...walked.opened()];
    if (anew.length === 0) return null;
    walked = walk();
    return collect(wanted, found, walked, [...new Set(anew)].map(wholeGeneration));
  });
  const finds = byZone(found);
  const most = setting("limits.zones_per_bulk");
  if (finds.length > most) throw invalid({ find: `This finds records in more than ${most} zones. Narrow it down.` });
  return finds.toSorted((a, b) => (a.loaded.zone.name < b.loaded.zone.name ? -1 : 1));
}

/** The same in one zone. */
export async function findInOne(wanted: Wanted, loaded: LoadedZone, actor: Actor): Promise<ZoneFinds> {
  const { id } = actor;
  if (id === null) throw new Error("a bulk change is somebody's");
  const found: Found = new Map();
  const walk = patiently({ ...actor, id });
  let walked: number | undefined;
  await untilStill(() => {
    const [now] = generationsOf([loaded.zone.id]);
    if (now === undefined || now === walked) return null;
    walked = now;
    found.clear();
    return collect(wanted, found, walk(), [wholeGeneration(now)]);
  });
  return byZone(found).find((zone) => zone.loaded.zone.id === loaded.zone.id) ?? { loaded, sets: [], left: 0 };
}

/** Looks, until there is nothing that was written anew while it did. */
async function untilStill(look: () => Promise<void> | null): Promise<void> {
  for (let time = 0; time <= TIMES; time++) {
    const looking = look();
    if (!looking) return;
    await looking;
  }
  throw new Problem("zone_busy", "These zones are being written to. Try again in a moment.", { retryAfter: 5 });
}

/** All walks together take no longer than one may. */
function patiently(reader: Reader) {
  const began = performance.now();
  return () => walker(reader, PATIENCE_MS - (performance.now() - began));
}

/**
 * A zone that was put in order, or changed largely, while it was walked: what was found of it may be a part, or be found a second time
 * in the rows that it has now. Returns where those are.
 */
function dropMoved(found: Found): number[] {
  const current = new Set(generationsOf([...new Set([...found.values()].map(({ loaded }) => loaded.zone.id))]));
  const moved = new Set<string>();
  for (const [id, { loaded }] of found) {
    if (current.has(loaded.zone.generation)) continue;
    moved.add(loaded.zone.id);
    found.delete(id);
  }
  for (const [id, { loaded }] of found) if (moved.has(loaded.zone.id)) found.delete(id);
  return generationsOf([...moved]);
}

const generationsOf = (ids: readonly string[]): number[] =>
  db()
    .select({ generation: zones.generation })
    .from(zones)
    .where(inList(zones.id, ids))
    .all()
    .map(({ generation }) => generation);

async function collect(wanted: Wanted, found: Found, walk: Walker, ranges: readonly Range[]): Promise<void> {
  const { find } = wanted;
  const [question, most] = [questionOf(find), setting("limits.rrsets_per_bulk")];
  const [isMeant, only] = [matcher(find), new Set(find.zones)];
  const tooMany = invalid({ find: `This finds more than ${most} record sets. Narrow it down.` });
  if (question === null) return;
  await walk.into(found, question, most + 1, ranges, ({ loaded, set }) => {
    if (!atLeast(loaded.access.level, "edit")) return false;
    return (only.size === 0 || only.has(loaded.zone.id)) && isMeant(set, loaded.zone.name);
  });
  if (found.size > most || walk.gaveUp()) throw tooMany;
}

function byZone(found: Found): ZoneFinds[] {
  const finds = new Map<string, ZoneFinds>();
  for (const { loaded, set } of found.values()) {
    const { zone, access } = loaded;
    const mine = finds.get(zone.id) ?? { loaded, sets: [], left: 0 };
    finds.set(zone.id, mine);
    if (atLeast(access.levelAt(relativeName(set.name, zone.name), set.type), "edit")) mine.sets.push(set);
    else mine.left += 1;
  }
  return [...finds.values()];
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

/** What is wanted in a zone that is too large to be done here, as data: there the records are found again. */
export interface BulkData {
  kind: "bulk";
  wanted: Wanted;
  /** What was found when it was planned. */
  seen: string;
  /** How many RRsets have to be gone through. */
  size: number;
  confirm: boolean;
  batchId: string;
}

export async function bulkIntent(loaded: LoadedZone, data: BulkData, actor: Actor): Promise<Intent> {
  const finds = await findInOne(data.wanted, loaded, actor);
  if (seenIn(finds) !== data.seen)
    throw new Problem("zone_moved", "Somebody else has changed these records since you saw them.");
  return intentOf(data.wanted, finds, data.confirm, data.batchId);
}

/** In whatever order they were found: the rows of a zone may have been numbered anew since. */
export const seenIn = ({ sets }: ZoneFinds): string =>
  hash(
    "sha256",
    sets
      .map((set) => JSON.stringify(seenAs(set)))
      .toSorted()
      .join("\n"),
    "base64url",
  );
