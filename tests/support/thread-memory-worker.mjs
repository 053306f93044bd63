// Lives through as many young objects as make that space grow as far as it may.
import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";
import { parentPort } from "node:worker_threads";

const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space").space_size;
const kept = new Array(100_000);
let most = 0;
for (let index = 0; index < 3_000_000; index++) {
  kept[index % kept.length] = { index, list: [index] };
  if (index % 10_000 === 0) most = Math.max(most, young());
}
parentPort.postMessage({ limit: getHeapStatistics().heap_size_limit, young: most });
