/**
 * Requests, filtered and paged. Ids sort by time, so a page is a few steps in one index; where several filters meet, no more
 * than so many rows of the narrowest are looked at, and the next page goes on from there.
 */
import { logsDb } from "#db/logs/client.ts";
import {
  ACTOR_TYPES,
  type ActorType,
  firstIdAt,
  idOf,
  isId,
  octetsOf,
  PLACES,
  type RequestRow,
  rowIdOf,
  timeOf,
} from "./rows.ts";
import { actorIdOf, emailsOf, type LogQuery, type LogRow, type Paged, pageOf, rowId, span } from "./shapes.ts";

/** Rows that one question looks at where an index alone does not answer it. */
const LOOKED_AT = 10_000;
const MOST_ROUTES = 40;
const COUNTED = 10_000;

interface Found {
  id: number;
  requestId: Buffer;
  method: string;
  template: string;
  action: string;
  status: number;
  micros: number;
  actorType: number;
  actor: Buffer | null;
  address: string | null;
  code: string | null;
}

const COLUMNS = `r.id, r.request_id as requestId, method, template, action, r.status, r.micros, r.actor_type as actorType,
  r.actor, r.address, r.code`;

export function listRequests(query: LogQuery): Paged<LogRow> {
  const sought = seek(query);
  if (sought === null) return pageOf([], query, { total: 0, capped: false });
  const { drive, rest, routes } = sought;
  const { order, bounds } = span(query, ["id"]);
  const wanted = query.perPage + 1;
  const limit = rest.length > 0 ? LOOKED_AT : wanted;
  // Of several routes each is read by its own index, and what they give is merged.
  const branch = (route: number | null) => {
    const where = [...drive, ...bounds, ...(route === null ? [] : [`route = ${route}`])];
    return `select * from (select id from requests ${where.length > 0 ? `where ${where.join(" and ")}` : ""} order by id ${order} limit ${limit})`;
  };
  const branches = routes === null ? [branch(null)] : routes.map(branch);
  const candidates = `select id from (${branches.join(" union all ")}) order by id ${order} limit ${limit}`;
  const client = logsDb().$client;
  // Driven from the candidates: an index of what is looked at must not tempt the planner to begin there.
  const matching = `from (${candidates}) c cross join requests r on r.id = c.id join routes on routes.id = r.route
    ${rest.length > 0 ? `where ${rest.join(" and ")}` : ""}`;
  const found = client.prepare(`select ${COLUMNS} ${matching} order by r.id ${order} limit ${wanted}`).all() as Found[];
  const from = found.length < wanted && rest.length > 0 ? lookedUpTo(candidates, order) : null;
  return pageOf(rowsOf(found), query, countRequests(sought), from);
}

/** Where the next page goes on, if this one ended because enough was looked at. */
function lookedUpTo(candidates: string, order: "asc" | "desc"): string | null {
  const end = order === "desc" ? "min(id)" : "max(id)";
  const { n, id } = logsDb().$client.prepare(`select count(*) as n, ${end} as id from (${candidates})`).get() as {
    n: number;
    id: number | null;
  };
  return n < LOOKED_AT || id === null ? null : String(id);
}

/** To 10,000; where an index alone does not answer, of what is looked at. */
function countRequests({ drive, rest, routes }: Sought): { total: number; capped: boolean } {
  const most = COUNTED + 1;
  const branch = (route: number | null) => {
    const where = [...drive, ...(route === null ? [] : [`route = ${route}`])];
    return `select * from (select id from requests ${where.length > 0 ? `where ${where.join(" and ")}` : ""} order by id desc limit ${most})`;
  };
  const all = (routes === null ? [branch(null)] : routes.map(branch)).join(" union all ");
  const filtered =
    rest.length === 0
      ? `select 1 from (${all}) limit ${most}`
      : `select 1 from (select id from (${all}) limit ${LOOKED_AT}) c cross join requests r on r.id = c.id where ${rest.join(" and ")}`;
  const client = logsDb().$client;
  const n = client.prepare(`select count(*) from (${filtered})`).pluck().get() as number;
  const cut =
    rest.length > 0 &&
    (client.prepare(`select count(*) from (${all} limit ${LOOKED_AT})`).pluck().get() as number) >= LOOKED_AT;
  return { total: Math.min(n, COUNTED), capped: n > COUNTED || cut };
}

interface Sought {
  /** Conditions that one index answers, and those that are looked at row by row. Literals that were checked. */
  drive: string[];
  rest: string[];
  routes: number[] | null;
}

