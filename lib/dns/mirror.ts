/** The mirror of every zone: what the panel lists, pages, searches and counts from, whoever keeps the zone. */
import { and, eq, sql } from "drizzle-orm";
import { type DbOrTx, db } from "#db/client.ts";
import { inList, preparedOn } from "#db/hot.ts";
import { rrsetRows, rrsets, zones } from "#db/schema/index.ts";
import { recordId } from "./hash.ts";
import { labelsOf, relativeName } from "./name.ts";
import type { DnsRecord, Plan, RRset } from "./rrset.ts";

export type MirrorRow = typeof rrsets.$inferSelect;

/** The labels from the apex down: bytewise order of these is canonical DNS order (RFC 4034 §6.1). */
export function sortKeyOf(name: string, apex: string): string {
  const relative = relativeName(name, apex);
  return relative === "@" ? "" : labelsOf(relative).toReversed().join("\u0001");
}

/** A record as it is kept: with its id, so that one can be found without hashing a zone. */
export type MirrorRecord = DnsRecord & { id: string };

export const toRRset = (row: Pick<MirrorRow, "name" | "type" | "ttl" | "records">): RRset => ({
  name: row.name,
  type: row.type,
  ttl: row.ttl === -1 ? "auto" : row.ttl,
  records: (JSON.parse(row.records) as MirrorRecord[]).map(({ id: _id, ...record }) => record),
});

export const readMirror = (zoneId: string, tx: DbOrTx = db()): RRset[] =>
  tx.select().from(rrsets).where(eq(rrsets.zoneId, zoneId)).orderBy(rrsets.sortKey, rrsets.type).all().map(toRRset);

/** What a generation holds, also one that is no zone's now. */
export const readGeneration = (generation: number): RRset[] =>
  db()
    .select()
    .from(rrsetRows)
    .where(eq(rrsetRows.generation, generation))
    .orderBy(rrsetRows.sortKey, rrsetRows.type)
    .all()
    .map(toRRset);

/** All types at these owner names, and everything at and below those of `below`. */
export function readMirrorNames(
  zoneId: string,
  apex: string,
  names: readonly string[],
  below: readonly string[] = [],
  tx: DbOrTx = db(),
): RRset[] {
  const keys = [...new Set(names.map((name) => sortKeyOf(name, apex)))];
  const under = [...new Set(below.map((name) => sortKeyOf(name, apex)))];
  // One question each: asked together they would read the whole zone.
  const asked = [...(keys.length > 0 ? [inList(rrsets.sortKey, keys)] : []), ...under.map(underneath)];
  const found = asked.map((where) =>
    tx
      .select()
      .from(rrsets)
      .where(and(eq(rrsets.zoneId, zoneId), where))
      .orderBy(rrsets.sortKey, rrsets.type)
      .all(),
  );
  if (found.length < 2) return (found[0] ?? []).map(toRRset);
  const rows = new Map(found.flat().map((row) => [row.rowId, row]));
  return [...rows.values()].sort(inOrder).map(toRRset);
}

const underneath = (key: string) =>
  key === "" ? sql`true` : sql`${rrsets.sortKey} >= ${key} and ${rrsets.sortKey} < ${`${key}\u0002`}`;

/** As the database orders them. */
const inOrder = (a: MirrorRow, b: MirrorRow): number =>
  a.sortKey === b.sortKey ? (a.type < b.type ? -1 : 1) : a.sortKey < b.sortKey ? -1 : 1;

/** The generation that is the zone now. */
function generationOf(zoneId: string, tx: DbOrTx): number {
  const zone = tx.select({ generation: zones.generation }).from(zones).where(eq(zones.id, zoneId)).get();
  if (!zone) throw new Error("there is no such zone");
  return zone.generation;
}

/** Brings the mirror from one state to another. */
export const writePlan = (tx: DbOrTx, zoneId: string, apex: string, plan: Plan): void =>
  writeRows(tx, generationOf(zoneId, tx), apex, plan);

