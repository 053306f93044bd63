// Takes down what nodes say of their servers, away from the thread that answers requests.
import { parentPort } from "node:worker_threads";
import { take } from "./take.ts";

parentPort?.on("message", ({ id, ...answered }) => {
  parentPort.postMessage({ id, value: take(answered) });
});
