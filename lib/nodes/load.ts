/** One node, as it is stored. */
import { eq } from "drizzle-orm";
import { db, type Tx } from "#db/client.ts";
import { nodes } from "#db/schema/index.ts";
import { notFound } from "#lib/api/errors.ts";
import type { NodeRow } from "./credentials.ts";

/** Throws `not_found`. */
export function loadNode(id: string, tx: Pick<Tx, "select"> = db()): NodeRow {
  const row = tx.select().from(nodes).where(eq(nodes.id, id)).get();
  if (!row) throw notFound("node");
  return row;
}
