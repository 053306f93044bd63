/** Passwords: bcrypt at cost 12, compared in a worker thread, at most 32 waiting. */
import path from "node:path";
import { Worker } from "node:worker_threads";
import { Problem } from "#lib/api/errors.ts";
import { singleton } from "#lib/singleton.ts";

const MAX_QUEUE = 32;
export const MIN_PASSWORD = 10;
/** bcrypt reads no further (OpenBSD bcrypt). What is longer is refused, not cut. */
export const MAX_PASSWORD_OCTETS = 72;
/** A hash of nothing anyone knows, so that an unknown account costs the same comparison as a wrong password. */
const DECOY = "$2b$12$0bUdp2aZzECWjySAZ8voFurzjUwvITWvTz3zERq0eV8uVUMpCJGOm";

type Job = { op: "hash"; password: string } | { op: "compare"; password: string; hash: string };

/** Why a password cannot be used, or null. */
export function passwordProblem(password: string): string | null {
  if ([...password].length < MIN_PASSWORD) return `Use at least ${MIN_PASSWORD} characters.`;
  if (Buffer.byteLength(password) > MAX_PASSWORD_OCTETS)
    return `Use at most ${MAX_PASSWORD_OCTETS} octets; longer passwords would be cut.`;
  if (password.includes("\0")) return "A password cannot contain a null character.";
  return null;
}

export const hashPassword = async (password: string): Promise<string> =>
  (await work({ op: "hash", password })) as string;

/** One comparison of the same cost, whether or not there is a hash to compare with. */
export async function comparePassword(password: string, hash: string | null): Promise<boolean> {
  const usable = Buffer.byteLength(password) <= MAX_PASSWORD_OCTETS;
  const equal = (await work({ op: "compare", password: usable ? password : "", hash: hash ?? DECOY })) as boolean;
  return equal && usable && hash !== null;
}

interface Pool {
  worker: Worker;
  waiting: Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>;
  next: number;
}

function work(job: Job): Promise<unknown> {
  const pool = singleton("password-worker", (): { current: Pool | null } => ({ current: null }));
  pool.current ??= start(() => {
    pool.current = null;
  });
  const { worker, waiting } = pool.current;
  if (waiting.size >= MAX_QUEUE) {
    return Promise.reject(
      new Problem("rate_limited", "Too many people are signing in just now. Try again in a few seconds.", {
        retryAfter: 5,
      }),
    );
  }
  const id = pool.current.next++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.ref();
    worker.postMessage({ id, ...job });
  });
}

/** An idle worker holds no process open; if it dies, those who wait are told and the next job starts another. */
function start(onEnd: () => void): Pool {
  const file = path.join(process.cwd(), "lib", "auth", "password-worker.mjs");
  const worker = new Worker(/* turbopackIgnore: true */ file);
  const pool: Pool = { worker, waiting: new Map(), next: 0 };
  worker.unref();
  worker.on("message", ({ id, value }: { id: number; value: unknown }) => {
    pool.waiting.get(id)?.resolve(value);
    pool.waiting.delete(id);
    if (pool.waiting.size === 0) worker.unref();
  });
  const end = () => {
    onEnd();
    for (const { reject } of pool.waiting.values()) reject(new Error("the password worker stopped"));
    pool.waiting.clear();
  };
  worker.on("error", end);
  worker.on("exit", end);
  return pool;
}
