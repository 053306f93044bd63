/** Reading records from the mirror: listed, filtered, sorted and paged in SQL. */
import { and, asc, desc, eq, gt, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { prepared, preparedBy } from "#db/hot.ts";
import { rrsets, zoneTypes } from "#db/schema/index.ts";
import type { ZoneAccess } from "#lib/access/zone-level.ts";
import { notFound } from "#lib/api/errors.ts";
import { type ListQuery, likeAnywhere, offsetOf, type Page, sortOf } from "#lib/api/list.ts";
import { rrsetHash } from "./hash.ts";
import { type MirrorRecord, toRRset } from "./mirror.ts";
import { relativeName } from "./name.ts";
import type { DnsRecord, RRset, Ttl } from "./rrset.ts";
import { isSeen, type Seer, sees, withSeer } from "./visible.ts";
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

/** A query, and who decides what of its answer is hidden. */
interface Asked extends RecordQuery {
  seer: Seer;
}

const sorts = {
  name: [rrsets.sortKey, rrsets.type],
  type: [rrsets.type, rrsets.sortKey],
  ttl: [rrsets.ttl, rrsets.sortKey],
} as const;

/** The conditions of a query, with placeholders for everything but which of them there are. */
function where(query: Asked) {
  const pattern = sql.placeholder("pattern");
  // A name is searched as people see it: relative to the apex.
  const matches = sql`(replace(${rrsets.name}, ${sql.placeholder("suffix")}, '') like ${pattern} escape '\\' or ${rrsets.name} like ${pattern} escape '\\' or ${rrsets.records} like ${pattern} escape '\\')`;
  return and(
    eq(rrsets.zoneId, sql.placeholder("zone")),
    query.type ? eq(rrsets.type, sql.placeholder("type")) : undefined,
    query.q ? matches : undefined,
    query.seer === null ? undefined : isSeen(sql.placeholder("seer"), rrsets.name, rrsets.type),
  );
}

/** Which conditions and which order: there are two dozen. */
const shapeOf = ({ q, type, sort, seer }: Asked): string =>
  `${q ? "q" : ""} ${type ? "type" : ""} ${seer === null ? "" : "seer"} ${sort}`;

const valuesOf = (zone: Zone, query: Asked) => ({
  seer: query.seer,
  zone: zone.id,
  type: query.type.toUpperCase(),
  pattern: likeAnywhere(query.q.toLowerCase()),
  suffix: `.${zone.name}`,
  limit: query.perPage,
  offset: offsetOf(query),
});

const orderOf = (query: ListQuery) => {
  const { column, descending } = sortOf(query);
  return sorts[column as keyof typeof sorts].map((by) => (descending ? desc(by) : asc(by)));
};

const setColumns = { name: rrsets.name, type: rrsets.type, ttl: rrsets.ttl, records: rrsets.records };

const setsOf = preparedBy(shapeOf, (handle, query) =>
  handle
    .select(setColumns)
    .from(rrsets)
    .where(where(query))
    .orderBy(...orderOf(query))
    .limit(sql.placeholder("limit"))
    .offset(sql.placeholder("offset"))
    .prepare(),
);

const recordsOf = preparedBy(shapeOf, (handle, query) =>
  handle
    .select({ name: rrsets.name, type: rrsets.type, ttl: rrsets.ttl, record: sql<string>`item.value` })
    .from(rrsets)
    .innerJoin(sql`json_each(${rrsets.records}) as item`, sql`true`)
    .where(where(query))
    .orderBy(...orderOf(query), sql`item.key`)
    .limit(sql.placeholder("limit"))
    .offset(sql.placeholder("offset"))
    .prepare(),
);

interface TypeCount {
  type: string;
  sets: number;
  records: number;
}

/** What there is of each type; of all of it nobody has to count. */
function countsOf(zone: Zone, query: Asked): TypeCount[] {
  const all = { ...query, type: "", sort: "name" };
  const counted = query.q !== "" || query.seer !== null;
  return (counted ? countedByType(all) : storedByType()).all(valuesOf(zone, query));
}

const storedByType = prepared((handle) =>
  handle
    .select({ type: zoneTypes.type, sets: zoneTypes.sets, records: zoneTypes.records })
    .from(zoneTypes)
    .where(and(eq(zoneTypes.zoneId, sql.placeholder("zone")), gt(zoneTypes.sets, 0)))
    .orderBy(zoneTypes.type)
    .prepare(),
);

const countedByType = preparedBy(shapeOf, (handle, query) =>
  handle
    .select({
      type: rrsets.type,
      sets: sql<number>`count(*)`,
      records: sql<number>`sum(${rrsets.recordCount})`,
    })
    .from(rrsets)
    .where(where(query))
    .groupBy(rrsets.type)
    .orderBy(rrsets.type)
    .prepare(),
);

/** How many the list has in all: those of the type that it is narrowed to, or of every type. */
const totalOf = (counts: readonly TypeCount[], { type }: RecordQuery, of: "sets" | "records"): number =>
  counts.reduce((sum, row) => (type === "" || row.type === type.toUpperCase() ? sum + row[of] : sum), 0);

/** Records, one by one, in the order of their RRsets. */
export const pageOfRecords = (zone: Zone, access: ZoneAccess, query: RecordQuery): Page<WireRecord> =>
  withSeer(access, zone.name, (seer) => recordsFor(zone, { ...query, seer }));

function recordsFor(zone: Zone, query: Asked): Page<WireRecord> {
  const rows = recordsOf(query).all(valuesOf(zone, query));
  const items = rows.map((row) =>
    wire(row.name, row.type, row.ttl === -1 ? "auto" : row.ttl, JSON.parse(row.record) as MirrorRecord),
  );
  const total = totalOf(countsOf(zone, query), query, "records");
  return { items, total, page: query.page, perPage: query.perPage };
}

const wire = (name: string, type: string, ttl: Ttl, { providerId: _id, ...record }: MirrorRecord): WireRecord => ({
  name,
  type,
  ttl,
  ...record,
});

/** The record of an id, as the mirror has it, with the RRset it is in. What is hidden is not found. */
export function findRecord(zone: Zone, access: ZoneAccess, id: string): { set: RRset; record: WireRecord } {
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
  if (!row || !sees(access, zone.name, row)) throw notFound("record");
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

type RRsetPage = Page<EditableRRset> & { types: { type: string; count: number }[] };

export const pageOfRRsets = (zone: Zone, access: ZoneAccess, query: RecordQuery): RRsetPage =>
  withSeer(access, zone.name, (seer) => rrsetsFor(zone, access, { ...query, seer }));

function rrsetsFor(zone: Zone, access: ZoneAccess, query: Asked): RRsetPage {
  const rows = setsOf(query).all(valuesOf(zone, query));
  const counts = countsOf(zone, query);
  return {
    items: rows.map((row) => editable(toRRset(row), zone, access)),
    types: counts.map(({ type, sets }) => ({ type, count: sets })),
    total: totalOf(counts, query, "sets"),
    page: query.page,
    perPage: query.perPage,
  };
}

function editable(set: RRset, zone: Zone, access: ZoneAccess): EditableRRset {
  const relative = relativeName(set.name, zone.name);
  return { ...set, relative, hash: rrsetHash(set), level: access.levelAt(relative, set.type) };
}

/** The RRsets at these names and types, as far as they are there and seen, and one's level at each, in the order asked. */
export function rrsetsAt(zone: Zone, access: ZoneAccess, places: readonly { name: string; type: string }[]) {
  const asked = places.filter((place) => sees(access, zone.name, place));
  const rows = setsAt().all({ zone: zone.id, places: JSON.stringify(asked.map(({ name, type }) => [name, type])) });
  return {
    items: rows.map((row) => editable(toRRset(row), zone, access)),
    levels: places.map(({ name, type }) => access.levelAt(relativeName(name, zone.name), type)),
  };
}

const setsAt = prepared((handle) =>
  handle
    .select(setColumns)
    .from(sql`json_each(${sql.placeholder("places")}) as place`)
    .crossJoin(rrsets)
    .where(
      and(
        eq(rrsets.zoneId, sql.placeholder("zone")),
        sql`${rrsets.name} = place.value ->> 0`,
        sql`${rrsets.type} = place.value ->> 1`,
      ),
    )
    .prepare(),
);
