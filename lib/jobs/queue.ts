/** The job queue: one row a piece of work, and one `due_at` for its schedule, its back-off and its lease. */
import { and, eq } from "drizzle-orm";
import type * as z from "zod";
import type { DbOrTx, Tx } from "#db/client.ts";
import { jobs } from "#db/schema/index.ts";
import { newId } from "#lib/id.ts";
import { singleton } from "#lib/singleton.ts";

/** What a handler is told of the attempt that it is. */
export interface Attempt {
  /** When the next one would be (milliseconds), should this one throw. */
  retryAt: number;
  /** The panel is stopping: what can be left off without harm is left off, by throwing. */
  signal: AbortSignal;
}

export interface JobOptions<P> {
  kind: string;
  payload: z.ZodType<P>;
  /** After so many the job has failed. A process that died while it ran the job has used one up. */
  attempts: number;
  /** A cron pattern (UTC): there is always one job of this kind, and its payload is empty. */
  schedule?: string;
  /** It is also due whenever the panel starts. */
  atStart?: boolean;
  /** While this is false, jobs of this kind wait. */
  ready?: () => boolean;
  /** No row is kept of a job that is done: its payload names people who may have no account. */
  forget?: boolean;
  /** Throws to be tried again, `JobRefused` not to be. */
  run: (payload: P, attempt: Attempt) => Promise<void> | void;
  /** In the transaction that marks the job as failed. */
  failed?: (tx: Tx, payload: P, error: string) => void;
}

/** A kind as the runner knows it: what is stored is checked before anything is done with it. */
export interface JobKind extends Omit<JobOptions<unknown>, "payload"> {
  failed: (tx: Tx, payload: unknown, error: string) => void;
}

/** No further attempt would help. */
export class JobRefused extends Error {
  override name = "JobRefused";
}

export const jobKind = <P>({ payload: shape, run, failed, ...rest }: JobOptions<P>) => ({
  ...rest,
  run: (payload: unknown, attempt: Attempt) => run(read(shape, payload), attempt),
  failed: (tx: Tx, payload: unknown, error: string) => failed?.(tx, read(shape, payload), error),
  /** Puts a job into the queue, in the transaction of what asks for it. It is done as soon as that is over, or at `dueAt` (milliseconds). */
  enqueue: (tx: DbOrTx, payload: P, dueAt?: number): string => {
    const now = Date.now();
    const id = newId(now);
    const row = { id, kind: rest.kind, payload: JSON.stringify(payload), dueAt: dueAt ?? now, createdAt: now };
    tx.insert(jobs).values(row).run();
    // Transactions are synchronous: by then it is committed, or gone.
    setImmediate(() => waker().wake());
    return id;
  },
  /** Those that wait with this payload are due at `dueAt` (milliseconds), and not when they were to be. */
  hasten: (tx: DbOrTx, payload: P, dueAt: number): void => {
    tx.update(jobs).set({ dueAt }).where(waiting(rest.kind, payload)).run();
    setImmediate(() => waker().wake());
  },
  /** Those that wait with this payload are not done. */
  drop: (tx: DbOrTx, payload: P): void => {
    tx.delete(jobs).where(waiting(rest.kind, payload)).run();
  },
  /** Whether one waits with this payload. */
  waits: (tx: DbOrTx, payload: P): boolean =>
    tx.select({ id: jobs.id }).from(jobs).where(waiting(rest.kind, payload)).limit(1).get() !== undefined,
});

const waiting = (kind: string, payload: unknown) =>
  and(eq(jobs.kind, kind), eq(jobs.state, "queued"), eq(jobs.payload, JSON.stringify(payload)));

function read<P>(shape: z.ZodType<P>, payload: unknown): P {
  const { success, data, error } = shape.safeParse(payload);
  if (!success) throw new JobRefused("This was written by another version of the panel.", { cause: error });
  return data;
}

/** What the runner of this process listens to. Where none runs, nobody does. */
export const waker = () => singleton("job-waker", () => ({ wake: () => {} }));
