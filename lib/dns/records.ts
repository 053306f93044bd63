/** Reading records from the mirror: listed, filtered, sorted and paged in SQL. */
import { and, asc, desc, eq, gt, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { prepared, preparedBy } from "#db/hot.ts";
import { generationTypes, recordIds, rrsetRows, zones } from "#db/schema/index.ts";
import type { ZoneAccess } from "#lib/access/zone-level.ts";
import { notFound } from "#lib/api/errors.ts";
import { type ListQuery, offsetOf, type Page, sortOf } from "#lib/api/list.ts";
import { rrsetHash } from "./hash.ts";
import { type MirrorRecord, sortKeyOf, toRRset } from "./mirror.ts";
import { relativeName } from "./name.ts";
import type { DnsRecord, RRset, Ttl } from "./rrset.ts";
import { firstByName, firstByType } from "./search/in-order.ts";
import { type FoundInZone, findInZone } from "./search/in-zone.ts";
import { placesOf, wholeGeneration } from "./search/places.ts";
import { termsOf } from "./search/terms.ts";
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

/** A query with what its text comes to in this zone, and who decides what of the answer is hidden. */
interface Asked extends RecordQuery {
  seer: Seer;
  types: string[];
  found: FoundInZone | Picked;
}

/** So many that the zone is read in the order of an index, and each told by its number before anything else of it is read. */
interface Picked {
  kind: "picked";
  ids: number[];
}

/** What more than this have is soon come upon anyway, and would take longer to be told. */
const MOST_PICKED = 20_000;

const sorts = {
  name: [sql`r.sort_key`, sql`r.type`],
  type: [sql`r.type`, sql`r.sort_key`],
  ttl: [sql`r.ttl`, sql`r.sort_key`, sql`r.type`],
} as const;

const value = (name: string) => sql.placeholder(name);

/** A list that is at hand is looked up row by row. */
const rows = ({ found }: Asked) =>
  found.kind === "listed"
    ? sql`json_each(${value("ids")}) listed cross join rrset_rows r on r.id = listed.value`
    : sql`rrset_rows r`;

/** The conditions of a query, with placeholders for everything but which of them there are. */
function where({ types, found, seer }: Asked) {
  return and(
    found.kind === "listed" ? undefined : sql`r.generation = cast(${value("generation")} as integer)`,
    types.length === 1 ? sql`r.type = ${value("type")}` : undefined,
    types.length > 1 ? sql`r.type in (select value from json_each(${value("types")}))` : undefined,
    found.kind === "many" ? hasText : undefined,
    found.kind === "picked" ? sql`+r.id in (select value from json_each(${value("ids")}))` : undefined,
    seer === null ? undefined : isSeen(value("seer"), sql`r.name`, sql`r.type`),
  );
}

/** Quotes around all of a content stand between nothing: what is left of backslashes without them is an escape, or a quote inside. */
const isSplit = sql`instr(r.records, '\\')
    and instr(replace(replace(r.records, '"content":"\\"', ''), '\\""', ''), '\\')`;

/** First as it is stored, which is quick; where a quote or an escape stands between, it is looked at closely too. */
const hasText = sql`(r.name like ${value("stored")} escape '\\' or r.records like ${value("stored")} escape '\\'
    or ${isSplit} or instr(r.name, '\\'))
  and exists (select 1 from rrset_lines l where l.id = r.id and l.text like ${value("pattern")} escape '\\')`;

/** Which conditions and which order: there are some dozens. */
const shapeOf = ({ types, found, seer, sort }: Asked): string =>
  `${found.kind} ${Math.min(types.length, 2)} ${seer === null ? "" : "seer"} ${sort}`;

const valuesOf = (zone: Zone, query: Asked) => ({
  seer: query.seer,
  generation: zone.generation,
  type: query.types[0] ?? "",
  types: JSON.stringify(query.types),
  ids: "ids" in query.found ? JSON.stringify(query.found.ids) : "[]",
  ...(query.found.kind === "many" ? query.found.like : {}),
  limit: query.perPage,
  offset: offsetOf(query),
});

/** A list that is at hand is sorted; all others are read in order. */
const orderOf = (query: Asked) => {
  const { column, descending } = sortOf(query);
  const by = sorts[column as keyof typeof sorts];
  const columns = query.found.kind === "listed" ? by.map((one) => sql`+${one}`) : by;
  return columns.map((one) => (descending ? desc(one) : asc(one)));
};

const setColumns = {
  name: sql<string>`r.name`,
  type: sql<string>`r.type`,
  ttl: sql<number>`r.ttl`,
  records: sql<string>`r.records`,
};

const setsOf = preparedBy(shapeOf, (handle, query) =>
  handle
    .select(setColumns)
    .from(rows(query))
    .where(where(query))
    .orderBy(...orderOf(query))
    .limit(value("limit"))
    .offset(value("offset"))
    .prepare(),
);

const recordsOf = preparedBy(shapeOf, (handle, query) =>
  handle
    .select({
      name: setColumns.name,
      type: setColumns.type,
      ttl: setColumns.ttl,
      record: sql<string>`item.value`,
    })
    .from(sql`${rows(query)} join json_each(r.records) item`)
    .where(where(query))
    .orderBy(...orderOf(query), sql`item.key`)
    .limit(value("limit"))
    .offset(value("offset"))
    .prepare(),
);

interface TypeCount {
  type: string;
  sets: number;
  records: number;
}

interface Counted {
  /** Null where they are too many to count. */
  types: { type: string; count: number | null }[];
  total: Record<"sets" | "records", number>;
  /** The total is a floor. */
  capped: boolean;
}

/** What there is of each type, and how many the list has in all; of a whole zone nobody has to count. */
function countsOf(zone: Zone, query: Asked, everyType: FoundInZone): Counted {
  const all = { ...query, types: [], sort: "name", found: everyType };
  const stored = query.found.kind === "all" && query.seer === null;
  if (everyType.kind !== "many") {
    const counts = (stored ? storedByType() : countedByType(all)).all(valuesOf(zone, all));
    const types = counts.map(({ type, sets }) => ({ type, count: sets }));
    return { types, total: totalsOf(counts, query.types), capped: false };
  }
  const known = countedByType({ ...all, found: { kind: "listed", ids: everyType.first } });
  const some = known.all({ ...valuesOf(zone, all), ids: JSON.stringify(everyType.first) });
  const types = some.map(({ type }) => ({ type, count: null }));
  if (query.found.kind === "many") return { types, total: totalsOf(some, query.types), capped: true };
  const counts = countedByType({ ...query, sort: "name" }).all(valuesOf(zone, query));
  return { types, total: totalsOf(counts, query.types), capped: false };
}

const storedByType = prepared((handle) =>
  handle
    .select({ type: generationTypes.type, sets: generationTypes.sets, records: generationTypes.records })
    .from(generationTypes)
    .where(and(eq(generationTypes.generation, value("generation")), gt(generationTypes.sets, 0)))
    .orderBy(generationTypes.type)
    .prepare(),
);

const countedByType = preparedBy(shapeOf, (handle, query) =>
  handle
    .select({
      type: setColumns.type,
      sets: sql<number>`count(*)`,
      records: sql<number>`sum(r.record_count)`,
    })
    .from(rows(query))
    .where(where(query))
    .groupBy(sql`r.type`)
    .orderBy(sql`r.type`)
    .prepare(),
);

/** Those of the types that the list is narrowed to, or of every type. */
function totalsOf(counts: readonly TypeCount[], types: readonly string[]): Counted["total"] {
  const total = { sets: 0, records: 0 };
  for (const { type, sets, records } of counts) {
    if (types.length > 0 && !types.includes(type)) continue;
    total.sets += sets;
    total.records += records;
  }
  return total;
}

/**
 * What of the first pages of many is soon found is sorted like a list that is at hand; by TTL, and where too much is not in
 * order, the zone is read.
 */
function atHand(zone: Zone, access: ZoneAccess, asked: Asked): Asked {
  if (asked.found.kind !== "many") return asked;
  const { column, descending } = sortOf(asked);
  const { question, first } = asked.found;
  if (column === "ttl") {
    const places = placesOf(question, wholeGeneration(zone.generation), MOST_PICKED + 1);
    return places.length > MOST_PICKED
      ? asked
      : { ...asked, found: { kind: "picked", ids: places.map(({ id }) => id) } };
  }
  const wanted = { question, first, count: offsetOf(asked) + asked.perPage, descending };
  const ids =
    column === "name"
      ? firstByName(zone, access, wanted)
      : column === "type"
        ? firstByType(zone, access, wanted, typesInOrder(zone, asked.types, descending))
        : null;
  return ids === null ? asked : { ...asked, found: { kind: "listed", ids } };
}

function typesInOrder({ generation }: Zone, asked: readonly string[], descending: boolean): string[] {
  const types = storedByType().all({ generation });
  const wanted = types.map(({ type }) => type).filter((type) => asked.length === 0 || asked.includes(type));
  return descending ? wanted.toReversed() : wanted;
}

/** A page of the list, and what there is in all. */
function answered<T>(zone: Zone, access: ZoneAccess, query: RecordQuery, read: (asked: Asked) => T[]) {
  const terms = termsOf(query.q, query.type);
  const everyType = findInZone(zone, access, { ...terms, types: [] });
  const found = everyType.kind === "many" && terms.types.length > 0 ? findInZone(zone, access, terms) : everyType;
  return withSeer(access, zone.name, (seer) => {
    const asked: Asked = { ...query, seer, types: terms.types, found };
    return {
      items: read(atHand(zone, access, asked)),
      ...countsOf(zone, asked, everyType),
      page: query.page,
      perPage: query.perPage,
    };
  });
}

/** `capped`: there are more than the total says. */
export type CappedPage<T> = Page<T> & { capped: boolean };

/** Records, one by one, in the order of their RRsets. */
export function pageOfRecords(zone: Zone, access: ZoneAccess, query: RecordQuery): CappedPage<WireRecord> {
  const {
    types: _types,
    total,
    ...page
  } = answered(zone, access, query, (asked) =>
    recordsOf(asked)
      .all(valuesOf(zone, asked))
      .map((row) => wire(row.name, row.type, row.ttl === -1 ? "auto" : row.ttl, JSON.parse(row.record))),
  );
  return { ...page, total: total.records };
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
      name: rrsetRows.name,
      type: rrsetRows.type,
      sortKey: rrsetRows.sortKey,
      ttl: rrsetRows.ttl,
      records: rrsetRows.records,
    })
    .from(recordIds)
    .innerJoin(zones, eq(zones.generation, recordIds.generation))
    .innerJoin(rrsetRows, eq(rrsetRows.id, recordIds.rowId))
    .where(and(eq(zones.id, zone.id), eq(recordIds.id, id)))
    .get();
  const record = row && (JSON.parse(row.records) as MirrorRecord[]).find((one) => one.id === id);
  if (!row || !record || !sees(access, zone.name, row)) throw notFound("record");
  const set = toRRset(row);
  return { set, record: wire(set.name, set.type, set.ttl, record) };
}

