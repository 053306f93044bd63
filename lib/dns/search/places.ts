/** The index of RRsets: where something stands in it. A generation's RRsets are one range of places. */
import { sql } from "drizzle-orm";
import { preparedBy } from "#db/hot.ts";

/** An RRset by the number of its row, and the generation that it is in. */
export interface Place {
  generation: number;
  id: number;
}

/** From an RRset of one generation to the last of another. */
export interface Range {
  from: Place;
  to: number;
  /** To this row of that generation, where it is not the last one. */
  upTo?: number;
}

export const wholeGeneration = (generation: number): Range => ({ from: { generation, id: 0 }, to: generation });

const LAST = 2 ** 26;
const LAST_ROW = 2 ** 36 - 1;
export const everywhere: Range = { from: { generation: 0, id: 0 }, to: LAST };

/** The first so many places in the range that answer the question, in order; or the last, from the last on. */
export const placesOf = (
  question: string,
  { from, to, upTo = LAST_ROW }: Range,
  limit: number,
  backwards = false,
): Place[] => {
  const values = { question, generation: from.generation, id: from.id, to, upTo, limit };
  // Without a mapping of each row, which would take longer than to find it.
  const rows = ask(backwards).values(values) as [number, number][];
  return rows.map(([generation, id]) => ({ generation, id }));
};

// Numbers that large arrive as floating point, which the index takes for no limit at all: so they are shifted there.
const ask = preparedBy(String, (handle, backwards: boolean) => {
  const place = (generation: string, id: string) =>
    sql`(cast(${sql.placeholder(generation)} as integer) << 36 | cast(${sql.placeholder(id)} as integer))`;
  return handle
    .select({ generation: sql<number>`rowid >> 36`, id: sql<number>`rowid & 68719476735` })
    .from(sql`rrset_text`)
    .where(
      sql`rrset_text match ${sql.placeholder("question")} and rowid between ${place("generation", "id")} and ${place("to", "upTo")}`,
    )
    .orderBy(backwards ? sql`rowid desc` : sql`rowid`)
    .limit(sql.placeholder("limit"))
    .prepare();
});

/** The places after this one. */
export const after = ({ generation, id }: Place, to: number): Range => ({ from: { generation, id: id + 1 }, to });

/** The places up to this one. */
export const before = (range: Range, { generation, id }: Place): Range => ({ ...range, to: generation, upTo: id - 1 });
