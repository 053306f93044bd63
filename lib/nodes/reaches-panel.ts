/** Whether a node's daemon reaches the panel: one that was not heard for long is made to call. */
import { randomUUID } from "node:crypto";
import { and, asc, eq, isNull, lt, or, sql } from "drizzle-orm";
import * as z from "zod";
import { db, transaction } from "#db/client.ts";
import { nodes, servers } from "#db/schema/index.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { DaemonError, type DaemonTrouble } from "#lib/wings/call.ts";
import { createServer, syncServer } from "#lib/wings/servers.ts";
import type { NodeRow } from "./credentials.ts";
import { isAnswering } from "./health.ts";
import { noteHeard, noteUnheard, wasHeard } from "./heard.ts";
import { paced } from "./paced.ts";

/** So long nothing is thought of it that a node says nothing. */
const QUIET_MS = 30 * 60_000;
const WITHIN_MS = 20_000;
const AT_ONCE = 20;
const SPREAD_MS = 60_000;

/** What then went wrong was on the way there. */
const ON_THE_WAY: readonly (DaemonTrouble | null)[] = ["unreachable", "refused", "not_found"];

/**
 * Has a node call the panel, and says whether it was heard: by reading one of its servers anew, which changes nothing. `thorough`: a node
 * that has none is told to fetch one that nobody has, which it asks the panel for, is refused and logs. Null: nothing can be said.
 */
export async function isHeard(node: NodeRow, thorough: boolean): Promise<boolean | null> {
  const since = Date.now();
  const server = db()
    .select({ uuid: servers.uuid })
    .from(servers)
    .where(and(eq(servers.nodeId, node.id), eq(servers.state, "ready"), isNull(servers.suspendedAt)))
    .orderBy(asc(servers.id))
    .limit(1)
    .get();
  let trouble = server ? await troubleOf(syncServer(node, server.uuid, WITHIN_MS)) : "not_found";
  if (trouble === "not_found" && thorough)
    trouble = await troubleOf(createServer(node, randomUUID(), false, WITHIN_MS));
  if (wasHeard(node.id, since)) return true;
  return ON_THE_WAY.includes(trouble) ? null : false;
}

async function troubleOf(calling: Promise<unknown>): Promise<DaemonTrouble | null> {
  try {
    await calling;
    return null;
  } catch (error) {
    if (error instanceof DaemonError) return error.trouble;
    throw error;
  }
}

export const hearNodes = jobKind({
  kind: "nodes.hear",
  payload: z.object({}),
  attempts: 1,
  schedule: "*/5 * * * *",
  run: async (_, { signal }) => {
    const quiet = or(isNull(nodes.heardAt), lt(nodes.heardAt, Date.now() - QUIET_MS), sql`unheard_since is not null`);
    const waiting = db()
      .select()
      .from(nodes)
      .where(and(isAnswering(), eq(nodes.state, "ok"), quiet))
      .orderBy(asc(nodes.id))
      .all();
    const unheard: { node: NodeRow; since: number }[] = [];
    await paced(waiting, { atOnce: AT_ONCE, withinMs: SPREAD_MS, signal }, async (node) => {
      const since = Date.now();
      if ((await isHeard(node, false)) === false) unheard.push({ node, since });
    });
    transaction((tx) => {
      for (const { node, since } of unheard) noteUnheard(tx, node, since);
      noteHeard(tx);
    });
  },
});
