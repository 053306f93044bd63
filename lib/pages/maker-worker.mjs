// Makes pages beside the thread that serves requests: it has Next and what Next builds, and asks the other for all that they show.
import { parentPort, workerData } from "node:worker_threads";
import { makePages } from "./maker.ts";

await makePages(parentPort, workerData);
