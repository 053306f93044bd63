// Runs large work away from the thread that answers requests: each message is a question, and is answered with its id.
import { parentPort, workerData } from "node:worker_threads";
import { joinTurns } from "#db/turns.ts";
import { borrowQueues } from "../providers/cloudflare-turns.ts";
import { answer } from "./answer.ts";

joinTurns(workerData.turns);
borrowQueues(workerData.queues);

const stops = new Map();

parentPort?.on("message", ({ id, task, question, stop }) => {
  if (stop) {
    stops.get(id)?.abort();
    return;
  }
  const stopping = new AbortController();
  stops.set(id, stopping);
  const say = (message) => parentPort.postMessage({ id, ...message });
  void answer(task, question, stopping.signal, say).finally(() => stops.delete(id));
});