/** An RRset as the editor works with it: what it was when it was seen, and what may be done with it. */
export interface EditableRRset extends RRset {
  /** Relative to the apex. */
  relative: string;
  hash: string;
  level: "none" | "view" | "edit" | "full";
}

type RRsetPage = CappedPage<EditableRRset> & { types: Counted["types"] };

export function pageOfRRsets(zone: Zone, access: ZoneAccess, query: RecordQuery): RRsetPage {
  const { total, ...page } = answered(zone, access, query, (asked) =>
    setsOf(asked)
      .all(valuesOf(zone, asked))
      .map((row) => editable(toRRset(row), zone, access)),
  );
  return { ...page, total: total.sets };
}

function editable(set: RRset, zone: Zone, access: ZoneAccess): EditableRRset {
  const relative = relativeName(set.name, zone.name);
  return { ...set, relative, hash: rrsetHash(set), level: access.levelAt(relative, set.type) };
}

/** The RRsets at these names and types, as far as they are there and seen, and one's level at each, in the order asked. */
export function rrsetsAt(zone: Zone, access: ZoneAccess, places: readonly { name: string; type: string }[]) {
  const asked = places.filter((place) => sees(access, zone.name, place));
  const keys = asked.map(({ name, type }) => [sortKeyOf(name, zone.name), type]);
  const rows = setsAt().all({ generation: zone.generation, places: JSON.stringify(keys) });
  return {
    items: rows.map((row) => editable(toRRset(row), zone, access)),
    levels: places.map(({ name, type }) => access.levelAt(relativeName(name, zone.name), type)),
  };
}

const setsAt = prepared((handle) =>
  handle
    .select(setColumns)
    .from(sql`json_each(${value("places")}) as place cross join rrset_rows r`)
    .where(
      and(
        sql`r.generation = cast(${value("generation")} as integer)`,
        sql`r.sort_key = place.value ->> 0`,
        sql`r.type = place.value ->> 1`,
      ),
    )
    .prepare(),
);
