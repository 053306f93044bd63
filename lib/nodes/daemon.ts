/** How a node's daemon is, and its configuration. */
import * as z from "zod";
import type { HttpAnswer } from "#lib/dns/providers/http-call.ts";
import { call, send, sentenceOf } from "#lib/wings/call.ts";
import type { NodeRow } from "./credentials.ts";

/** What came of a question. */
export type Asked =
  | { state: "ok"; ms: number; driftMs: number | null; version: string; system: System }
  | { state: "refused" | "failed"; ms: number; error: string };

/** One for each node, from one question to the next. */
export const BEATS = { pool: { name: "nodes", most: 5000, idleMs: 90_000 }, timeoutMs: 8000 };

/** As Wings 1.11 and later say it; what is not there is not known. */
const System = z.object({
  architecture: z.string().max(100).optional(),
  cpu_threads: z.number().optional(),
  memory_bytes: z.number().optional(),
  kernel_version: z.string().max(200).optional(),
  os: z.string().max(200).optional(),
});
export type System = z.output<typeof System>;
const Answer = z.object({
  version: z.string().max(100),
  docker: z
    .object({
      version: z.string().max(100).optional(),
      containers: z.object({ total: z.number(), running: z.number() }).partial().optional(),
    })
    .optional(),
  system: System,
});

/** How the daemon is. Never rejects. */
export async function ask(node: NodeRow): Promise<Asked> {
  const begun = performance.now();
  const spent = () => Math.round(performance.now() - begun);
  try {
    const answer = await call(node, { ...BEATS, method: "GET", path: "/api/system?v=2" });
    const ms = spent();
    if (answer.status === 401 || answer.status === 403)
      return {
        state: "refused",
        ms,
        error: "The daemon does not take the panel’s credentials. Give it its configuration again.",
      };
    if (answer.status !== 200) return { state: "failed", ms, error: `The daemon answered with ${answer.status}.` };
    const read = Answer.safeParse(json(answer.text));
    if (!read.success) return { state: "failed", ms, error: "What answered is no Wings of version 1.11 or later." };
    return { state: "ok", ms, driftMs: driftOf(answer), version: read.data.version, system: read.data.system };
  } catch (error) {
    return { state: "failed", ms: spent(), error: sentenceOf(error, BEATS.timeoutMs) };
  }
}

/** Gives the daemon its configuration. False: it keeps its own. Rejects where it cannot be reached. */
export async function update(node: NodeRow, config: unknown, token: string): Promise<boolean> {
  const { status, text } = await send(node, token, {
    ...BEATS,
    method: "POST",
    path: "/api/update",
    body: JSON.stringify(config),
  });
  if (status !== 200) throw new Error(`The daemon answered with ${status}.`);
  return z.object({ applied: z.boolean() }).safeParse(json(text)).data?.applied ?? false;
}

/** Its clock counts: what it signs and denies goes by seconds. Only as fine as the header says it. */
function driftOf({ headers }: HttpAnswer): number | null {
  const at = Date.parse(String(headers?.date ?? ""));
  if (Number.isNaN(at)) return null;
  const ahead = at + 500 - Date.now();
  return Math.abs(ahead) < 1500 ? 0 : Math.round(ahead);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
