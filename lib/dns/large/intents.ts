/** Intents as data: what somebody wants, in a form that a job can keep and another thread can be told. */
import type { Intent } from "../changes.ts";
import { type ChangesInput, wantedChanges } from "../intents.ts";
import { type ZoneFileData, zoneFileIntent } from "../transfer/file-intent.ts";
import type { LoadedZone } from "../zones.ts";

/** One member for each way of asking for a change that may be large. */
export type IntentData = { kind: "changes"; input: ChangesInput } | ZoneFileData;

/** The intent that the data stands for. Throws a Problem if it makes no sense. */
export function buildIntent(loaded: LoadedZone, data: IntentData): Intent {
  return data.kind === "changes" ? builders.changes(loaded, data) : builders.import(loaded, data);
}

const builders: { [K in IntentData["kind"]]: (loaded: LoadedZone, data: Extract<IntentData, { kind: K }>) => Intent } =
  {
    changes: (loaded, { input }) => wantedChanges(loaded, input),
    import: zoneFileIntent,
  };

/** How many RRsets of the zone and of what is wanted have to be gone through, at most. */
export function sizeOf({ zone }: LoadedZone, data: IntentData): number {
  if (data.kind === "import") {
    const { source, mode } = data;
    const octets = "text" in source ? source.text.length : source.octets;
    return Math.ceil(octets / SHORT_LINE) + (mode === "replace" ? zone.recordCount : 0);
  }
  const { input } = data;
  const asked = input.rrsets.length + input.deletions.length + input.expect.length;
  const cuts = [...input.rrsets, ...input.deletions].some(({ type }) => CUTTING.test(type));
  // What a delegation would hide can be anything in the zone.
  return cuts ? asked + zone.recordCount : asked;
}

/** Octets. */
const SHORT_LINE = 30;

/** Also by number (RFC 3597). */
const CUTTING = /^\s*(?:NS|DS|DNAME|TYPE0*(?:2|43|39))\s*$/i;
