// Writes down what the panel notes about itself: each message is done in turn, and answered with its number.
import { parentPort, workerData } from "node:worker_threads";
import { writerOf } from "./writer.ts";

const writer = writerOf(workerData.file);

parentPort?.on("message", async ({ id, write, retain, close }) => {
  try {
    if (write) writer.write(write);
    const rows = retain ? await writer.retain(retain, Date.now()) : 0;
    if (close) writer.close();
    parentPort.postMessage({ id, rows });
    if (close) parentPort.close();
  } catch (error) {
    parentPort.postMessage({ id, error: String(error) });
  }
});
