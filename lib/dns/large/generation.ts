/** Big writes to a zone's mirror: a new generation is built beside the one that is read, in short transactions, and then takes its place in one. */
import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { type DbOrTx, db, provisionally } from "#db/client.ts";
import { deletedZones, generations, generationTypes, recordIds, rrsetRows, zones } from "#db/schema/index.ts";
import { giveWay } from "#db/turns.ts";
import { Problem } from "#lib/api/errors.ts";
import { log } from "#lib/log/log.ts";
import { rowOf, sortKeyOf } from "../mirror.ts";
import type { Plan, RRset } from "../rrset.ts";
import type { Zone } from "../zones.ts";
import { pace } from "./pace.ts";

/** A transaction of so many rows takes about twenty milliseconds: with half of them, most of the time is its beginning and end. */
const ROWS = 1000;
/** The index takes longer. */
const INDEXED = 800;
/** So many ids take as long. */
const IDS = 4000;

/** Plans over so many RRsets are written beside, smaller ones in one transaction. */
export const WRITTEN_BESIDE = 2000;

/** A generation that is whole, and what it is to take the place of. */
export interface Built {
  generation: number;
  zone: Pick<Zone, "id" | "generation" | "revision">;
  types: { type: string; sets: number; records: number }[];
}

/** The zone as it is after the plan, beside the zone as it is. What is not switched to has to be dropped. */
export async function buildGeneration(asked: Zone, plan: Plan): Promise<Built> {
  const { signal, progress } = pace();
  // Put in order since it was loaded, it is the same zone under another number.
  const zone = { ...asked, ...generationOf(asked) };
  const steps = inOrder(zone, plan);
  const total = 2 * (zone.recordCount + plan.length);
  const generation = Number(db().insert(generations).values({ zoneId: zone.id }).run().lastInsertRowid);
  try {
    let [done, taken] = [0, 0];
    for (let at: Place | null = { sortKey: "", type: "" }; at !== null; ) {
      const next = steps.slice(taken, taken + ROWS);
      const merged = mergeSome({
        apex: zone.name,
        from: zone.generation,
        to: generation,
        at,
        next,
        isLast: taken + ROWS >= steps.length,
      });
      taken += merged.taken;
      at = merged.at;
      done += ROWS;
      progress(Math.min(0.5, done / total));
      await giveWay();
      signal.throwIfAborted();
    }
    const { first, last } = idsOf(generation);
    for (let from = first; from <= last; from += INDEXED) {
      provisionally((tx) => indexSome(tx, generation, from, from + INDEXED - 1));
      progress(Math.min(1, 0.5 + (0.5 * (from - first)) / (last - first + 1)));
      await giveWay();
      signal.throwIfAborted();
    }
    await writeIds(generation, first, last);
    db().update(generations).set({ orderedTo: last }).where(eq(generations.id, generation)).run();
    const types = db()
      .select({
        type: rrsetRows.type,
        sets: sql<number>`count(*)`,
        records: sql<number>`sum(${rrsetRows.recordCount})`,
      })
      .from(rrsetRows)
      .where(eq(rrsetRows.generation, generation))
      .groupBy(rrsetRows.type)
      .all();
    return { generation, zone, types };
  } catch (error) {
    await dropGeneration(generation);
    throw error;
  }
}

/** From here on the zone is what was built. Throws `zone_moved` if it is no longer what it was built from. */
export function switchTo(tx: DbOrTx, { generation, zone, types }: Built): void {
  const recordCount = types.reduce((sum, type) => sum + type.records, 0);
  const switched = tx
    .update(zones)
    .set({ generation, recordCount })
    .where(and(eq(zones.id, zone.id), eq(zones.generation, zone.generation), eq(zones.revision, zone.revision)))
    .run();
  if (switched.changes !== 1) throw new Problem("zone_moved", "This zone has changed meanwhile. Try again.");
  if (types.length > 0)
    tx.insert(generationTypes)
      .values(types.map((type) => ({ generation, ...type })))
      .run();
}

