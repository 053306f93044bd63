// Takes down what nodes say of their servers, away from the thread that answers requests.
import { parentPort } from "node:worker_threads";
import { taken } from "./take.ts";

parentPort?.on("message", ({ id, ...answered }) => {
  parentPort.postMessage({ id, value: taken(answered) });
});
