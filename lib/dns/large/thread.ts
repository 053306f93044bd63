/**
 * A thread for what would hold up requests: plans, comparisons and zone files of large zones. It has its own handle on the
 * database, runs the same code from its sources, and ends when it has been idle for a while.
 */
import { MessageChannel, type Worker } from "node:worker_threads";
import { eq } from "drizzle-orm";
import { db } from "#db/client.ts";
import { zones } from "#db/schema/index.ts";
import { release, sharedTurns } from "#db/turns.ts";
import { asker } from "#lib/api/asker.ts";
import { Problem, type ProblemCode, type ProblemDetails } from "#lib/api/errors.ts";
import { newThread } from "#lib/new-thread.ts";
import { singleton } from "#lib/singleton.ts";
import { currentCaller } from "../providers/caller.ts";
import { lendQueues } from "../providers/cloudflare-turns.ts";
import { ProviderError, type ProviderOutcome } from "../providers/provider.ts";
import type { Pace } from "./pace.ts";
import type { Answers, Questions, TaskName, tasks } from "./tasks.ts";

/** From so many records or RRsets on, work is done in the thread. */
export const LARGE = 1000;

const MAX_WAITING = 32;
/** Of one organisation, whose provider may take its time, and of one person, who may have several: neither keeps anybody else out. */
const MAX_OF_ONE = 16;
/** Idle it still holds 50 MB, and starts anew in a quarter of a second. */
const IDLE_MS = 10_000;

/** What the thread says of a question. */
export type Message =
  | { id: number; kind: "progress"; done: number }
  | { id: number; kind: "journaled"; underWay: Parameters<Pace["journaled"]>[0] }
  | { id: number; kind: "answer"; value: unknown }
  | { id: number; kind: "problem"; code: ProblemCode; message: string; details: ProblemDetails }
  | {
      id: number;
      kind: "provider";
      outcome: ProviderOutcome;
      code: ProviderError["code"];
      message: string;
      at: ProviderError["at"];
    }
  | { id: number; kind: "error"; message: string; stack: string | undefined };

/** For whom something is done; null where it is for nobody in particular. */
interface Share {
  organisation: string | null;
  person: string | null;
}

interface Waiting extends Share {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
  progress: Pace["progress"] | undefined;
  journaled: Pace["journaled"] | undefined;
}

interface Thread {
  worker: Worker;
  waiting: Map<number, Waiting>;
  next: number;
  idle: NodeJS.Timeout | undefined;
}

const place = () => singleton("large-thread", (): { thread: Thread | null } => ({ thread: null }));

/** In the thread itself: what something in the middle of its work asks for is done there and then. */
export const onTheSpot = () => singleton("large-tasks", (): { tasks: typeof tasks | null } => ({ tasks: null }));

/** Asks the thread. A Problem there is a Problem here. With `pace`, what it says of its progress is passed on, and it can be stopped. */
export function inThread<T extends TaskName>(
  task: T,
  question: Questions[T],
  { progress, journaled, signal }: Partial<Pace> = {},
): Promise<Answers[T]> {
  const { tasks: own } = onTheSpot();
  if (own) return own[task](question);
  const here = place();
  here.thread ??= start();
  const thread = here.thread;
  const share = shareOf(question);
  if (thread.waiting.size >= MAX_WAITING || hasHalf(thread, share))
    return Promise.reject(
      new Problem("rate_limited", "Too much large work is waiting. Try again in a moment.", { retryAfter: 10 }),
    );
  clearTimeout(thread.idle);
  const id = thread.next++;
  const stop = () => thread.worker.postMessage({ id, stop: true });
  return new Promise<unknown>((resolve, reject) => {
    signal?.throwIfAborted();
    thread.waiting.set(id, { ...share, resolve, reject, progress, journaled });
    thread.worker.ref();
    thread.worker.postMessage({ id, task, question });
    signal?.addEventListener("abort", stop);
  }).finally(() => {
    signal?.removeEventListener("abort", stop);
    if (thread.waiting.size > 0) return;
    clearTimeout(thread.idle);
    thread.idle = setTimeout(() => {
      leave(thread);
      void thread.worker.terminate();
    }, IDLE_MS);
    thread.idle.unref();
  }) as Promise<Answers[T]>;
}

/** What the panel does of itself is in nobody's share. */
function shareOf(question: Questions[TaskName]): Share {
  const person = "actor" in question ? question.actor.id : asker();
  if ("organisation" in question) return { organisation: question.organisation, person };
  const organisation =
    currentCaller().organisation || (person !== null && "zone" in question && ownerOf(question.zone));
  return { organisation: organisation || null, person };
}

const ownerOf = (zone: string): string | undefined =>
  db().select({ id: zones.organisationId }).from(zones).where(eq(zones.id, zone)).get()?.id;

const hasHalf = ({ waiting }: Thread, share: Share): boolean =>
  (["organisation", "person"] as const).some(
    (of) => share[of] !== null && [...waiting.values()].filter((one) => one[of] === share[of]).length >= MAX_OF_ONE,
  );

/** Idle it holds no process open; if it dies, those who wait are told, and the next question starts another. */
function start(): Thread {
  const { port1, port2: queues } = new MessageChannel();
  lendQueues(port1);
  const options = { workerData: { queues, turns: sharedTurns() }, transferList: [queues] };
  const worker = newThread(new URL("large-worker.mjs", import.meta.url), {}, options);
  const thread: Thread = { worker, waiting: new Map(), next: 0, idle: undefined };
  worker.unref();
  worker.on("message", (message: Message) => hear(thread, message));
  const end = (cause: unknown) => {
    release();
    leave(thread);
    for (const { reject } of thread.waiting.values()) reject(new Error("the thread for large work stopped", { cause }));
    thread.waiting.clear();
  };
  worker.on("error", end);
  worker.on("exit", end);
  return thread;
}

function hear(thread: Thread, message: Message): void {
  const waiting = thread.waiting.get(message.id);
  if (message.kind === "progress") {
    waiting?.progress?.(message.done);
    return;
  }
  if (message.kind === "journaled") {
    waiting?.journaled?.(message.underWay);
    return;
  }
  thread.waiting.delete(message.id);
  if (thread.waiting.size === 0) thread.worker.unref();
  if (message.kind === "answer") waiting?.resolve(message.value);
  else waiting?.reject(errorOf(message));
}

function errorOf(message: Exclude<Message, { kind: "progress" | "journaled" | "answer" }>): Error {
  if (message.kind === "problem") return new Problem(message.code, message.message, message.details);
  if (message.kind === "error") return Object.assign(new Error(message.message), { stack: message.stack });
  const { outcome, code, at } = message;
  return new ProviderError(outcome, code, message.message, at ? { at } : {});
}

function leave(thread: Thread): void {
  const here = place();
  if (here.thread === thread) here.thread = null;
}
