/**
 * Most people see a few zones among many. To read those through is quicker than to find what is theirs in the index of
 * everybody's: it takes a microsecond or two for an RRset, whatever is asked and whoever else has it.
 */
import { eq, inArray, or, type SQL, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { rrsetRows } from "#db/schema/index.ts";
import { likeAnywhere } from "#lib/api/list.ts";
import { idnCandidates, type Terms } from "./terms.ts";

/** Zones with so many records together are. */
export const READ_THROUGH = 5000;

/** RRsets of these generations that may be what was searched for: all that are, and a few that only look like it. In order. */
export const readThrough = (generations: readonly number[], terms: Terms) =>
  db()
    .select({
      id: rrsetRows.id,
      generation: rrsetRows.generation,
      name: rrsetRows.name,
      type: rrsetRows.type,
      ttl: rrsetRows.ttl,
      records: rrsetRows.records,
    })
    .from(rrsetRows)
    .where(
      sql`${rrsetRows.generation} in (select value from json_each(${JSON.stringify(generations)})) and ${likely(terms)}`,
    )
    .orderBy(rrsetRows.generation, rrsetRows.id)
    .all();

/** Without quotes, escapes and the joints of long texts, as JSON writes them: nothing that was looked for is missed. */
const plainRecords = sql`replace(replace(replace(${rrsetRows.records}, '\\" \\"', ''), '\\"', ''), '\\', '')`;
const plainName = sql`replace(${rrsetRows.name}, '\\', '')`;

function likely(terms: Terms): SQL {
  const ofTypes = terms.types.length > 0 ? inArray(rrsetRows.type, terms.types) : sql`true`;
  if (terms.forms.length === 0) return ofTypes;
  const texts = terms.forms.map((form) => likeAnywhere(form.replace(/\.$/, "")));
  const has = texts.map(
    (text) => sql`(${plainName} like ${text} escape '\\' or ${plainRecords} like ${text} escape '\\')`,
  );
  if (terms.forms.includes("@")) has.push(eq(rrsetRows.sortKey, ""));
  if (idnCandidates(terms) !== null) has.push(sql`${rrsetRows.name} like '%xn--%'`);
  return sql`${ofTypes} and (${or(...has)})`;
}
