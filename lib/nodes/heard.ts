/** When nodes' daemons last called the panel: without that nothing is installed there. */
import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { nodes } from "#db/schema/index.ts";
import { singleton } from "#lib/singleton.ts";
import type { NodeRow } from "./credentials.ts";

const latest = singleton("nodes.heard", () => ({ at: new Map<string, number>(), unwritten: new Set<string>() }));

/** It has just called and proved itself. Written with what the next round of questions comes to, not here. */
export function heardFrom(node: string): void {
  latest.at.set(node, Date.now());
  latest.unwritten.add(node);
}

/** Whether it called at this moment (milliseconds) or later. */
export const wasHeard = (node: string, since: number): boolean => (latest.at.get(node) ?? 0) >= since;

/** Writes down who was heard since the last time, in one statement. */
export function noteHeard(tx: Tx): void {
  if (latest.unwritten.size === 0) return;
  const heard = [...latest.unwritten].map((id) => ({ id, at: latest.at.get(id) }));
  latest.unwritten.clear();
  tx.run(sql`
    update nodes set heard_at = told.value ->> 'at', unheard_since = null
    from json_each(${JSON.stringify(heard)}) as told where nodes.id = told.value ->> 'id'`);
}

/** It should have called at this moment (milliseconds), and nothing came: nor has anything until now. */
export function noteUnheard(tx: Tx, { id, revision }: Pick<NodeRow, "id" | "revision">, since: number): void {
  if (wasHeard(id, since)) return;
  tx.update(nodes)
    .set({ unheardSince: sql`coalesce(unheard_since, ${sql.raw(String(Date.now()))})` })
    .where(and(eq(nodes.id, id), eq(nodes.revision, revision)))
    .run();
}
