/** The audit log, filtered and paged: by the indexes of its actor, target, action and time. */
import { db } from "#db/client.ts";
import {
  actorIdOf,
  type LogFilters,
  type LogQuery,
  type LogRow,
  numberOf,
  type Paged,
  pageOf,
  rowId,
  span,
} from "./shapes.ts";

const COUNTED = 10_000;

interface Entry {
  row: number;
  at: number;
  actorType: string;
  actorId: string | null;
  actorLabel: string;
  action: string;
  targetType: string;
  targetId: string | null;
  targetLabel: string;
  outcome: string;
  asStaff: number;
  address: string | null;
  requestId: string | null;
}

const COLUMNS = `rowid as row, at, actor_type as actorType, actor_id as actorId, actor_label as actorLabel, action,
  target_type as targetType, target_id as targetId, target_label as targetLabel, outcome, as_staff as asStaff, address,
  request_id as requestId`;

export function listAudit(query: LogQuery): Paged<LogRow> {
  const narrowed = narrowedBy(query);
  if (!narrowed) return pageOf([], query, { total: 0, capped: false });
  const { values, where, branches } = narrowed;
  const { bounds, by } = span({ ...query, sort: query.sort === "at" ? "at" : "-at" }, ["at", "rowid"]);
  const read = (more: readonly string[], limit: number) =>
    branches
      .map(
        (one) =>
          `select * from (select rowid as found from audit_log where ${[one, ...where, ...more].join(" and ")} order by ${by} limit ${limit})`,
      )
      .join(" union ");
  const client = db().$client;
  const wanted = query.perPage + 1;
  const found = client
    .prepare(`select ${COLUMNS} from audit_log where rowid in (${read(bounds, wanted)}) order by ${by} limit ${wanted}`)
    .all(values) as Entry[];
  const n = client
    .prepare(`select count(*) from (${read([], COUNTED + 1)})`)
    .pluck()
    .get(values) as number;
  const counted = { total: Math.min(n, COUNTED), capped: n > COUNTED };
  return pageOf(found.map(auditRow), query, counted, null, ({ id, at }) => `${at}.${numberOf(id)}`);
}

/** What was written after the row: the last of it, oldest first, and how much there was before that. */
export function auditAfter(row: number, filters: LogFilters, most: number): { items: LogRow[]; before: number } {
  const narrowed = narrowedBy(filters);
  if (!narrowed) return { items: [], before: 0 };
  const { where, branches } = narrowed;
  const values = { ...narrowed.values, row };
  // By its number alone: what is new is little, whatever else there is.
  const fresh = `from audit_log not indexed where ${["rowid > @row", `(${branches.join(" or ")})`, ...where].join(" and ")}`;
  const client = db().$client;
  const found = client.prepare(`select ${COLUMNS} ${fresh} order by rowid desc limit ${most}`).all(values) as Entry[];
  const n = client.prepare(`select count(*) ${fresh}`).pluck().get(values) as number;
  return { items: found.map(auditRow).toReversed(), before: n - found.length };
}

/** Null: nobody has the address that is asked for, and nothing is found. */
function narrowedBy({ q, actor, action, target, status, requestId, from, to }: LogFilters) {
  const actorId = actor === undefined ? null : actorIdOf(actor);
  if (actor !== undefined && actorId === null) return null;
  const where = [
    ...(actorId === null ? [] : ["actor_id = @actorId"]),
    ...(action === undefined ? [] : ["action = @action"]),
    ...(target === undefined ? [] : [IS_TARGET("@target")]),
    ...(requestId === undefined ? [] : ["request_id = @requestId"]),
    ...(status === undefined ? [] : ["outcome = @status"]),
    ...(from === undefined ? [] : ["at >= @from"]),
    ...(to === undefined ? [] : ["at < @to"]),
  ];
  // Of several things that text may mean each is read by its own index, and what they give is merged.
  return {
    where,
    branches: q === "" ? ["true"] : meanings(q),
    values: { q, actorId, action, target, status, requestId, from, to },
  };
}

/** The different values of an indexed column: a step in the index for each. */
const different = (column: string): string =>
  `with recursive d(v) as (select min(${column}) from audit_log union all
   select (select min(${column}) from audit_log where ${column} > d.v) from d where d.v is not null) select v from d where v is not null`;

const IS_TARGET = (id: string): string => `target_type in (${different("target_type")}) and target_id = ${id}`;

const MOST_ACTIONS = 40;

/** What begins or contains the text, of actions; and what it is the id of. */
function meanings(q: string): string[] {
  const actions = db().$client.prepare(different("action")).pluck().all() as string[];
  const like = actions.filter((name) => name.toLowerCase().includes(q.toLowerCase())).slice(0, MOST_ACTIONS);
  const named = like.map((name) => `action = '${name.replaceAll("'", "''")}'`);
  return [...named, "request_id = @q", "actor_id = @q", IS_TARGET("@q")];
}

const auditRow = (entry: Entry): LogRow => ({
  id: rowId("audit", entry.row),
  view: "audit",
  at: entry.at,
  actorType: entry.actorType as LogRow["actorType"],
  actorId: entry.actorId,
  actor: entry.actorLabel,
  action: entry.action,
  target: entry.targetLabel,
  outcome: entry.outcome,
  code: entry.asStaff === 1 ? "as staff" : null,
  ms: null,
  times: null,
  address: entry.address,
  requestId: entry.requestId,
  text: null,
});

/** One entry, with what it changed. */
export function oneEntry(id: string) {
  const row = db().$client.prepare(`select ${COLUMNS}, before, after from audit_log where rowid = ?`).get(Number(id)) as
    | (Entry & { before: string | null; after: string | null })
    | undefined;
  if (!row) return null;
  return { ...auditRow(row), targetType: row.targetType, targetId: row.targetId, before: row.before, after: row.after };
}
