/** Intents as data: what somebody wants, in a form that a job can keep and another thread can be told. */
import type { Intent } from "../changes.ts";
import { type ChangesInput, wantedChanges } from "../intents.ts";
import type { LoadedZone } from "../zones.ts";

/** One member for each way of asking for a change that may be large. */
export type IntentData = { kind: "changes"; input: ChangesInput };

/** The intent that the data stands for. Throws a Problem if it makes no sense. */
export function buildIntent(loaded: LoadedZone, data: IntentData): Intent {
  return builders[data.kind](loaded, data);
}

const builders: { [K in IntentData["kind"]]: (loaded: LoadedZone, data: Extract<IntentData, { kind: K }>) => Intent } =
  {
    changes: (loaded, { input }) => wantedChanges(loaded, input),
  };

/** How many RRsets of the zone and of what is wanted have to be gone through, at most. */
export function sizeOf({ zone }: LoadedZone, data: IntentData): number {
  const { input } = data;
  const asked = input.rrsets.length + input.deletions.length + input.expect.length;
  const cuts = [...input.rrsets, ...input.deletions].some(({ type }) => CUTTING.test(type));
  // What a delegation would hide can be anything in the zone.
  return cuts ? asked + zone.recordCount : asked;
}

/** Also by number (RFC 3597). */
const CUTTING = /^\s*(?:NS|DS|DNAME|TYPE0*(?:2|43|39))\s*$/i;