/** Makes what was read the truth at the names that were read: what is not in `found` is gone. */
export function replaceNames(
  tx: DbOrTx,
  zoneId: string,
  apex: string,
  names: readonly string[],
  found: readonly RRset[],
): void {
  const keys = [...new Set(names.map((name) => sortKeyOf(name, apex)))];
  if (keys.length === 0) return;
  const inScope = new Set(keys);
  const generation = generationOf(zoneId, tx);
  tx.delete(rrsetRows)
    .where(and(eq(rrsetRows.generation, generation), inList(rrsetRows.sortKey, keys)))
    .run();
  putRows(
    tx,
    generation,
    apex,
    found.filter((set) => inScope.has(sortKeyOf(set.name, apex))),
  );
}

export const putRRset = (tx: DbOrTx, zoneId: string, apex: string, set: RRset): void =>
  putRRsets(tx, zoneId, apex, [set]);

export const putRRsets = (tx: DbOrTx, zoneId: string, apex: string, sets: readonly RRset[]): void =>
  putRows(tx, generationOf(zoneId, tx), apex, sets);

/** What a plan does, in one generation. */
export function writeRows(tx: DbOrTx, generation: number, apex: string, plan: Plan): void {
  for (const { name, type, after } of plan)
    if (!after) drop(tx).run({ generation, sortKey: sortKeyOf(name, apex), type });
  putRows(
    tx,
    generation,
    apex,
    plan.flatMap(({ after }) => after ?? []),
  );
}

/** Rows of one statement: they cost less than as many statements. */
const TOGETHER = 50;

function putRows(tx: DbOrTx, generation: number, apex: string, sets: readonly RRset[]): void {
  const whole = sets.length - (sets.length % TOGETHER);
  for (let from = 0; from < whole; from += TOGETHER)
    putMany(tx).run(valuesOf(generation, apex, sets.slice(from, from + TOGETHER)));
  for (const set of sets.slice(whole)) putOne(tx).run(valuesOf(generation, apex, [set]));
}

/** Upserts so many rows. The values of each stand under their names with its place. */
const put = (rows: number) =>
  preparedOn((handle) =>
    handle
      .insert(rrsetRows)
      .values(
        Array.from({ length: rows }, (_, place) => ({
          generation: sql.placeholder("generation"),
          sortKey: sql.placeholder(`sortKey${place}`),
          type: sql.placeholder(`type${place}`),
          name: sql.placeholder(`name${place}`),
          ttl: sql.placeholder(`ttl${place}`),
          records: sql.placeholder(`records${place}`),
          recordCount: sql.placeholder(`recordCount${place}`),
        })),
      )
      .onConflictDoUpdate({
        target: [rrsetRows.generation, rrsetRows.sortKey, rrsetRows.type],
        set: {
          name: sql`excluded.name`,
          ttl: sql`excluded.ttl`,
          records: sql`excluded.records`,
          recordCount: sql`excluded.record_count`,
        },
      })
      .prepare(),
  );
const putMany = put(TOGETHER);
const putOne = put(1);

function valuesOf(generation: number, apex: string, sets: readonly RRset[]): Record<string, unknown> {
  const values: Record<string, unknown> = { generation };
  for (const [place, set] of sets.entries())
    for (const [name, value] of Object.entries(rowOf(apex, set))) values[`${name}${place}`] = value;
  return values;
}

const drop = preparedOn((handle) =>
  handle
    .delete(rrsetRows)
    .where(
      and(
        eq(rrsetRows.generation, sql.placeholder("generation")),
        eq(rrsetRows.sortKey, sql.placeholder("sortKey")),
        eq(rrsetRows.type, sql.placeholder("type")),
      ),
    )
    .prepare(),
);

/** The row of an RRset, but for where it belongs. */
export function rowOf(apex: string, set: RRset): Omit<MirrorRow, "rowId" | "zoneId"> {
  const records = set.records.map(
    (record): MirrorRecord => ({ id: recordId(set.name, set.type, record.content), ...record }),
  );
  return {
    sortKey: sortKeyOf(set.name, apex),
    type: set.type,
    name: set.name,
    ttl: set.ttl === "auto" ? -1 : set.ttl,
    records: JSON.stringify(records),
    recordCount: records.length,
  };
}
