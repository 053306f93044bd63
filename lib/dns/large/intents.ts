/** Intents as data: what somebody wants, in a form that a job can keep and another thread can be told. */
import type { Actor } from "#lib/actor.ts";
import { type BulkData, bulkIntent } from "../bulk/find.ts";
import type { Intent } from "../changes.ts";
import { type ChangesInput, wantedChanges } from "../intents.ts";
import { type RestoreData, type Restoring, restoreIntent, restoreSize } from "../restore.ts";
import { type RevertData, type Reverting, revertIntent, revertSize } from "../revert.ts";
import { appliedIntent, type FirstData, firstIntent, sizeOfFirst, type TemplateData } from "../templates/first.ts";
import { type ZoneFileData, zoneFileIntent } from "../transfer/file-intent.ts";
import type { LoadedZone } from "../zones.ts";

interface Ways {
  changes: { kind: "changes"; input: ChangesInput };
  import: ZoneFileData;
  bulk: BulkData;
  revert: RevertData;
  restore: RestoreData;
  first: FirstData;
  template: TemplateData;
}

/** What is told along with the plan. */
interface Told {
  changes: object;
  import: object;
  bulk: object;
  revert: Reverting;
  restore: Restoring;
  first: { notices: string };
  template: object;
}

type Way = keyof Ways;
/** One member for each way of asking for a change that may be large. */
export type IntentData<W extends Way = Way> = { [K in W]: Ways[K] & { kind: K } }[W];
export type ToldOf<D extends IntentData> = Told[D["kind"]];

interface Built<W extends Way> {
  intent: Intent;
  beside: Told[W];
}

/** The intent that the data stands for. Throws a Problem if it makes no sense. */
export const buildIntent = async <W extends Way>(
  loaded: LoadedZone,
  data: IntentData<W>,
  actor: Actor,
): Promise<Built<W>> => builders[data.kind](loaded, data, actor);

type Builder<W extends Way> = (loaded: LoadedZone, data: IntentData<W>, actor: Actor) => Built<W> | Promise<Built<W>>;

const builders: { [W in Way]: Builder<W> } = {
  changes: (loaded, { input }) => ({ intent: wantedChanges(loaded, input), beside: {} }),
  import: (loaded, data) => ({ intent: zoneFileIntent(loaded, data), beside: {} }),
  bulk: async (loaded, data, actor) => ({ intent: await bulkIntent(loaded, data, actor), beside: {} }),
  revert: revertIntent,
  restore: restoreIntent,
  first: firstIntent,
  template: appliedIntent,
};

/** How many RRsets of the zone and of what is wanted have to be gone through, at most. */
export function sizeOf(loaded: LoadedZone, data: IntentData): number {
  const { zone } = loaded;
  if (data.kind === "revert") {
    const { steps, cuts } = revertSize(zone, data);
    return cuts || isReadWhole(zone, steps) ? steps + zone.recordCount : steps;
  }
  if (data.kind === "restore") {
    const steps = restoreSize(loaded, data);
    return isReadWhole(zone, steps) ? steps + zone.recordCount : steps;
  }
  if (data.kind === "bulk") return data.size;
  if (data.kind === "first" || data.kind === "template") {
    const { names, cuts } = sizeOfFirst(loaded, data.kind === "first" ? data.first : { template: data.template });
    return cuts || isReadWhole(zone, names) ? names + zone.recordCount : names;
  }
  if (data.kind === "import") {
    const { source, mode } = data;
    const octets = "text" in source ? source.text.length : source.octets;
    const lines = Math.ceil(octets / SHORT_LINE);
    return mode === "replace" || isReadWhole(zone, lines) ? lines + zone.recordCount : lines;
  }
  const { input } = data;
  const asked = input.rrsets.length + input.deletions.length + input.expect.length;
  const cuts = [...input.rrsets, ...input.deletions].some(({ type }) => CUTTING.test(type));
  // What a delegation would hide can be anything in the zone.
  return cuts || isReadWhole(zone, input.rrsets.length + input.deletions.length) ? asked + zone.recordCount : asked;
}

/** A provider is asked for a few names one by one; for more it gives all of the zone, which takes as long as that is large. */
export const isReadWhole = ({ connection }: LoadedZone["zone"], names: number): boolean =>
  connection !== "local" && names > ONE_BY_ONE;

const ONE_BY_ONE = 20;

/** Octets. */
const SHORT_LINE = 30;

/** Also by number (RFC 3597). */
export const CUTTING = /^\s*(?:NS|DS|DNAME|TYPE0*(?:2|43|39))\s*$/i;
