/** Takes back one entry of the journal: a plan from what it made to what was there before, through the same pipeline. */
import { and, eq, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { zoneChanges } from "#db/schema/index.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import type { Intent } from "./changes.ts";
import { rrsetHash } from "./hash.ts";
import { differencesIn, type Entry, planOf } from "./journal.ts";
import { type RRset, rrsetKey } from "./rrset.ts";
import { sees } from "./visible.ts";
import type { LoadedZone, Zone } from "./zones.ts";

export interface RevertData {
  kind: "revert";
  /** The entry. */
  change: string;
  /** Also what has moved since goes back to what was there before. */
  force: boolean;
  confirm: boolean;
  /** Joins the reverts of one act in several zones. */
  batchId?: string;
}

/** `left`: how many RRsets of the entry are left as they are because the caller cannot see them. */
export interface Reverting {
  left: number;
}

/** Takes the entry back. An RRset that is no longer what the entry made it is a conflict, and stops all of it unless forced. */
export function revertIntent(loaded: LoadedZone, data: RevertData): { intent: Intent; beside: Reverting } {
  const { force, confirm, batchId } = data;
  const { zone, access } = loaded;
  const entry = entryOf(zone.id, data.change);
  const all = turnsOf(entry);
  const turns = all.filter((turn) => sees(access, zone.name, turn));
  if (turns.length === 0 && all.length > 0)
    throw new Problem("forbidden", "You cannot see what this change did.", { missing: "view" });
  const scope = new Set(turns.map(rrsetKey));
  const wanted = turns.flatMap(({ before }) => before ?? []);
  const moved = (current: readonly RRset[]) => {
    const now = new Map(current.map((set) => [rrsetKey(set), set]));
    // What is back already is no conflict: there is nothing to do.
    return turns.filter((turn) => rrsetHash(now.get(rrsetKey(turn)) ?? null) !== rrsetHash(turn.before));
  };
  const intent: Intent = {
    names: turns.map(({ name }) => name),
    build: () => ({ wanted, scope }),
    fieldOf: () => "change",
    expect: (current) =>
      force ? [] : moved(current).map(({ name, type, after }) => ({ name, type, hash: rrsetHash(after) })),
    confirm,
    links: { undoes: entry.id, ...(batchId ? { batchId } : {}) },
  };
  return { intent, beside: { left: all.length - turns.length } };
}

/** How many RRsets the entry touched, and whether it may have made or taken away what hides others: of a long one only the first steps are looked at. */
export function revertSize({ id }: Zone, { change }: RevertData): { steps: number; cuts: boolean } {
  const row = db().get<{ steps: number; cuts: number } | undefined>(
    sql`select json_array_length(plan) + more_steps as steps, more_steps > 0 or exists (select 1 from json_each(plan) as step where step.value ->> 'type' in ('NS', 'DS', 'DNAME')) as cuts from zone_changes where id = ${change} and zone_id = ${id}`,
  );
  return { steps: row?.steps ?? 0, cuts: row?.cuts === 1 };
}

function entryOf(zoneId: string, changeId: string): Entry {
  const entry = db()
    .select()
    .from(zoneChanges)
    .where(and(eq(zoneChanges.id, changeId), eq(zoneChanges.zoneId, zoneId)))
    .get();
  if (!entry) throw notFound("change");
  if (entry.kind !== "change" && entry.kind !== "outside")
    throw new Problem("conflict", "Only changes of records can be undone.");
  if (entry.state === "pending" || entry.state === "unknown")
    throw new Problem("zone_settling", "Nobody knows yet what became of this change. Try again in a minute.", {
      change: entry.id,
      retryAfter: 30,
    });
  if (entry.state === "refused" || entry.state === "not_applied")
    throw new Problem("conflict", "This change was not applied, so there is nothing to undo.");
  return entry;
}

interface Turn {
  name: string;
  type: string;
  before: RRset | null;
  after: RRset | null;
}

/** What the entry really did: where something else was stored than was sent, that is what it made. */
function turnsOf(entry: Entry): Turn[] {
  const stored = new Map(differencesIn(entry).map(({ name, type, found }) => [rrsetKey({ name, type }), found]));
  return planOf(entry)
    .map(({ name, type, before, after }): Turn => {
      const found = stored.get(rrsetKey({ name, type }));
      return { name, type, before: withoutIds(before), after: found === undefined ? after : found };
    })
    .filter(({ before, after }) => rrsetHash(before) !== rrsetHash(after));
}

/** A record that comes back is another one to the provider. */
export const withoutIds = (set: RRset | null): RRset | null =>
  set && { ...set, records: set.records.map(({ providerId: _id, ...record }) => record) };
