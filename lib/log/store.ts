/**
 * What the panel notes about itself, on its way to `data/logs.db`: kept until there is enough or a second has passed, then
 * handed to the thread that writes. What is lost with a killed process is a second of logs; a clean stop loses nothing.
 */
import type { Worker } from "node:worker_threads";
import { logsDb, logsFile } from "#db/logs/client.ts";
import { newId } from "#lib/id.ts";
import { newThread } from "#lib/new-thread.ts";
import { singleton } from "#lib/singleton.ts";
import { log } from "./log.ts";
import type { Batch, Cutoffs, ErrorRow, Gauges, LogMessage, RequestRow, SlowRow } from "./rows.ts";

const EVERY_MS = 1000;
const ENOUGH = 500;
/** What waits at most, of each kind, and batches that are not written yet: more is dropped and counted. */
const MOST = 5000;
const MOST_BATCHES = 8;

interface Answered {
  resolve: (rows: number) => void;
  reject: (error: Error) => void;
}

interface Store {
  batch: Batch;
  timer: NodeJS.Timeout | undefined;
  worker: Worker | null;
  waiting: Map<number, Answered>;
  next: number;
  dropped: number;
  /** Told of each batch as it leaves. */
  listeners: Set<(batch: Batch) => void>;
}

const empty = (): Batch => ({ requests: [], errors: [], slow: [] });

const store = () =>
  singleton(
    "log-store",
    (): Store => ({
      batch: empty(),
      timer: undefined,
      worker: null,
      waiting: new Map(),
      next: 0,
      dropped: 0,
      listeners: new Set(),
    }),
  );

export const noteRequest = (row: RequestRow): void => add("requests", row);
export const noteSlow = (row: SlowRow): void => add("slow", row);
export const noteError = (row: Omit<ErrorRow, "id">): void => add("errors", { id: newId(), ...row });

function add<K extends "requests" | "errors" | "slow">(kind: K, row: Batch[K][number]): void {
  const here = store();
  const rows = here.batch[kind] as (typeof row)[];
  if (rows.length >= MOST) {
    here.dropped++;
    return;
  }
  rows.push(row);
  if (rows.length === ENOUGH) setImmediate(hand);
  else here.timer ??= setTimeout(hand, EVERY_MS).unref();
}

/** A moment of the panel is written with what came before it. */
export function noteSample(sample: Gauges): void {
  store().batch.sample = sample;
  void hand();
}

/** Rows that were not kept, since the start. */
export const droppedRows = (): number => store().dropped;

/** Calls back with what is noted from now on, a second late at most. Returns what ends that. */
export function listen(listener: (batch: Batch) => void): () => void {
  const { listeners } = store();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Everything that was noted so far is in the database. */
export async function written(): Promise<void> {
  await hand();
}

/** Deletes what has had its time. Returns how many rows went. */
export const retainLogs = (cutoffs: Cutoffs): Promise<number> => ask(store(), { retain: cutoffs });

/** Writes what is left, and ends. */
export async function closeLogs(): Promise<void> {
  const here = store();
  if (here.worker === null && isEmpty(here.batch)) return;
  const last = hand();
  here.worker?.ref();
  await last;
  await ask(here, { close: true });
}

function hand(): Promise<number> {
  const here = store();
  clearTimeout(here.timer);
  here.timer = undefined;
  const { batch } = here;
  here.batch = empty();
  for (const listener of here.listeners) listener(batch);
  if (here.waiting.size >= MOST_BATCHES) {
    here.dropped += batch.requests.length + batch.errors.length + batch.slow.length;
    return Promise.resolve(0);
  }
  return ask(here, { write: batch }).catch((error: unknown) => {
    log().error({ err: error }, "what the panel notes about itself could not be written");
    return 0;
  });
}

const isEmpty = ({ requests, errors, slow, sample }: Batch): boolean =>
  requests.length + errors.length + slow.length === 0 && sample === undefined;

type Question = LogMessage extends infer M ? (M extends { id: number } ? Omit<M, "id"> : never) : never;

function ask(here: Store, question: Question): Promise<number> {
  here.worker ??= start(here);
  const id = here.next++;
  const { worker } = here;
  return new Promise<number>((resolve, reject) => {
    here.waiting.set(id, { resolve, reject });
    worker.postMessage({ id, ...question });
  });
}

/** Idle or not, it holds no process open: whoever stops the panel asks for what is left to be written. */
function start(here: Store): Worker {
  logsDb();
  // Rows pass through it and are gone: more room for what is young would only be memory that stays taken.
  const limits = { maxYoungGenerationSizeMb: 4 };
  const worker = newThread(new URL("log-worker.mjs", import.meta.url), limits, { workerData: { file: logsFile() } });
  worker.unref();
  worker.on("message", ({ id, rows, error }: { id: number; rows?: number; error?: string }) => {
    const asked = here.waiting.get(id);
    here.waiting.delete(id);
    if (error === undefined) asked?.resolve(rows ?? 0);
    else asked?.reject(new Error(error));
  });
  const end = () => {
    if (here.worker === worker) here.worker = null;
    for (const { reject } of here.waiting.values()) reject(new Error("the thread that writes logs stopped"));
    here.waiting.clear();
  };
  worker.on("error", end);
  worker.on("exit", end);
  return worker;
}
