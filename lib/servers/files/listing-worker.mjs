// Puts long folders into order, away from the thread that answers requests.
import { parentPort } from "node:worker_threads";
import { listingOf } from "./listing.ts";

parentPort?.on("message", ({ id, bytes }) => {
  parentPort.postMessage({ id, value: listingOf(bytes) });
});
