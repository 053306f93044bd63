/** What happened to a zone: its journal, newest first. */
import { and, count, desc, eq, getTableColumns, gte, lt, or, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { zoneChanges } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound } from "#lib/api/errors.ts";
import { likeAnywhere, type Page } from "#lib/api/list.ts";
import { type Difference, differencesIn, type Entry, firstStepsOf } from "./journal.ts";
import { recordCounts } from "./plan.ts";
import type { Plan } from "./rrset.ts";
import { nameForms } from "./search/terms.ts";
import { isSeen, type Seer, sees, withSeer } from "./visible.ts";
import type { LoadedZone } from "./zones.ts";

export interface HistoryQuery {
  page: number;
  perPage: number;
  /** Part of an owner name. */
  name: string;
  type: string;
  /** The actor's id. */
  actor: string;
  kind?: Entry["kind"] | undefined;
  /** Milliseconds. */
  from?: number | undefined;
  to?: number | undefined;
}

export interface HistoryEntry {
  id: string;
  kind: Entry["kind"];
  state: Entry["state"];
  message: string;
  actor: { type: string; id: string | null; label: string };
  records: { created: number; updated: number; deleted: number };
  plan: Plan;
  /** How many steps follow those that are given here, in a large plan. */
  more: number;
  /** How many steps the caller's level hides. */
  hidden: number;
  differs: Difference[];
  steps: number;
  stepsDone: number;
  /** The entry that this one took back, and the one that took this one back. */
  undoes: string | null;
  undoneBy: string | null;
  /** The moment (milliseconds) that this one brought the zone back to. */
  restoredTo: number | null;
  /** What this one has in common with entries of other zones. */
  batch: string | null;
  revision: number | null;
  createdAt: number;
  settledAt: number | null;
}

export const pageOfHistory = (loaded: LoadedZone, query: HistoryQuery, reader: Actor): Page<HistoryEntry> =>
  withSeer(loaded.access, loaded.zone.name, (seer) => historyFor(loaded, query, reader, seer));

function historyFor(loaded: LoadedZone, query: HistoryQuery, reader: Actor, seer: Seer): Page<HistoryEntry> {
  const { zone } = loaded;
  const named = namesOf(loaded, reader);
  const open = seer === null ? sql`true` : isSeen(seer, sql`change.value ->> 'name'`, sql`change.value ->> 'type'`);
  const touchedIn = (plan: SQLWrapper, field: "name" | "type", pattern: string) =>
    sql`exists (select 1 from json_each(${plan}) as change where change.value ->> ${field} like ${pattern} escape '\\' and ${open})`;
  /** `word` is what the names or types of the rest of a large plan have to hold for it to be looked into. */
  const touches = (field: "name" | "type", pattern: string, word: string) => {
    const words = sql.raw(`places.${field}s`);
    const seen =
      seer === null
        ? sql`true`
        : sql`exists (select 1 from zone_change_parts as rest where rest.change_id = places.change_id and rest.part = places.part and ${touchedIn(sql`rest.plan`, field, pattern)})`;
    return sql`(${touchedIn(zoneChanges.plan, field, pattern)} or (zone_changes.more_steps > 0 and exists (select 1 from zone_change_places as places where places.change_id = zone_changes.id and instr(${words}, ${word}) > 0 and ${seen})))`;
  };
  const names = query.name ? nameForms(query.name) : [];
  const type = query.type.toUpperCase();
  const where = and(
    eq(zoneChanges.zoneId, zone.id),
    names.length > 0 ? or(...names.map((name) => touches("name", likeAnywhere(name), name))) : undefined,
    type ? touches("type", type.replace(/[\\%_]/g, "\\$&"), `\n${type}\n`) : undefined,
    query.actor ? eq(zoneChanges.actorId, named(query.actor) ? query.actor : "") : undefined,
    // Nobody is looked for among those who had the zone before.
    query.actor && query.actor !== reader.id && zone.heldSince !== null
      ? gte(zoneChanges.createdAt, zone.heldSince)
      : undefined,
    query.kind ? eq(zoneChanges.kind, query.kind) : undefined,
    query.from === undefined ? undefined : gte(zoneChanges.createdAt, query.from),
    query.to === undefined ? undefined : lt(zoneChanges.createdAt, query.to),
  );
  const rows = rowsWhere(where)
    .orderBy(desc(zoneChanges.createdAt), desc(zoneChanges.id))
    .limit(query.perPage)
    .offset((query.page - 1) * query.perPage)
    .all();
  const total = db().select({ n: count() }).from(zoneChanges).where(where).get()?.n ?? 0;
  return {
    items: rows.map((row) => listed(entryOf(row, loaded, reader))),
    total,
    page: query.page,
    perPage: query.perPage,
  };
}

