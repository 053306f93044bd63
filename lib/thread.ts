/** Work that would hold up requests, in one thread for each kind of it: one piece after the other, at most 32 waiting. */
import type { ResourceLimits, TransferListItem, Worker } from "node:worker_threads";
import { singleton } from "#lib/singleton.ts";
import { newThread } from "./new-thread.ts";

const MAX_QUEUE = 32;

interface Pool {
  worker: Worker;
  waiting: Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>;
  next: number;
  idle: NodeJS.Timeout | undefined;
}

interface Place {
  pool: Pool | null;
}

interface Asking {
  /** The thread ends so long after it was last asked. */
  idleMs?: number;
  /** What of the question is handed over and not copied. */
  handed?: readonly TransferListItem[];
  limits?: ResourceLimits;
}

/** Too much waits already. */
export class ThreadBusy extends Error {
  override name = "ThreadBusy";
}

/** Asks the thread that runs `lib/FILE`; it is started when it is needed. */
export function askThread(
  file: string,
  question: object,
  { idleMs, handed = [], limits }: Asking = {},
): Promise<unknown> {
  const place = singleton(`thread:${file}`, (): Place => ({ pool: null }));
  place.pool ??= start(file, place, limits);
  const pool = place.pool;
  if (pool.waiting.size >= MAX_QUEUE) return Promise.reject(new ThreadBusy(`${file} is busy`));
  clearTimeout(pool.idle);
  const id = pool.next++;
  return new Promise((resolve, reject) => {
    pool.waiting.set(id, { resolve, reject });
    pool.worker.ref();
    pool.worker.postMessage({ id, ...question }, handed);
  }).finally(() => {
    if (pool.waiting.size > 0 || idleMs === undefined) return;
    clearTimeout(pool.idle);
    pool.idle = setTimeout(() => {
      leave(place, pool);
      void pool.worker.terminate();
    }, idleMs);
    pool.idle.unref();
  });
}

/** An idle worker holds no process open; if it dies, those who wait are told and the next question starts another. */
function start(file: string, place: Place, limits: ResourceLimits | undefined): Pool {
  const worker = newThread(new URL(file, import.meta.url), limits);
  const pool: Pool = { worker, waiting: new Map(), next: 0, idle: undefined };
  worker.unref();
  worker.on("message", ({ id, value }: { id: number; value: unknown }) => {
    pool.waiting.get(id)?.resolve(value);
    pool.waiting.delete(id);
    if (pool.waiting.size === 0) worker.unref();
  });
  const end = () => {
    leave(place, pool);
    for (const { reject } of pool.waiting.values()) reject(new Error(`${file} stopped`));
    pool.waiting.clear();
  };
  worker.on("error", end);
  worker.on("exit", end);
  return pool;
}

function leave(place: Place, pool: Pool): void {
  if (place.pool === pool) place.pool = null;
}