/**
 * Closes something with what was built for it, if anything was. What nothing points to afterwards is removed: the generation
 * before, or this one where closing failed or, by `taken`, did not take it. What cannot be removed now is at the next start.
 */
export async function closeWith<T>(
  built: Built | null | undefined,
  close: () => T,
  taken: (closed: T) => boolean = () => true,
): Promise<T> {
  if (!built) return close();
  let unused = built.generation;
  try {
    const closed = close();
    if (taken(closed)) unused = built.zone.generation;
    return closed;
  } finally {
    await dropGeneration(unused).catch((error) => log().warn({ err: error }, "old records were not removed"));
  }
}

/** Removes a generation that nothing points to, a little at a time. */
export async function dropGeneration(generation: number): Promise<void> {
  while (provisionally((tx) => dropIds(tx, generation)) === IDS) await giveWay();
  while (provisionally((tx) => dropSome(tx, generation)) === ROWS) await giveWay();
  db().delete(generations).where(eq(generations.id, generation)).run();
}

/** Those that no zone points to, nor one that was deleted. */
export const leftOver = (): number[] =>
  db()
    .select({ id: generations.id })
    .from(generations)
    .leftJoin(zones, eq(zones.generation, generations.id))
    .leftJoin(deletedZones, eq(deletedZones.generation, generations.id))
    .where(and(isNull(zones.id), isNull(deletedZones.id)))
    .all()
    .map(({ id }) => id);

/** The index takes many rows of a statement at once, in the order of their numbers; triggers would tell it of each alone. */
function indexSome(tx: DbOrTx, generation: number, from: number, to: number): void {
  tx.run(
    sql`insert into rrset_text (rowid, text) select place, text from rrset_lines where id between ${from} and ${to} and place >> 36 = ${generation} order by id`,
  );
}

/** All of them in their own order, whatever that of the rows is. */
async function writeIds(generation: number, first: number, last: number): Promise<void> {
  const found: [id: string, row: number][] = [];
  for (let from = first; from <= last; from += IDS) found.push(...idsAmong(generation, from, from + IDS - 1));
  found.sort(([a], [b]) => compareTexts(a, b));
  for (let from = 0; from < found.length; from += IDS) {
    const some = JSON.stringify(found.slice(from, from + IDS));
    provisionally((tx) =>
      tx.run(
        sql`insert or ignore into record_ids (generation, id, row_id) select ${generation}, value ->> 0, value ->> 1 from json_each(${some})`,
      ),
    );
    await giveWay();
  }
}

/** By their numbers: the plus keeps the database from going through all of the generation each time. */
function idsAmong(generation: number, from: number, to: number): [id: string, row: number][] {
  const rows = db().values<[string, number]>(
    sql`select value ->> 'id', r.id from rrset_rows r, json_each(r.records) where r.id between ${from} and ${to} and +r.generation = ${generation}`,
  );
  return rows.filter(([id]) => id !== null);
}

function dropIds(tx: DbOrTx, generation: number): number {
  const some = tx.select({ id: recordIds.id }).from(recordIds).where(eq(recordIds.generation, generation)).limit(IDS);
  return tx
    .delete(recordIds)
    .where(and(eq(recordIds.generation, generation), inArray(recordIds.id, some)))
    .run().changes;
}

/** Numbers of others may lie between. */
const idsOf = (generation: number): { first: number; last: number } =>
  db()
    .select({
      first: sql<number>`coalesce(min(${rrsetRows.id}), 1)`,
      last: sql<number>`coalesce(max(${rrsetRows.id}), 0)`,
    })
    .from(rrsetRows)
    .where(eq(rrsetRows.generation, generation))
    .get() ?? { first: 1, last: 0 };