/** What the filters mean in SQL; null where nothing can match. */
function seek(query: LogQuery): Sought | null {
  const drive: string[] = [];
  const rest: string[] = [];
  let driven = false;
  /** The first that an index answers leads; the others are looked at. */
  const add = (lead: string, among = lead.replaceAll(/\b(micros|status|actor|route)\b/g, "r.$1")) => {
    (driven ? rest : drive).push(driven ? among : lead);
    driven = true;
  };
  const { from, to } = query;
  if (from !== undefined) drive.push(`id >= ${firstIdAt(from)}`);
  if (to !== undefined) drive.push(`id < ${firstIdAt(to)}`);
  const text = query.q.trim();
  const requestId = query.requestId ?? (isId(text) ? text : undefined);
  if (requestId !== undefined) {
    if (!isId(requestId)) return null;
    const first = rowIdOf(requestId);
    const exact = `request_id = x'${octetsOf(requestId).toString("hex")}'`;
    const range = `id >= ${first} and id < ${first + PLACES} and ${exact}`;
    // The id of an account is looked for as well: people paste either.
    const there = logsDb().$client.prepare(`select 1 from requests where ${range}`).get() !== undefined;
    if (!there && query.requestId !== undefined) return null;
    if (there) {
      drive.push(range);
      driven = true;
    }
    if (!there) add(`actor is not null and actor = x'${octetsOf(requestId).toString("hex")}'`);
  }
  if (query.over !== undefined) add(`micros >= ${query.over * 1000}`);
  if (query.actor !== undefined) {
    const id = actorIdOf(query.actor);
    if (id === null) return null;
    add(`actor is not null and actor = x'${octetsOf(id).toString("hex")}'`);
  }
  if (query.status !== undefined) {
    const { status } = query;
    if (/^[45]xx$/.test(status)) add(`status >= ${status[0]}00`);
    if (status === "4xx") rest.push("r.status < 500");
    if (/^[123]xx$/.test(status)) rest.push(`r.status between ${status[0]}00 and ${status[0]}99`);
    if (/^\d{3}$/.test(status)) add(`status = ${Number(status)}`);
  }
  const words = requestId === undefined ? text : "";
  const routes = words !== "" || query.action !== undefined ? routesLike(words, query.action) : null;
  if (routes !== null && routes.length === 0) return null;
  if (routes !== null && driven) {
    rest.push(`r.route in (${routes.join(", ")})`);
    return { drive, rest, routes: null };
  }
  return { drive, rest, routes };
}

/** Which routes have the text in their path or name, and are of the action if one is given. */
function routesLike(text: string, action: string | undefined): number[] {
  return logsDb()
    .$client.prepare(
      `select id from routes where (instr(lower(template), @text) > 0 or instr(lower(action), @text) > 0)
       and (@action is null or action = @action or template = @action) limit ${MOST_ROUTES}`,
    )
    .pluck()
    .all({ text: text.toLowerCase(), action: action ?? null }) as number[];
}

/** One request, by its row. */
export function oneRequest(id: string): LogRow | null {
  const found = logsDb()
    .$client.prepare(`select ${COLUMNS} from requests r join routes on routes.id = r.route where r.id = ?`)
    .get(Number(id)) as Found | undefined;
  return found ? (rowsOf([found])[0] ?? null) : null;
}

function rowsOf(found: readonly Found[]): LogRow[] {
  const ids = found.map(({ actor }) => (actor === null ? null : idOf(actor)));
  const emails = emailsOf(ids);
  return found.map((row, at) => {
    const actor = ids[at] ?? null;
    return requestRow(
      [
        idOf(row.requestId),
        row.method,
        row.template,
        row.action,
        row.status,
        row.micros,
        ACTOR_TYPES[row.actorType] ?? "anonymous",
        actor,
        row.address,
        row.code,
      ],
      String(row.id),
      actor === null ? null : (emails.get(actor) ?? null),
    );
  });
}

export function requestRow(
  [requestId, method, template, action, status, micros, actorType, actor, address, code]: RequestRow,
  id: string,
  email: string | null,
): LogRow {
  return {
    id: rowId("requests", id),
    view: "requests",
    at: timeOf(Number(id)),
    actorType: actorType satisfies ActorType,
    actorId: actor,
    actor: email,
    action: action === "" ? template : action,
    target: `${method} ${template}`,
    outcome: String(status),
    code,
    ms: micros / 1000,
    times: null,
    address,
    requestId,
    text: null,
  };
}
