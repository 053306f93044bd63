/** A worker thread that takes every job of one kind that it can get, on a handle of its own, and tells which. */
import { parentPort, workerData } from "node:worker_threads";
import * as z from "zod";
import { jobKind } from "#lib/jobs/queue.ts";
import { takeJob } from "#lib/jobs/work.ts";

const kind = jobKind({ kind: workerData, payload: z.unknown(), attempts: 1, run: () => {} });
const taken: string[] = [];
for (let job = takeJob([kind]); job; job = takeJob([kind])) taken.push(job.id);
parentPort?.postMessage(taken);
