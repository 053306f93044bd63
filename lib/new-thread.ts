/** Starts a thread with the memory that it may take. */
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { type ResourceLimits, Worker, type WorkerOptions } from "node:worker_threads";

/** Of what is young: three times what V8 calls a semi-space. */
const YOUNG_MB = 48;

/** `limits`: in MB. Of what lives a thread may have as much as this one, unless they say less. */
export function newThread(file: URL, limits: ResourceLimits = {}, options: WorkerOptions = {}): Worker {
  // V8's flags stand before a thread's own limits. This one took what they say when it began.
  setFlagsFromString("--max-semi-space-size=0");
  setFlagsFromString("--max-old-space-size=0");
  const maxOldGenerationSizeMb = Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20);
  return new Worker(file, {
    ...options,
    resourceLimits: { maxOldGenerationSizeMb, maxYoungGenerationSizeMb: YOUNG_MB, ...limits },
  });
}
