/** RRsets by the numbers of their rows. */
import { sql } from "drizzle-orm";
import { inList, prepared } from "#db/hot.ts";
import { rrsetRows } from "#db/schema/index.ts";

export const rowsOf = (ids: readonly number[]) => (ids.length === 0 ? [] : byIds().all({ ids: JSON.stringify(ids) }));

const byIds = prepared((handle) =>
  handle
    .select({
      id: rrsetRows.id,
      name: rrsetRows.name,
      type: rrsetRows.type,
      ttl: rrsetRows.ttl,
      records: rrsetRows.records,
    })
    .from(rrsetRows)
    .where(inList(rrsetRows.id, sql.placeholder("ids")))
    .prepare(),
);
