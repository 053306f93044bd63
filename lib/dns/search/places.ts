/** The index of RRsets: where something stands in it. A generation's RRsets are one range of places. */
import { sql } from "drizzle-orm";
import { prepared } from "#db/hot.ts";

/** An RRset by the number of its row, and the generation that it is in. */
export interface Place {
  generation: number;
  id: number;
}

/** From the first RRset of one generation to the last of another. */
export interface Range {
  from: Place;
  to: number;
}

export const wholeGeneration = (generation: number): Range => ({ from: { generation, id: 0 }, to: generation });

const LAST = 2 ** 26;
export const everywhere: Range = { from: { generation: 0, id: 0 }, to: LAST };

/** The first so many places in the range that answer the question, in order. */
export const placesOf = (question: string, { from, to }: Range, limit: number): Place[] =>
  ask().all({ question, generation: from.generation, id: from.id, to, limit });

// Numbers that large arrive as floating point, which the index takes for no limit at all: so they are shifted there.
const ask = prepared((handle) => {
  const from = sql`(cast(${sql.placeholder("generation")} as integer) << 36 | cast(${sql.placeholder("id")} as integer))`;
  const to = sql`((cast(${sql.placeholder("to")} as integer) + 1 << 36) - 1)`;
  return handle
    .select({ generation: sql<number>`rowid >> 36`, id: sql<number>`rowid & 68719476735` })
    .from(sql`rrset_text`)
    .where(sql`rrset_text match ${sql.placeholder("question")} and rowid between ${from} and ${to}`)
    .orderBy(sql`rowid`)
    .limit(sql.placeholder("limit"))
    .prepare();
});

/** The places after this one. */
export const after = ({ generation, id }: Place, to: number): Range => ({ from: { generation, id: id + 1 }, to });
