/** A worker thread that takes every job of one kind that it can get, on a handle of its own, and tells which. All begin together, and go on when each has its first. */
import { parentPort, workerData } from "node:worker_threads";
import * as z from "zod";
import { jobKind } from "#lib/jobs/queue.ts";
import { takeJob } from "#lib/jobs/work.ts";

const { kind: name, ready, takers } = workerData as { kind: string; ready: Int32Array; takers: number };
const kind = jobKind({ kind: name, payload: z.unknown(), attempts: 1, run: () => {} });
const taken: string[] = [];
meet(1);
for (let job = takeJob([kind]); job; job = takeJob([kind])) {
  taken.push(job.id);
  if (taken.length === 1) meet(2);
}
parentPort?.postMessage(taken);

/** Waits until everybody has come here for that time. */
function meet(time: number): void {
  const all = takers * time;
  for (let here = Atomics.add(ready, 0, 1) + 1; here < all; here = Atomics.load(ready, 0)) Atomics.wait(ready, 0, here);
  Atomics.notify(ready, 0);
}