/** Returns how many rows they were. In the order in which they are numbered, so that they lie side by side. */
function dropSome(tx: DbOrTx, generation: number): number {
  const ids = tx
    .select({ id: rrsetRows.id })
    .from(rrsetRows)
    .where(eq(rrsetRows.generation, generation))
    .orderBy(rrsetRows.sortKey, rrsetRows.type)
    .limit(ROWS)
    .all()
    .map(({ id }) => id)
    .sort((a, b) => a - b);
  const listed = sql`(select value from json_each(${JSON.stringify(ids)}))`;
  tx.run(
    sql`delete from rrset_text where rowid in (select ${generation} << 36 | value from json_each(${JSON.stringify(ids)}))`,
  );
  return tx.delete(rrsetRows).where(sql`${rrsetRows.id} in ${listed}`).run().changes;
}

interface Place {
  sortKey: string;
  type: string;
}

/** What a plan leaves at a place: null takes it away. */
interface Step extends Place {
  set: RRset | null;
}

const generationOf = ({ id }: Zone): Pick<Zone, "generation"> | undefined =>
  db().select({ generation: zones.generation }).from(zones).where(eq(zones.id, id)).get();

/** The plan by its places, in their order. What it puts there counts before what it takes away. */
function inOrder(zone: Zone, plan: Plan): Step[] {
  const steps = new Map<string, Step>();
  for (const { name, type, after } of plan) {
    const sortKey = sortKeyOf(name, zone.name);
    const key = `${sortKey} ${type}`;
    if (after || !steps.has(key)) steps.set(key, { sortKey, type, set: after });
  }
  return [...steps.values()].sort(comparePlaces);
}

interface Merging {
  apex: string;
  from: number;
  to: number;
  at: Place;
  /** The next steps of the plan, and whether there are no others. */
  next: readonly Step[];
  isLast: boolean;
}

/**
 * Copies the next rows after a place with what the plan says of them, all in the order in which they are numbered from now on.
 * Returns how many steps that took, and where it has come to, or null at the end.
 */
function mergeSome({ apex, from, to, at, next, isLast }: Merging): { taken: number; at: Place | null } {
  const after = and(
    eq(rrsetRows.generation, from),
    sql`(${rrsetRows.sortKey}, ${rrsetRows.type}) > (${at.sortKey}, ${at.type})`,
  );
  const there = db()
    .select({ sortKey: rrsetRows.sortKey, type: rrsetRows.type })
    .from(rrsetRows)
    .where(after)
    .orderBy(rrsetRows.sortKey, rrsetRows.type)
    .limit(1)
    .offset(ROWS - 1)
    .get();
  const ends = [there, isLast ? undefined : next.at(-1)].filter((place) => place !== undefined);
  const last = ends.sort(comparePlaces)[0] ?? null;
  const steps = last ? next.filter((step) => comparePlaces(step, last) <= 0) : next;
  const upTo = last ? sql`and (sort_key, type) <= (${last.sortKey}, ${last.type})` : sql``;
  const columns = sql`sort_key, type, name, ttl, records, record_count`;
  const planned = JSON.stringify(
    steps.map(({ sortKey, type, set }) => [sortKey, type, ...(set ? cellsOf(apex, set) : [])]),
  );
  provisionally((tx) =>
    tx.run(sql`
      with planned as materialized (
        select value ->> 0 as sort_key, value ->> 1 as type, value ->> 2 as name, value ->> 3 as ttl, value ->> 4 as records,
          value ->> 5 as record_count
        from json_each(${planned})
      )
      insert into rrset_rows (generation, ${columns}) select ${to}, ${columns} from (
        select ${columns} from rrset_rows where generation = ${from} and (sort_key, type) > (${at.sortKey}, ${at.type}) ${upTo}
          and (sort_key, type) not in (select sort_key, type from planned)
        union all select ${columns} from planned where name is not null
      ) order by sort_key, type`),
  );
  return { taken: steps.length, at: last };
}

function cellsOf(apex: string, set: RRset): (string | number)[] {
  const { name, ttl, records, recordCount } = rowOf(apex, set);
  return [name, ttl, records, recordCount];
}

/** As the database orders them. */
const comparePlaces = (a: Place, b: Place): number =>
  compareTexts(a.sortKey, b.sortKey) || compareTexts(a.type, b.type);

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
