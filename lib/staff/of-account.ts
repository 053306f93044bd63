/** Rows that are about accounts, found by what somebody types of the account. */
import { type SQLWrapper, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { users } from "#db/schema/index.ts";
import type { Condition } from "#lib/api/keyed-list.ts";
import { searching } from "./find.ts";

/** `user` is the column of the account's id. Nothing where there is no text. */
export function ofAccount(from: SQLiteTable, id: SQLWrapper, user: SQLWrapper, q: string): Condition | undefined {
  const { found, condition } = searching(
    { kind: "account", from: users, id: users.id, starts: [users.email, users.name] },
    q,
  );
  const accounts = found ? sql`select id from (${found.ids})` : condition?.few;
  if (!accounts) return undefined;
  return {
    where: sql`${user} in (${accounts})`,
    few: sql`select ${id} as id from ${from} where ${user} in (${accounts})`,
  };
}
