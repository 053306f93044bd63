/** How a node's daemon is, and its configuration. */
import * as z from "zod";
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
  const sentAt = Date.now();
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
    return {
      state: "ok",
      ms,
      driftMs: driftOf(String(answer.headers?.date ?? ""), sentAt, Date.now()),
      version: read.data.version,
      system: read.data.system,
    };
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

/**
 * How far a node's clock is ahead, in milliseconds, by the Date header of an answer: what it signs and denies goes by that clock. 0 where
 * it can be right; null where it says nothing. Pure.
 */
export function driftOf(date: string | undefined, sentAt: number, receivedAt: number): number | null {
  const at = Date.parse(date ?? "");
  if (Number.isNaN(at)) return null;
  // The header leaves out the part of a second, and was written at some moment since the question.
  const [least, most] = [at - receivedAt, at + 1000 - sentAt];
  return least <= 0 && most >= 0 ? 0 : Math.round((least + most) / 2);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
