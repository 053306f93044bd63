/** Work that would hold up requests, in one thread of its own: one piece after the other, at most 32 waiting. */
import path from "node:path";
import type { Worker } from "node:worker_threads";
import { Problem } from "#lib/api/errors.ts";
import { singleton } from "#lib/singleton.ts";

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

/** Asks the thread that runs `lib/auth/FILE`; it is started when it is needed, and ends `idleMs` after it last was. */
export function askWorker(file: string, question: object, idleMs = Number.POSITIVE_INFINITY): Promise<unknown> {
  const place = singleton(`worker:${file}`, (): Place => ({ pool: null }));
  place.pool ??= start(file, place);
  const pool = place.pool;
  if (pool.waiting.size >= MAX_QUEUE) {
    return Promise.reject(
      new Problem("rate_limited", "Too many people are signing in just now. Try again in a few seconds.", {
        retryAfter: 5,
      }),
    );
  }
  clearTimeout(pool.idle);
  const id = pool.next++;
  return new Promise((resolve, reject) => {
    pool.waiting.set(id, { resolve, reject });
    pool.worker.ref();
    pool.worker.postMessage({ id, ...question });
  }).finally(() => {
    if (pool.waiting.size > 0 || idleMs === Number.POSITIVE_INFINITY) return;
    clearTimeout(pool.idle);
    pool.idle = setTimeout(() => {
      leave(place, pool);
      void pool.worker.terminate();
    }, idleMs);
    pool.idle.unref();
  });
}

/** An idle worker holds no process open; if it dies, those who wait are told and the next question starts another. */
function start(file: string, place: Place): Pool {
  // Not imported: a Worker that the bundler knows of is built into a module, and every file that it might be with it.
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const worker = new Worker(path.join(process.cwd(), "lib", "auth", file));
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
