/** Reading records from the mirror: listed, filtered, sorted and paged in SQL. */
import { and, asc, desc, eq, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { rrsets } from "#db/schema/index.ts";
import type { ZoneAccess } from "#lib/access/zone-level.ts";
import { notFound } from "#lib/api/errors.ts";
import { type ListQuery, likeAnywhere, offsetOf, type Page, sortOf } from "#lib/api/list.ts";
import { rrsetHash } from "./hash.ts";
import { type MirrorRecord, toRRset } from "./mirror.ts";
import { relativeName } from "./name.ts";
import type { DnsRecord, RRset, Ttl } from "./rrset.ts";
import type { Zone } from "./zones.ts";

/** One record on the wire. */
export interface WireRecord extends Omit<DnsRecord, "providerId"> {
  id: string;
  name: string;
  type: string;
  ttl: Ttl;
}

export interface RecordQuery extends ListQuery {
  type: string;
}

const sorts = {
  name: [rrsets.sortKey, rrsets.type],
  type: [rrsets.type, rrsets.sortKey],
  ttl: [rrsets.ttl, rrsets.sortKey],
} as const;

function where(zone: Zone, query: { q: string; type: string }) {
  const pattern = likeAnywhere(query.q.toLowerCase());
  const suffix = `.${zone.name}`;
  // A name is searched as people see it: relative to the apex.
  const matches = query.q
    ? sql`(replace(${rrsets.name}, ${suffix}, '') like ${pattern} escape '\\' or ${rrsets.name} like ${pattern} escape '\\' or ${rrsets.records} like ${pattern} escape '\\')`
    : undefined;
  return and(eq(rrsets.zoneId, zone.id), query.type ? eq(rrsets.type, query.type.toUpperCase()) : undefined, matches);
}

const orderOf = (query: ListQuery) => {
  const { column, descending } = sortOf(query);
  return sorts[column as keyof typeof sorts].map((by) => (descending ? desc(by) : asc(by)));
};

/** Records, one by one, in the order of their RRsets. */
export function pageOfRecords(zone: Zone, query: RecordQuery): Page<WireRecord> {
  const condition = where(zone, query);
  const rows = db()
    .select({ name: rrsets.name, type: rrsets.type, ttl: rrsets.ttl, record: sql<string>`item.value` })
    .from(rrsets)
    .innerJoin(sql`json_each(${rrsets.records}) as item`, sql`true`)
    .where(condition)
    .orderBy(...orderOf(query), sql`item.key`)
    .limit(query.perPage)
    .offset(offsetOf(query))
    .all();
  const total = db()
    .select({ n: sql<number>`coalesce(sum(${rrsets.recordCount}), 0)` })
    .from(rrsets)
    .where(condition)
    .get();
  const items = rows.map((row) =>
    wire(row.name, row.type, row.ttl === -1 ? "auto" : row.ttl, JSON.parse(row.record) as MirrorRecord),
  );
  return { items, total: total?.n ?? 0, page: query.page, perPage: query.perPage };
}

const wire = (name: string, type: string, ttl: Ttl, { providerId: _id, ...record }: MirrorRecord): WireRecord => ({
  name,
  type,
  ttl,
  ...record,
});

/** The record of an id, as the mirror has it, with the RRset it is in. */
export function findRecord(zone: Zone, id: string): { set: RRset; record: WireRecord } {
  const row = db()
    .select({
      name: rrsets.name,
      type: rrsets.type,
      ttl: rrsets.ttl,
      records: rrsets.records,
      record: sql<string>`item.value`,
    })
    .from(rrsets)
    .innerJoin(sql`json_each(${rrsets.records}) as item`, sql`true`)
    .where(and(eq(rrsets.zoneId, zone.id), sql`item.value ->> 'id' = ${id}`))
    .get();
  if (!row) throw notFound("record");
  const set = toRRset(row);
  return { set, record: wire(set.name, set.type, set.ttl, JSON.parse(row.record) as MirrorRecord) };
}

/** An RRset as the editor works with it: what it was when it was seen, and what may be done with it. */
export interface EditableRRset extends RRset {
  /** Relative to the apex. */
  relative: string;
  hash: string;
  level: "none" | "view" | "edit" | "full";
}

export function pageOfRRsets(
  zone: Zone,
  access: ZoneAccess,
  query: RecordQuery,
): Page<EditableRRset> & { types: { type: string; count: number }[] } {
  const condition = where(zone, query);
  const rows = db()
    .select()
    .from(rrsets)
    .where(condition)
    .orderBy(...orderOf(query))
    .limit(query.perPage)
    .offset(offsetOf(query))
    .all();
  const types = db()
    .select({ type: rrsets.type, count: sql<number>`count(*)` })
    .from(rrsets)
    .where(where(zone, { ...query, type: "" }))
    .groupBy(rrsets.type)
    .orderBy(rrsets.type)
    .all();
  const total = query.type
    ? (types.find((row) => row.type === query.type.toUpperCase())?.count ?? 0)
    : types.reduce((sum, row) => sum + row.count, 0);
  return {
    items: rows.map((row) => editable(toRRset(row), zone, access)),
    types,
    total,
    page: query.page,
    perPage: query.perPage,
  };
}

function editable(set: RRset, zone: Zone, access: ZoneAccess): EditableRRset {
  const relative = relativeName(set.name, zone.name);
  return { ...set, relative, hash: rrsetHash(set), level: access.levelAt(relative, set.type) };
}
