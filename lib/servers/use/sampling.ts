/** Asks each node that answers what its servers use, once a minute: one question for all of them. */
import { and, asc, count, eq, ne } from "drizzle-orm";
import * as z from "zod";
import { databaseFile, db } from "#db/client.ts";
import { logsDb, logsFile } from "#db/logs/client.ts";
import { nodes, servers } from "#db/schema/index.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { log } from "#lib/log/log.ts";
import type { NodeRow } from "#lib/nodes/credentials.ts";
import { isAnswering } from "#lib/nodes/health.ts";
import { paced } from "#lib/nodes/paced.ts";
import { askThread } from "#lib/thread.ts";
import { DaemonError } from "#lib/wings/call.ts";
import { readUse } from "#lib/wings/use.ts";
import type { Answered } from "./take.ts";

/** Answers that are held at a time. */
const AT_ONCE = 12;
const SPREAD_MS = 40_000;
/** An answer's size: so much, and so much for each server that the panel knows there. */
const ROOM = 64 * 1024;
const ROOM_EACH = 32 * 1024;
const MOST_ROOM = 16 * 1024 * 1024;
/** Well above what an answer within its bounds takes (take.ts): a thread that asks for much at once can take the process with it. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };

export async function sampleAll(signal?: AbortSignal): Promise<void> {
  // So that the tables are there.
  logsDb();
  const waiting = db()
    .select({ node: nodes, known: count() })
    .from(nodes)
    .innerJoin(servers, and(eq(servers.nodeId, nodes.id), ne(servers.state, "deleting")))
    .where(isAnswering())
    .groupBy(nodes.id)
    .orderBy(asc(nodes.id))
    .all();
  await paced(waiting, { atOnce: AT_ONCE, withinMs: SPREAD_MS, signal }, sampleNode);
}

async function sampleNode({ node, known }: { node: NodeRow; known: number }): Promise<void> {
  try {
    const { buffer } = await readUse(node, Math.min(ROOM + known * ROOM_EACH, MOST_ROOM));
    const answered: Answered = {
      file: logsFile(),
      panel: databaseFile(),
      node: node.id,
      at: Date.now(),
      bytes: buffer,
    };
    const running = await askThread("servers/use/use-worker.mjs", answered, { handed: [buffer], limits: LIMITS });
    if (running === null) log().warn({ node: node.id }, "a node does not say what its servers use");
  } catch (error) {
    // That it does not answer shows where nodes are shown.
    if (!(error instanceof DaemonError))
      log().error({ node: node.id, err: error }, "what servers use was not written down");
  }
}

export const sampling = jobKind({
  kind: "servers.sample",
  payload: z.object({}),
  attempts: 1,
  // Between two rounds of asking nodes how they are.
  schedule: "15 * * * * *",
  run: (_, { signal }) => sampleAll(signal),
});
