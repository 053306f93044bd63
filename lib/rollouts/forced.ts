/** Who was put in or out by hand, the oldest account first. */
import { and, eq, inArray, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { rolloutPeople, users } from "#db/schema/index.ts";
import { type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { rowOf } from "./rollouts.ts";

const listed = { from: rolloutPeople, id: rolloutPeople.userId, sorts: { account: rolloutPeople.userId } };

export function listForced(id: string, query: KeyedQuery) {
  rowOf(id);
  const wanted = query.q.toLowerCase();
  const conditions = [
    { where: eq(rolloutPeople.rolloutId, id) },
    wanted === "" ? undefined : { where: accountIs(wanted) },
  ];
  return readKeyed(listed, query, { conditions }, (ids) =>
    db()
      .select({
        id: users.id,
        name: users.name,
        email: users.email,
        forced: rolloutPeople.forced,
        treatment: rolloutPeople.treatment,
      })
      .from(rolloutPeople)
      .innerJoin(users, eq(users.id, rolloutPeople.userId))
      .where(and(eq(rolloutPeople.rolloutId, id), inArray(rolloutPeople.userId, ids)))
      .all(),
  );
}

/** One account, by the id or address with which it was put there. */
const accountIs = (who: string) =>
  sql`${rolloutPeople.userId} in (select u.id from users u where u.id = ${who} or u.email = ${who})`;