/** Steps of an entry that a list gives. */
const LISTED = 100;

const listed = (entry: HistoryEntry): HistoryEntry => ({
  ...entry,
  plan: entry.plan.slice(0, LISTED),
  more: entry.more + Math.max(0, entry.plan.length - LISTED),
  differs: entry.differs.slice(0, LISTED),
});

export function historyEntry(loaded: LoadedZone, id: string, reader: Actor): HistoryEntry {
  const row = rowsWhere(and(eq(zoneChanges.id, id), eq(zoneChanges.zoneId, loaded.zone.id))).get();
  if (!row) throw notFound("change");
  return entryOf(row, loaded, reader);
}

const rowsWhere = (where: SQL | undefined) =>
  db()
    .select({
      ...getTableColumns(zoneChanges),
      undoneBy: sql<
        string | null
      >`(select u.id from zone_changes u where u.undoes = zone_changes.id and u.state in ('applied', 'differs', 'partial') order by u.id desc limit 1)`,
    })
    .from(zoneChanges)
    .where(where);

/**
 * Whose names a reader sees: a guest's own alone, because the organisation's people are none of a guest's business; nor
 * are those of an organisation that had the zone before.
 */
const namesOf =
  ({ guest }: LoadedZone, reader: Actor) =>
  (actorId: string | null): boolean =>
    guest === null || actorId === null || actorId === reader.id;

const before = ({ zone }: LoadedZone, row: Pick<Entry, "createdAt" | "actorId">, reader: Actor): boolean =>
  zone.heldSince !== null && row.createdAt < zone.heldSince && row.actorId !== null && row.actorId !== reader.id;

function entryOf(row: Entry & { undoneBy: string | null }, loaded: LoadedZone, reader: Actor): HistoryEntry {
  const { zone, access } = loaded;
  const whole = firstStepsOf(row);
  const plan = whole.filter((step) => sees(access, zone.name, step));
  const hidden = whole.length - plan.length;
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    // A provider names the record that it speaks of, which may be one of the steps that are not looked at here.
    message: hidden > 0 || (row.moreSteps > 0 && !access.seesAll) ? "" : row.message,
    actor: actorOf(row, loaded, reader),
    records: row.counts && access.seesAll ? (JSON.parse(row.counts) as HistoryEntry["records"]) : recordCounts(plan),
    plan,
    more: row.moreSteps,
    hidden,
    differs: differencesIn(row).filter((difference) => sees(access, zone.name, difference)),
    steps: row.steps,
    stepsDone: row.stepsDone,
    undoes: row.undoes,
    undoneBy: row.undoneBy,
    restoredTo: row.restoredTo,
    batch: row.batchId,
    revision: row.revision,
    createdAt: row.createdAt,
    settledAt: row.settledAt,
  };
}

function actorOf(row: Entry, loaded: LoadedZone, reader: Actor): HistoryEntry["actor"] {
  const type = row.actorType;
  if (before(loaded, row, reader)) return { type, id: null, label: "The organisation before" };
  if (!namesOf(loaded, reader)(row.actorId)) return { type, id: null, label: loaded.organisation.name };
  return { type, id: row.actorId, label: row.actorLabel };
}
