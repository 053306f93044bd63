/** The mirror of every zone: what the panel lists, pages, searches and counts from, whoever keeps the zone. */
import { and, eq, type SQLWrapper, sql } from "drizzle-orm";
import { type DbOrTx, db } from "#db/client.ts";
import { preparedOn } from "#db/hot.ts";
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
  const asked = [...(keys.length > 0 ? [amongKeys(rrsets.sortKey, keys)] : []), ...under.map(underneath)];
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

/** However many they are: a statement takes 32,766 values. */
const amongKeys = (column: SQLWrapper, keys: readonly string[]) =>
  sql`${column} in (select value from json_each(${JSON.stringify(keys)}))`;

/** The generation that is the zone now. */
const currentOf = (zoneId: unknown) =>
  sql<number>`(select ${zones.generation} from ${zones} where ${zones.id} = ${zoneId})`;

/** Brings the mirror from one state to another. */
export function writePlan(tx: DbOrTx, zoneId: string, apex: string, plan: Plan): void {
  for (const change of plan) {
    if (change.after) putRRset(tx, zoneId, apex, change.after);
    else dropRRset(tx, zoneId, apex, change.name, change.type);
  }
}

/** Makes what was read the truth at the names that were read: what is not in `found` is gone. */
export function replaceNames(
  tx: DbOrTx,
  zoneId: string,
  apex: string,
  names: readonly string[],
  found: readonly RRset[],
): void {
  const keys = [...new Set(names.map((name) => sortKeyOf(name, apex)))];
  const inScope = new Set(keys);
  if (keys.length > 0)
    tx.delete(rrsetRows)
      .where(and(sql`${rrsetRows.generation} = ${currentOf(zoneId)}`, amongKeys(rrsetRows.sortKey, keys)))
      .run();
  for (const set of found) if (inScope.has(sortKeyOf(set.name, apex))) putRRset(tx, zoneId, apex, set);
}

export function putRRset(tx: DbOrTx, zoneId: string, apex: string, set: RRset): void {
  put(tx).run({ zoneId, ...rowOf(apex, set) });
}

const dropRRset = (tx: DbOrTx, zoneId: string, apex: string, name: string, type: string) =>
  drop(tx).run({ zoneId, sortKey: sortKeyOf(name, apex), type });

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

const zoneId = sql.placeholder("zoneId");
const sortKey = sql.placeholder("sortKey");
const type = sql.placeholder("type");

const put = preparedOn((handle) =>
  handle
    .insert(rrsetRows)
    .values({
      generation: currentOf(zoneId),
      sortKey,
      type,
      name: sql.placeholder("name"),
      ttl: sql.placeholder("ttl"),
      records: sql.placeholder("records"),
      recordCount: sql.placeholder("recordCount"),
    })
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

const drop = preparedOn((handle) =>
  handle
    .delete(rrsetRows)
    .where(
      and(
        sql`${rrsetRows.generation} = ${currentOf(zoneId)}`,
        eq(rrsetRows.sortKey, sortKey),
        eq(rrsetRows.type, type),
      ),
    )
    .prepare(),
);
