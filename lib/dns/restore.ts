/** Brings the records of a zone back to a moment: what the journal says each RRset was then, through the same pipeline. */
import { and, asc, count, eq, gt, isNotNull, lte, max, sql, sum } from "drizzle-orm";
import { db } from "#db/client.ts";
import { zoneChanges } from "#db/schema/index.ts";
import { invalid } from "#lib/api/errors.ts";
import type { Intent } from "./changes.ts";
import { planOf } from "./journal.ts";
import { withoutIds } from "./revert.ts";
import { type RRset, rrsetKey } from "./rrset.ts";
import { sees } from "./visible.ts";
import type { LoadedZone } from "./zones.ts";

export interface RestoreData {
  kind: "restore";
  /** Milliseconds. */
  at: number;
  confirm: boolean;
  /** The zone's revision at the preview: another one stops the restore. */
  revision?: number | undefined;
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

/** Entries read at once; others get their turn in between. */
const CHUNK = 50;

export async function restoreIntent(
  { zone, access }: LoadedZone,
  { at, confirm, revision }: RestoreData,
): Promise<{ intent: Intent; beside: Restoring }> {
  const inZone = inJournal(zone.id);
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

  const seen = new Set<string>();
  const wanted: RRset[] = [];
  const scope = new Set<string>();
  const names = new Set<string>();
  const notKnown: NotKnown[] = [];
  let left = 0;
  for (let after = reachedBy(zone.id, at); ; ) {
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
    confirm,
    revision: revision ?? basedOn,
    links: { restoredTo: at },
  };
  return { intent, beside: { at, notKnown, left, basedOn } };
}

/** How many RRsets were touched since, at most: enough of the journal is looked at to tell much from little. */
export function restoreSize({ zone }: LoadedZone, { at }: RestoreData): number {
  const since = db()
    .select({ plan: zoneChanges.plan, more: zoneChanges.moreSteps })
    .from(zoneChanges)
    .where(and(inJournal(zone.id), gt(zoneChanges.revision, reachedBy(zone.id, at))))
    .orderBy(asc(zoneChanges.revision))
    .limit(CHUNK + 1)
    .as("since");
  const found = db()
    .select({ entries: count(), octets: sql<number | null>`sum(length(${since.plan}))`, more: sum(since.more) })
    .from(since)
    .get();
  if (!found || found.entries > CHUNK) return Number.POSITIVE_INFINITY;
  return Math.ceil((found.octets ?? 0) / SHORT_STEP) + Number(found.more ?? 0);
}

/** Octets of a step in the journal. */
const SHORT_STEP = 120;

const inJournal = (zoneId: string) => and(eq(zoneChanges.zoneId, zoneId), isNotNull(zoneChanges.revision));

/** The revision at a moment. A clock may have been set back: the order of what happened is that of the revisions. */
const reachedBy = (zoneId: string, at: number): number =>
  db()
    .select({ revision: max(zoneChanges.revision) })
    .from(zoneChanges)
    .where(and(inJournal(zoneId), lte(zoneChanges.createdAt, at)))
    .get()?.revision ?? 0;
