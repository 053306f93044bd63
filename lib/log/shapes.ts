/** What the logs are asked, and how they answer: one shape for audit entries, requests, errors and slow statements. */
import { inArray } from "drizzle-orm";
import * as z from "zod";
import { db } from "#db/client.ts";
import { users } from "#db/schema/index.ts";
import { short } from "#lib/api/keyed-list.ts";
import { searchText } from "#lib/api/list.ts";
import { masked } from "#lib/api/masked.ts";
import { accountByEmail } from "#lib/users/users.ts";
import { ACTOR_TYPES, isId } from "./rows.ts";

export const views = ["audit", "requests", "errors", "slow"] as const;

const moment = z.coerce.number().int().min(0).max(4_000_000_000_000);

/** Filters that a view has no use for narrow nothing in it. */
export const filters = {
  view: z.enum(views).default("audit"),
  /** An account's id or e-mail address. */
  actor: z.string().trim().min(1).max(320).optional(),
  /** A procedure's name, or a page's route. */
  action: z.string().trim().min(1).max(300).optional(),
  /** `404`, `4xx`; of audit entries `done` or `refused`. */
  status: z
    .string()
    .trim()
    .regex(/^([1-5]xx|[1-5]\d\d|done|refused)$/, "Enter a status such as 404, or 4xx.")
    .optional(),
  /** Milliseconds. */
  over: z.coerce
    .number()
    .pipe(z.literal([100, 1000, 5000]))
    .optional(),
  requestId: z.string().trim().toLowerCase().max(36).optional(),
  /** Of audit entries: what was done something to, by its id. */
  target: z.string().trim().min(1).max(300).optional(),
  /** Milliseconds UTC. */
  from: moment.optional(),
  to: moment.optional(),
};

export const sorts = ["at", "times", "total", "max"] as const;

export const listInput = {
  ...filters,
  perPage: z.coerce.number().int().min(1).max(200).default(50),
  /** Which part, as the answer before named it; `last`. */
  at: z
    .string()
    .regex(/^(last|(after|before):[\d.]{1,60})$/, "This is no part of the list: begin again from the first page.")
    .optional(),
  sort: z.enum(sorts.flatMap((name) => [name, `-${name}`]) as [string, ...string[]]).default("-at"),
  q: searchText,
};

const query = z.object(listInput);
export type LogQuery = z.output<typeof query>;
export type LogFilters = Pick<LogQuery, keyof typeof filters | "q">;

export const LogRow = z.object({
  id: z.string(),
  view: z.enum(views),
  at: z.number().int(),
  actorType: z.enum([...ACTOR_TYPES, "node"]).nullable(),
  actorId: z.string().nullable(),
  /** Who it was, as an e-mail address or what a command calls itself. */
  actor: masked("label").nullable(),
  action: z.string(),
  /** What it was about. */
  target: masked("label").nullable(),
  /** `done`, `refused`, or an HTTP status. */
  outcome: z.string().nullable(),
  /** Why it was refused. */
  code: z.string().nullable(),
  /** Milliseconds; of slow statements the longest. */
  ms: z.number().nullable(),
  /** How often a statement was slow. */
  times: z.number().int().nullable(),
  address: masked("address").nullable(),
  requestId: z.string().nullable(),
  /** The message of an error, or the text of a statement. */
  text: masked("label").nullable(),
});
export type LogRow = z.output<typeof LogRow>;

export const Paged = z.object({
  items: z.array(LogRow),
  /** Counted to 10,000. */
  total: z.number().int(),
  /** There are more than were counted. */
  capped: z.boolean(),
  sorted: z.boolean(),
  short,
  next: z.string().nullable(),
  previous: z.string().nullable(),
});
export interface Paged<T> {
  items: T[];
  total: number;
  capped: boolean;
  sorted: true;
  short: z.output<typeof short>;
  next: string | null;
  previous: string | null;
}

/** `after:1.2` → where that is; `last` and `before` are read from the other end. */
function partOf(at: string | undefined) {
  const [way = "", cursor] = (at ?? "").split(":");
  return { first: at === undefined, last: way === "last", backwards: way === "last" || way === "before", cursor };
}

/** Which way the rows are read, and from where: the cursor's whole numbers are the columns that they are sorted by. */
export function span({ sort, at }: LogQuery, columns: readonly string[]) {
  const { backwards, cursor } = partOf(at);
  const descending = sort.startsWith("-") !== backwards;
  const order = descending ? ("desc" as const) : ("asc" as const);
  const values = cursor?.split(".").map(Number) ?? [];
  const fits = values.length === columns.length && values.every(Number.isSafeInteger);
  const bounds = fits ? [`(${columns.join(", ")}) ${descending ? "<" : ">"} (${values.join(", ")})`] : [];
  return { order, bounds, by: columns.map((column) => `${column} ${order}`).join(", ") };
}

/** A page of rows that were read one more than asked for. `goOn` is where the next begins if the rows ended too early. */
export function pageOf<T extends { id: string }>(
  found: T[],
  { perPage, at }: LogQuery,
  { total, capped }: { total: number; capped: boolean },
  goOn: string | null = null,
  cursorOf: (row: T) => string = ({ id }) => numberOf(id),
): Paged<T> {
  const { first, last, backwards } = partOf(at);
  const rows = found.slice(0, perPage);
  const items = backwards ? rows.toReversed() : rows;
  const [top, bottom] = [items[0], items.at(-1)];
  const there = (row: T | undefined) => (row === undefined ? null : cursorOf(row));
  const onward = found.length > perPage ? there(backwards ? top : bottom) : goOn;
  const back = backwards ? (last ? null : there(bottom)) : first ? null : there(top);
  const [next, previous] = backwards ? [back, onward] : [onward, back];
  return {
    items,
    total,
    capped,
    sorted: true,
    short: null,
    next: next === null ? null : `after:${next}`,
    previous: previous === null ? null : `before:${previous}`,
  };
}

/** A row is named by its view and its number there. */
export const rowId = (view: (typeof views)[number], number: number | string): string => `${view}.${number}`;
export const numberOf = (id: string): string => id.slice(id.indexOf(".") + 1);

/** The account that an id or an e-mail address names. */
export function actorIdOf(text: string): string | null {
  const lower = text.toLowerCase();
  return isId(lower) ? lower : (accountByEmail(lower)?.id ?? null);
}

export function emailsOf(ids: readonly (string | null)[]): Map<string, string> {
  const known = [...new Set(ids.filter((id) => id !== null))];
  if (known.length === 0) return new Map();
  const rows = db().select({ id: users.id, email: users.email }).from(users).where(inArray(users.id, known)).all();
  return new Map(rows.map(({ id, email }) => [id, email]));
}
