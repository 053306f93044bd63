/** What nobody foresaw, and what was slow, filtered and paged. */
import { logsDb } from "#db/logs/client.ts";
import { firstIdAt, timeOf } from "./rows.ts";
import { type LogQuery, type LogRow, type Paged, pageOf, rowId, span } from "./shapes.ts";

const COUNTED = 10_000;
/** Shorter texts are looked for nowhere. */
export const SHORT = 3;

interface FoundError {
  id: number;
  source: string;
  requestId: string | null;
  place: string;
  name: string;
  message: string;
}

/** `q` is looked for in all of its words, from three characters on. */
export function listErrors(query: LogQuery): Paged<LogRow> {
  if (query.q !== "" && [...query.q].length < SHORT)
    return { ...pageOf<LogRow>([], query, { total: 0, capped: false }), short: "nothing" };
  const { order, bounds } = span(query, ["errors.id"]);
  const { q, requestId, action, from, to } = query;
  const values: Record<string, unknown> = { requestId, action, q, phrase: `"${q.replaceAll('"', '""')}"` };
  const where = [
    ...(from === undefined ? [] : [`errors.id >= ${firstIdAt(from)}`]),
    ...(to === undefined ? [] : [`errors.id < ${firstIdAt(to)}`]),
    ...(requestId === undefined ? [] : ["request_id = @requestId"]),
    ...(action === undefined ? [] : ["errors.place = @action"]),
  ];
  const text = q !== "";
  const source = text ? "error_text join errors on errors.id = error_text.rowid" : "errors";
  if (text) where.push("error_text match @phrase");
  const by = text ? "error_text.rowid" : "errors.id";
  const sql = (columns: string, more: readonly string[], rest: string) => {
    const all = [...where, ...more];
    return `select ${columns} from ${source} ${all.length > 0 ? `where ${all.join(" and ")}` : ""} ${rest}`;
  };
  const client = logsDb().$client;
  const found = client
    .prepare(
      sql(
        "errors.id, source, request_id as requestId, errors.place, errors.name, errors.message",
        bounds.map((bound) => bound.replaceAll("errors.id", by)),
        `order by ${by} ${order} limit ${query.perPage + 1}`,
      ),
    )
    .all(values) as FoundError[];
  const n = client
    .prepare(`select count(*) from (${sql("1", [], `limit ${COUNTED + 1}`)})`)
    .pluck()
    .get(values) as number;
  return pageOf(found.map(errorRow), query, { total: Math.min(n, COUNTED), capped: n > COUNTED });
}

const errorRow = ({ id, requestId, place, name, message }: FoundError): LogRow => ({
  ...nothing,
  id: rowId("errors", id),
  view: "errors",
  at: timeOf(id),
  action: place,
  code: name,
  requestId,
  text: message,
});

/** One error, with its stack. */
export function oneError(id: string): (LogRow & { stack: string }) | null {
  const row = logsDb()
    .$client.prepare("select id, source, request_id as requestId, place, name, message, stack from errors where id = ?")
    .get(Number(id)) as (FoundError & { stack: string }) | undefined;
  return row ? { ...errorRow(row), stack: row.stack } : null;
}

const DAY = 86_400_000;

/** Of the last day, up to 100. */
export const recentErrors = (): number =>
  logsDb()
    .$client.prepare("select count(*) from (select 1 from errors where id >= ? limit 100)")
    .pluck()
    .get(firstIdAt(Date.now() - DAY)) as number;

const SLOW_SORTS: Record<string, string> = {
  at: "last_at",
  times: "times",
  total: "total_micros",
  max: "max_micros",
};

interface FoundStatement {
  id: number;
  text: string;
  times: number;
  totalMicros: number;
  maxMicros: number;
  lastAt: number;
}

/** Statements, of which there are never many. */
export function listSlow(query: LogQuery): Paged<LogRow> {
  const sort = SLOW_SORTS[query.sort.replace("-", "")] ?? "last_at";
  const { bounds, by } = span(query, [sort, "id"]);
  const values = { q: query.q.toLowerCase(), from: query.from, to: query.to, over: (query.over ?? 0) * 1000 };
  const where = [
    "max_micros >= @over",
    ...(query.q === "" ? [] : ["instr(lower(text), @q) > 0"]),
    ...(query.from === undefined ? [] : ["last_at >= @from"]),
    ...(query.to === undefined ? [] : ["last_at < @to"]),
  ];
  const client = logsDb().$client;
  const columns = "id, text, times, total_micros as totalMicros, max_micros as maxMicros, last_at as lastAt";
  const found = client
    .prepare(
      `select ${columns} from statements where ${[...where, ...bounds].join(" and ")} order by ${by} limit ${query.perPage + 1}`,
    )
    .all(values) as FoundStatement[];
  const total = client
    .prepare(`select count(*) from statements where ${where.join(" and ")}`)
    .pluck()
    .get(values) as number;
  const cursors = new Map(found.map((row) => [rowId("slow", row.id), cursorOf(row, sort)]));
  return pageOf(found.map(slowRow), query, { total, capped: false }, null, ({ id }) => cursors.get(id) ?? id);
}

function cursorOf({ id, lastAt, times, totalMicros, maxMicros }: FoundStatement, sort: string): string {
  const value = { last_at: lastAt, times, total_micros: totalMicros, max_micros: maxMicros }[sort];
  return `${value}.${id}`;
}

const slowRow = ({ id, text, times, totalMicros, maxMicros, lastAt }: FoundStatement): LogRow => ({
  ...nothing,
  id: rowId("slow", id),
  view: "slow",
  at: lastAt,
  action: text,
  target: `${Math.round(totalMicros / 1000)} ms in all`,
  ms: maxMicros / 1000,
  times,
  text,
});

export function oneStatement(id: string): LogRow | null {
  const row = logsDb()
    .$client.prepare(
      "select id, text, times, total_micros as totalMicros, max_micros as maxMicros, last_at as lastAt from statements where id = ?",
    )
    .get(Number(id)) as FoundStatement | undefined;
  return row ? slowRow(row) : null;
}

const nothing = {
  actorType: null,
  actorId: null,
  actor: null,
  target: null,
  outcome: null,
  code: null,
  ms: null,
  times: null,
  address: null,
  requestId: null,
  text: null,
} as const;
