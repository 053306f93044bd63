/** Lists: one input, one output, filtered, sorted and paged in SQL. */
import * as z from "zod";

/** What is looked for. The index of texts would take a NUL for the end of the question. */
export const searchText = z
  .string()
  .trim()
  .max(255)
  .regex(/^[^\0]*$/, "There is a character in this that no text has.")
  .default("");

/** `page` from 1; `sort` is a column, `-` before it for descending. Values arrive as text from a query string. */
export const listQuery = <const S extends readonly [string, ...string[]]>(sorts: S) => ({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  perPage: z.coerce.number().int().min(1).max(200).default(50),
  sort: z.enum(sorts.flatMap((s) => [s, `-${s}`]) as [string, ...string[]]).default(sorts[0]),
  q: searchText,
});

export interface ListQuery {
  page: number;
  perPage: number;
  sort: string;
  q: string;
}

export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), total: z.number().int(), page: z.number().int(), perPage: z.number().int() });

export interface Page<T> {
  items: T[];
  total: number;
  page: number;
  perPage: number;
}

/** The text as a LIKE pattern that matches it anywhere, with its own wildcards escaped (ESCAPE '\'). */
export const likeAnywhere = (q: string): string => `%${q.replace(/[\\%_]/g, "\\$&")}%`;

export const offsetOf = (query: ListQuery): number => (query.page - 1) * query.perPage;
export const sortOf = (query: ListQuery): { column: string; descending: boolean } =>
  query.sort.startsWith("-")
    ? { column: query.sort.slice(1), descending: true }
    : { column: query.sort, descending: false };
