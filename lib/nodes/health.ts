/** How nodes are: each is asked every half a minute, and what came of it is kept for a week. */
import { and, asc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { db, provisionally, type Tx } from "#db/client.ts";
import { nodeBeats, nodes } from "#db/schema/index.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import type { NodeRow } from "./credentials.ts";
import { type Asked, ask } from "./daemon.ts";
import { noteHeard } from "./heard.ts";
import { paced } from "./paced.ts";

/** A node that has not answered for so long is unhealthy. */
export const SILENT_MS = 120_000;
const BEAT_MS = 300_000;
const KEPT_MS = 7 * 86_400_000;
const AT_ONCE = 100;
const SPREAD_MS = 20_000;
/** So many are written in one go. */
const WRITTEN = 200;

export const healths = ["healthy", "unhealthy", "waiting"] as const;
export type Health = (typeof healths)[number];

/** `waiting`: it has never answered, as one that is being set up. Unhealthy is also who answers and cannot call. */
export function healthOf(node: Pick<NodeRow, "seenAt" | "unheardSince">, now = Date.now()): Health {
  if (node.seenAt === null) return "waiting";
  return answers(node, now) && node.unheardSince === null ? "healthy" : "unhealthy";
}

/** Whether it can be asked, whatever it can do besides. */
export const answers = ({ seenAt }: Pick<NodeRow, "seenAt">, now = Date.now()): boolean =>
  seenAt !== null && now - seenAt < SILENT_MS;

/** That, put to the table. */
export const isAnswering = (now = Date.now()): SQL => sql`${nodes.seenAt} > ${now - SILENT_MS}`;

/** How it is, put to the table. */
export const inHealth = (health: Health, now = Date.now()): SQL =>
  ({
    waiting: sql`${nodes.seenAt} is null`,
    healthy: sql`(${isAnswering(now)} and ${nodes.unheardSince} is null)`,
    unhealthy: sql`(${nodes.seenAt} <= ${now - SILENT_MS} or (${nodes.seenAt} is not null and ${nodes.unheardSince} is not null))`,
  })[health];

/** Asks all of them, many at once, and writes down what came of it. */
export async function askAll(signal?: AbortSignal): Promise<void> {
  const waiting = db().select().from(nodes).orderBy(asc(nodes.id)).all();
  let came: { node: NodeRow; asked: Asked }[] = [];
  const write = () => {
    const written = came;
    came = [];
    // A power cut may take the last of them: the next question is half a minute away.
    if (written.length > 0) provisionally((tx) => noteAnswers(tx, written));
  };
  await paced(waiting, { atOnce: AT_ONCE, withinMs: SPREAD_MS, signal }, async (node) => {
    came.push({ node, asked: await ask(node) });
    if (came.length >= WRITTEN) write();
  });
  write();
  provisionally(noteHeard);
  db()
    .delete(nodeBeats)
    .where(lt(nodeBeats.at, Date.now() - KEPT_MS))
    .run();
}

/** Writes down what came of questions, in two statements however many they are. */
export function noteAnswers(tx: Tx, answers: readonly { node: NodeRow; asked: Asked }[]): void {
  const now = Date.now();
  const given = answers.map(({ node: { id, revision }, asked }) => ({
    id,
    revision,
    state: asked.state,
    ok: Number(asked.state === "ok"),
    ...(asked.state === "ok"
      ? { seen: now, ms: asked.ms, drift: asked.driftMs, version: asked.version, system: JSON.stringify(asked.system) }
      : { error: asked.error }),
  }));
  const told = sql`json_each(${JSON.stringify(given)}) as told`;
  const one = (name: string) => sql.raw(`told.value ->> '${name}'`);
  const kept = (name: string, column: string) =>
    sql.raw(`iif(told.value ->> 'ok', told.value ->> '${name}', ${column})`);
  // Where a node leads may have been changed meanwhile: then it was another one that was asked.
  const same = sql`nodes.id = ${one("id")} and nodes.revision = ${one("revision")}`;
  const ms = sql`coalesce(${one("ms")}, 0)`;
  const integer = (value: number) => sql.raw(String(value));
  tx.run(sql`
    update nodes set state = ${one("state")}, error = ${one("error")}, checked_at = ${integer(now)},
      seen_at = ${kept("seen", "seen_at")}, latency_ms = ${kept("ms", "latency_ms")}, drift_ms = ${kept("drift", "drift_ms")},
      version = ${kept("version", "version")}, system = ${kept("system", "system")}
    from ${told} where ${same}`);
  tx.run(sql`
    insert into node_beats (node_id, at, asked, answered, total_ms, most_ms)
    select nodes.id, ${integer(now - (now % BEAT_MS))}, 1, ${one("ok")}, ${ms}, ${ms} from ${told} join nodes on ${same} where true
    on conflict (node_id, at) do update set asked = asked + 1, answered = answered + excluded.answered,
      total_ms = total_ms + excluded.total_ms, most_ms = max(most_ms, excluded.most_ms)`);
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
