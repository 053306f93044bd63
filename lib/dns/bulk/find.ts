/** Which records a bulk change means, by zone, and what is wanted of those of one. */
import { hash } from "node:crypto";
import { atLeast } from "#lib/access/zone-level.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { setting } from "#lib/settings/settings.ts";
import type { Intent } from "../changes.ts";
import { wantedChanges } from "../intents.ts";
import { relativeName } from "../name.ts";
import type { RRset } from "../rrset.ts";
import { type Range, wholeGeneration } from "../search/places.ts";
import { type FoundRRset, walker } from "../search/walk.ts";
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
export async function findInOne(wanted: Wanted, loaded: LoadedZone, actor: Actor): Promise<ZoneFinds> {
  const { id } = actor;
  if (id === null) throw new Error("a bulk change is somebody's");
  const walk = walker({ ...actor, id }, PATIENCE_MS);
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
