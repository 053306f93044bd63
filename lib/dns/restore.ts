/** Brings the records of a zone back to a moment: what the journal says each RRset was then, through the same pipeline. */
import { and, asc, eq, gt, isNotNull, lte, max } from "drizzle-orm";
import { db } from "#db/client.ts";
import { zoneChanges } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid } from "#lib/api/errors.ts";
import { type ChangeResult, changeZone, type Intent, type Preview, previewChange } from "./changes.ts";
import { planOf } from "./journal.ts";
import { withoutIds } from "./revert.ts";
import { type RRset, rrsetKey } from "./rrset.ts";
import { sees } from "./visible.ts";
import type { LoadedZone } from "./zones.ts";

export interface RestoreOptions {
  /** Milliseconds. */
  at: number;
  confirm?: boolean;
  /** The zone's revision at the preview: another one stops the restore. */
  revision?: number | undefined;
  batchId?: string;
}

/** An RRset that was changed outside the panel, some time after `since`: what it was at the moment nobody knows. */
export interface NotKnown {
  name: string;
  type: string;
  /** Milliseconds; from then until `foundAt` the panel had not looked. Null: not known either. */
  since: number | null;
  foundAt: number;
}

export interface Restoring {
  at: number;
  /** Left as they are. */
  notKnown: NotKnown[];
  /** How many RRsets were touched since that the caller cannot see: they are left as they are. */
  left: number;
  /** The revision that this was worked out for. */
  basedOn: number;
}

export async function previewRestore(loaded: LoadedZone, options: RestoreOptions): Promise<Preview & Restoring> {
  const { intent, restoring } = await restoreOf(loaded, options);
  return { ...(await previewChange(loaded, intent)), ...restoring };
}

export async function restoreZone(
  loaded: LoadedZone,
  options: RestoreOptions,
  actor: Actor,
): Promise<ChangeResult & Restoring> {
  const { intent, restoring } = await restoreOf(loaded, options);
  return { ...(await changeZone(loaded, intent, actor)), ...restoring };
}

/** Entries read at once; others get their turn in between. */
const CHUNK = 50;

async function restoreOf({ zone, access }: LoadedZone, { at, confirm, revision, batchId }: RestoreOptions) {
  const inZone = and(eq(zoneChanges.zoneId, zone.id), isNotNull(zoneChanges.revision));
  const first = db()
    .select({ at: zoneChanges.createdAt })
    .from(zoneChanges)
    .where(inZone)
    .orderBy(asc(zoneChanges.revision))
    .get();
  if (!first || at < first.at) {
    const since = new Date(first?.at ?? zone.createdAt).toISOString();
    throw invalid({ at: `The panel knows what this zone held since ${since}, not earlier.` });
  }
  if (at > Date.now()) throw invalid({ at: "This moment is yet to come." });
  // A clock may have been set back: the order of what happened is that of the revisions.
  const reached = db()
    .select({ revision: max(zoneChanges.revision) })
    .from(zoneChanges)
    .where(and(inZone, lte(zoneChanges.createdAt, at)))
    .get();

  const seen = new Set<string>();
  const wanted: RRset[] = [];
  const scope = new Set<string>();
  const names = new Set<string>();
  const notKnown: NotKnown[] = [];
  let left = 0;
  for (let after = reached?.revision ?? 0; ; ) {
    const entries = db()
      .select()
      .from(zoneChanges)
      .where(and(inZone, gt(zoneChanges.revision, after)))
      .orderBy(asc(zoneChanges.revision))
      .limit(CHUNK)
      .all();
    // The first change of an RRset since then says what it was.
    for (const entry of entries) {
      after = entry.revision ?? after;
      for (const { name, type, before } of planOf(entry)) {
        const key = rrsetKey({ name, type });
        if (seen.has(key)) continue;
        seen.add(key);
        if (!sees(access, zone.name, { name, type })) left += 1;
        else if (entry.kind === "outside" && (entry.knownUntil === null || at >= entry.knownUntil))
          notKnown.push({ name, type, since: entry.knownUntil, foundAt: entry.createdAt });
        else {
          names.add(name);
          scope.add(key);
          const set = withoutIds(before);
          if (set) wanted.push(set);
        }
      }
    }
    if (entries.length < CHUNK) break;
    await new Promise((resolve) => setImmediate(resolve));
  }

  const basedOn = zone.revision;
  const intent: Intent = {
    names: [...names],
    build: () => ({ wanted, scope }),
    sweeping: true,
    fieldOf: () => "at",
    confirm: confirm ?? false,
    revision: revision ?? basedOn,
    links: { restoredTo: at, ...(batchId ? { batchId } : {}) },
  };
  return { intent, restoring: { at, notKnown, left, basedOn } satisfies Restoring };
}
