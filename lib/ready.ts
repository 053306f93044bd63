/** Whether the panel can answer: the database can be read. */
import { sql } from "drizzle-orm";
import { db } from "#db/client.ts";

export function ready(): Response {
  try {
    db().get(sql`select 1`);
    return new Response("ready\n");
  } catch {
    return new Response("the database cannot be read\n", { status: 503 });
  }
}
