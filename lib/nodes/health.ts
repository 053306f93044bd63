/** How nodes are: each is asked every half a minute, and what came of it is kept for a week. */
import { and, asc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { db, provisionally, type Tx } from "#db/client.ts";
import { nodeBeats, nodes } from "#db/schema/index.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import type { NodeRow } from "./credentials.ts";
import { type Asked, ask } from "./daemon.ts";

/** A node that has not answered for so long is unhealthy. */
export const SILENT_MS = 120_000;
const BEAT_MS = 300_000;
const KEPT_MS = 7 * 86_400_000;
const AT_ONCE = 100;
/** So many are written in one go. */
const WRITTEN = 200;

export const healths = ["healthy", "unhealthy", "waiting"] as const;
export type Health = (typeof healths)[number];

/** `waiting`: it has never answered, as one that is being set up. */
export function healthOf({ seenAt }: Pick<NodeRow, "seenAt">, now = Date.now()): Health {
  if (seenAt === null) return "waiting";
  return now - seenAt < SILENT_MS ? "healthy" : "unhealthy";
}

/** The same, put to the table. */
export const inHealth = (health: Health, now = Date.now()): SQL =>
  ({
    waiting: sql`${nodes.seenAt} is null`,
    healthy: sql`${nodes.seenAt} > ${now - SILENT_MS}`,
    unhealthy: sql`${nodes.seenAt} <= ${now - SILENT_MS}`,
  })[health];

/** Asks all of them, many at once, and writes down what came of it. */
export async function askAll(signal?: AbortSignal): Promise<void> {
  const waiting = db().select().from(nodes).orderBy(asc(nodes.id)).all();
  let answers: { node: NodeRow; asked: Asked }[] = [];
  const write = () => {
    const written = answers;
    answers = [];
    // A power cut may take the last of them: the next question is half a minute away.
    if (written.length > 0) provisionally((tx) => noteAnswers(tx, written));
  };
  const worker = async () => {
    for (let node = waiting.pop(); node && !signal?.aborted; node = waiting.pop()) {
      const asked = await ask(node);
      answers.push({ node, asked });
      if (answers.length >= WRITTEN) write();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  write();
  db()
    .delete(nodeBeats)
    .where(lt(nodeBeats.at, Date.now() - KEPT_MS))
    .run();
}

/** Writes down what came of questions. */
export function noteAnswers(tx: Tx, answers: readonly { node: NodeRow; asked: Asked }[]): void {
  const now = Date.now();
  const at = now - (now % BEAT_MS);
  for (const { node, asked } of answers) {
    const ok = asked.state === "ok";
    const seen = ok
      ? {
          seenAt: now,
          latencyMs: asked.ms,
          driftMs: asked.driftMs,
          version: asked.version,
          system: JSON.stringify(asked.system),
          error: null,
        }
      : { error: asked.error };
    // Where it leads may have been changed meanwhile: then it was another that was asked.
    const same = and(eq(nodes.id, node.id), eq(nodes.revision, node.revision));
    const { changes } = tx
      .update(nodes)
      .set({ state: asked.state, checkedAt: now, ...seen })
      .where(same)
      .run();
    if (changes === 0) continue;
    const ms = ok ? asked.ms : 0;
    tx.insert(nodeBeats)
      .values({ nodeId: node.id, at, asked: 1, answered: Number(ok), totalMs: ms, mostMs: ms })
      .onConflictDoUpdate({
        target: [nodeBeats.nodeId, nodeBeats.at],
        set: {
          asked: sql`${nodeBeats.asked} + 1`,
          answered: sql`${nodeBeats.answered} + ${Number(ok)}`,
          totalMs: sql`${nodeBeats.totalMs} + ${ms}`,
          mostMs: sql`max(${nodeBeats.mostMs}, ${ms})`,
        },
      })
      .run();
  }
}

export const askNodes = jobKind({
  kind: "nodes.ask",
  payload: z.object({}),
  attempts: 1,
  schedule: "*/30 * * * * *",
  atStart: true,
  run: (_, { signal }) => askAll(signal),
});

export const ranges = ["24h", "7d"] as const;

/** How it answered: over a day in steps of five minutes, over a week in hours. */
export function beatsOf(nodeId: string, range: (typeof ranges)[number]) {
  const [length, step] = range === "24h" ? [86_400_000, BEAT_MS] : [KEPT_MS, 3_600_000];
  const bucket = sql<number>`${nodeBeats.at} - ${nodeBeats.at} % ${step}`;
  const rows = db()
    .select({
      at: bucket,
      asked: sql<number>`sum(${nodeBeats.asked})`,
      answered: sql<number>`sum(${nodeBeats.answered})`,
      totalMs: sql<number>`sum(${nodeBeats.totalMs})`,
      mostMs: sql<number>`max(${nodeBeats.mostMs})`,
    })
    .from(nodeBeats)
    .where(and(eq(nodeBeats.nodeId, nodeId), gte(nodeBeats.at, Date.now() - length)))
    .groupBy(bucket)
    .orderBy(bucket)
    .all();
  const sum = (key: "asked" | "answered" | "totalMs") => rows.reduce((total, row) => total + row[key], 0);
  const [asked, answered] = [sum("asked"), sum("answered")];
  return {
    range,
    at: rows.map(({ at }) => at),
    averageMs: rows.map((row) => (row.answered === 0 ? null : Math.round(row.totalMs / row.answered))),
    mostMs: rows.map((row) => (row.answered === 0 ? null : row.mostMs)),
    unanswered: rows.map((row) => row.asked - row.answered),
    asked,
    /** Of 10,000; null: it was never asked. */
    uptime: asked === 0 ? null : Math.floor((answered / asked) * 10_000),
    meanMs: answered === 0 ? null : Math.round(sum("totalMs") / answered),
  };
}
