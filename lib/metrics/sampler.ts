/** Keeps a moment of the panel every ten seconds, so that charts have a past also after a restart. */

import { noteSample } from "#lib/log/store.ts";
import { unforeseen } from "#lib/log/unforeseen.ts";
import { singleton } from "#lib/singleton.ts";
import { isOpen, startMeter, takeMoment } from "./moment.ts";

const EVERY_MS = 10_000;

export function startSampling(): void {
  startMeter();
  singleton("sampler", () => setInterval(sample, EVERY_MS).unref());
}

export function sample(): void {
  if (!isOpen()) return;
  try {
    noteSample(takeMoment());
  } catch (error) {
    unforeseen(error, { source: "process", place: "metrics", requestId: null });
  }
}
