// Estimates passwords with zxcvbn, away from the thread that answers requests: its dictionaries take about 140 MB.
import { parentPort } from "node:worker_threads";
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary as common } from "@zxcvbn-ts/language-common";
import { dictionary as english } from "@zxcvbn-ts/language-en";

const zxcvbn = new ZxcvbnFactory({ dictionary: { ...common, ...english }, graphs: adjacencyGraphs, maxLength: 72 });

parentPort?.on("message", ({ id, password, known }) => {
  const { score, feedback } = zxcvbn.check(password, known);
  parentPort.postMessage({ id, value: { score, why: feedback.warning, help: feedback.suggestions } });
});
