/** Run as the server is: says how much memory it may have, and how much two threads that it starts. */
import { once } from "node:events";
import { getHeapStatistics } from "node:v8";
import { newThread } from "../../lib/new-thread.ts";

const file = new URL("./thread-memory-worker.mjs", import.meta.url);
const told = async (limits: { maxOldGenerationSizeMb?: number; maxYoungGenerationSizeMb?: number }) =>
  (await once(newThread(file, limits), "message"))[0];

console.log(
  JSON.stringify({
    own: getHeapStatistics().heap_size_limit,
    small: await told({ maxOldGenerationSizeMb: 100, maxYoungGenerationSizeMb: 4 }),
    usual: await told({}),
  }),
);
