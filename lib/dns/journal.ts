/** The journal: every change of a zone, as a row before it happens and with what became of it. */
import { and, eq, inArray, sql } from "drizzle-orm";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { zoneChangeParts, zoneChangePlaces, zoneChanges, zones } from "#db/schema/index.ts";
import { compileGrants } from "#lib/access/permissions.ts";
import { type Actor, systemActor } from "#lib/actor.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { TO_COME, WITHOUT } from "./first-note.ts";
import { type Built, switchTo } from "./large/generation.ts";
import { putRRset, readMirrorNames, replaceNames, writePlan } from "./mirror.ts";
import { applyPlan, makePlan, recordCounts } from "./plan.ts";
import type { ZoneInfo, ZoneRead } from "./providers/provider.ts";
import { type Plan, type RRset, rrsetKey } from "./rrset.ts";
import { soaWithSerial } from "./types/soa.ts";
import type { Zone } from "./zones.ts";

export type Entry = typeof zoneChanges.$inferSelect;
export type EntryState = Entry["state"];

/** An RRset that was read back otherwise than it was sent. */
export interface Difference {
  name: string;
  type: string;
  sent: RRset | null;
  found: RRset | null;
}

/** What an entry has to do with others. */
export interface EntryLinks {
  /** One act in several zones. */
  batchId?: string;
  /** The entry that is taken back. */
  undoes?: string;
  /** The moment (milliseconds) that the zone is brought back to. */
  restoredTo?: number;
}

export interface NewEntry {
  zoneId: string;
  kind: Entry["kind"];
  plan: Plan;
  actor: Actor;
  steps?: number;
  state?: EntryState;
  revision?: number;
  message?: string;
  /** From when on it may have gone out. */
  sentAt?: number;
  knownUntil?: number;
  links?: EntryLinks | undefined;
}

/** Steps of a plan that stand in one row. */
export const STEPS_IN_ROW = 500;

/** Writes an entry in the caller's transaction and returns its id. `pending` unless a state is given. */
export function addEntry(tx: DbOrTx, input: NewEntry): string {
  const id = addEntryRow(tx, input);
  for (let part = 0; (part + 1) * STEPS_IN_ROW < input.plan.length; part++) addEntryPart(tx, id, input.plan, part);
  return id;
}

/** The steps after the first row's. */
export function addEntryPart(tx: DbOrTx, changeId: string, plan: Plan, part: number): void {
  const steps = plan.slice((part + 1) * STEPS_IN_ROW, (part + 2) * STEPS_IN_ROW);
  tx.insert(zoneChangeParts)
    .values({ changeId, part, plan: JSON.stringify(steps) })
    .run();
  const names = betweenBreaks(steps.map(({ name }) => name));
  const types = betweenBreaks(steps.map(({ type }) => type));
  tx.insert(zoneChangePlaces).values({ changeId, part, names, types }).run();
}

const betweenBreaks = (words: readonly string[]): string => `\n${[...new Set(words)].join("\n")}\n`;

/** An entry with the first steps of its plan. */
export function addEntryRow(tx: DbOrTx, input: NewEntry, more = moreOf(input.plan)): string {
  const now = Date.now();
  const id = newId(now);
  const { grants: _grants, token: _token, ...actor } = input.actor;
  tx.insert(zoneChanges)
    .values({
      id,
      zoneId: input.zoneId,
      batchId: input.links?.batchId ?? null,
      undoes: input.links?.undoes ?? null,
      restoredTo: input.links?.restoredTo ?? null,
      kind: input.kind,
      state: input.state ?? "pending",
      plan: JSON.stringify(input.plan.slice(0, STEPS_IN_ROW)),
      ...more,
      message: input.message ?? "",
      actorType: actor.type,
      actorId: actor.id,
      actorLabel: actor.label,
      actor: JSON.stringify(actor),
      steps: input.steps ?? 1,
      stepsDone: input.state === "applied" ? (input.steps ?? 1) : 0,
      revision: input.revision ?? null,
      knownUntil: input.knownUntil ?? null,
      createdAt: now,
      sentAt: input.sentAt ?? null,
      settledAt: input.state && input.state !== "pending" ? now : null,
    })
    .run();
  return id;
}

export const markStep = (id: string, stepsDone: number): void => {
  db().update(zoneChanges).set({ stepsDone }).where(eq(zoneChanges.id, id)).run();
};

/** The entry that is not settled yet, if the zone has one. */
export const openEntryOf = (zoneId: string): Entry | undefined =>
  db()
    .select()
    .from(zoneChanges)
    .where(and(eq(zoneChanges.zoneId, zoneId), inArray(zoneChanges.state, ["pending", "unknown"])))
    .get();

export const openEntries = (): Entry[] =>
  db()
    .select()
    .from(zoneChanges)
    .where(inArray(zoneChanges.state, ["pending", "unknown"]))
    .all();

/** The actor of an entry, for what is written in its name later. It can do nothing any more. */
export const actorOfEntry = (entry: Entry): Actor => ({
  ...(JSON.parse(entry.actor) as Omit<Actor, "grants">),
  grants: compileGrants([]),
});

/** The whole plan, however large. */
export function planOf(entry: Pick<Entry, "id" | "plan" | "moreSteps">): Plan {
  const first = firstStepsOf(entry);
  if (entry.moreSteps === 0) return first;
  const parts = db()
    .select({ plan: zoneChangeParts.plan })
    .from(zoneChangeParts)
    .where(eq(zoneChangeParts.changeId, entry.id))
    .orderBy(zoneChangeParts.part)
    .all();
  return [...first, ...parts.flatMap(({ plan }) => JSON.parse(plan) as Plan)];
}

/** What stands in the entry itself: all of the plan, but for large ones. */
export const firstStepsOf = (entry: Pick<Entry, "plan">): Plan => JSON.parse(entry.plan) as Plan;

/** What a large plan's row says of the rest. */
export const moreOf = (plan: Plan): { moreSteps: number; counts: string | null } =>
  plan.length > STEPS_IN_ROW
    ? { moreSteps: plan.length - STEPS_IN_ROW, counts: JSON.stringify(recordCounts(plan)) }
    : { moreSteps: 0, counts: null };

/** Where something else was stored than was sent. */
export const differencesIn = (entry: Pick<Entry, "differs">): Difference[] =>
  entry.differs ? (JSON.parse(entry.differs) as Difference[]) : [];

export interface Closing {
  zone: Zone;
  entryId: string;
  plan: Plan;
  actor: Actor;
  asStaff: boolean;
  state: EntryState;
  message?: string;
  differs?: Difference[];
  /** What the provider holds at these names now, if it could be read: the mirror takes it. */
  read: ({ names: readonly string[] } & ZoneRead) | null;
  /** The mirror with that in it already, where it is large. */
  built?: Built | undefined;
  /** That of a zone of the panel's own, where it moved. */
  serial?: number | null;
  /** Whether the provider signs the zone, where that is what was changed. */
  signed?: boolean;
}

/** Mirror, journal and audit in one transaction; returns the revision that was reached, if one was. An unknown outcome stays open, and leaves the mirror as it was. */
export function closeEntry(closing: Closing): number | null {
  const { zone, plan, state } = closing;
  const moved = state === "applied" || state === "differs" || state === "partial";
  // Worked out before: nobody waits for that, and while the entry is open nobody else writes to the mirror.
  const records = recordCounts(plan);
  const foreign = closing.read ? foreignIn(zone, moved ? plan : [], closing.read) : [];
  return transaction((tx) => {
    if (closing.built) switchTo(tx, closing.built);
    if (closing.serial) tx.update(zones).set({ serial: closing.serial }).where(eq(zones.id, zone.id)).run();
    if (closing.signed !== undefined)
      tx.update(zones)
        .set({ signed: Number(closing.signed) })
        .where(eq(zones.id, zone.id))
        .run();
    if (closing.read) takeRead(tx, zone, closing.built ? { ...closing.read, names: [] } : closing.read);
    const revision = moved ? bumpRevision(tx, zone.id) : null;
    tx.update(zoneChanges)
      .set({
        state,
        message: closing.message ?? "",
        differs: closing.differs && closing.differs.length > 0 ? JSON.stringify(closing.differs) : null,
        revision,
        ...(state === "applied" || state === "differs" ? { stepsDone: sql`${zoneChanges.steps}` } : {}),
        settledAt: state === "unknown" ? null : Date.now(),
      })
      .where(eq(zoneChanges.id, closing.entryId))
      .run();
    audit(tx, closing.actor, {
      target: { type: "zone", id: zone.id, label: zone.name },
      organisationId: zone.organisationId,
      outcome: state === "refused" || state === "not_applied" ? "refused" : "done",
      after: { change: closing.entryId, state, records },
      asStaff: closing.asStaff,
    });
    return foreign.length > 0
      ? journalOutside(tx, zone, foreign, systemActor("dns.outside", "outside the panel"))
      : revision;
  });
}

/** What was read at the names of a change beside what the change itself explains: somebody else wrote it meanwhile. */
function foreignIn(zone: Zone, explained: Plan, { names, rrsets }: NonNullable<Closing["read"]>): Plan {
  const asked = new Set(names);
  const own = new Set(explained.map(rrsetKey));
  const beside = (sets: readonly RRset[]) => sets.filter((set) => asked.has(set.name) && !own.has(rrsetKey(set)));
  const [before, after] = [beside(readMirrorNames(zone.id, zone.name, names)), beside(rrsets)];
  return makePlan(before, after, { scope: new Set(before.map(rrsetKey)), apex: zone.name });
}

/** The mirror follows what was read at these names, and the zone its serial, which moves with every change anywhere in it. */
function takeRead(tx: DbOrTx, zone: Zone, { names, rrsets, info }: NonNullable<Closing["read"]>): void {
  replaceNames(tx, zone.id, zone.name, names, rrsets);
  if (info.serial === null) return;
  tx.update(zones)
    .set({ serial: info.serial, ...signedOf(info) })
    .where(eq(zones.id, zone.id))
    .run();
  const soa = readMirrorNames(zone.id, zone.name, [zone.name], [], tx).find((set) => set.type === "SOA");
  const [record] = soa?.records ?? [];
  if (!soa || !record) return;
  const content = soaWithSerial(record.content, String(info.serial));
  if (content !== record.content) putRRset(tx, zone.id, zone.name, { ...soa, records: [{ ...record, content }] });
}

/** The column of a zone that is signed or not, where the provider says so along with the rest. */
export const signedOf = ({ dnssec }: ZoneInfo): { signed?: number } =>
  dnssec === undefined ? {} : { signed: Number(dnssec) };

/** One more revision, of which nothing is said any more that was said of a zone without its first records. Returns the new one. */
export const bumpRevision = (tx: DbOrTx, zoneId: string): number =>
  tx
    .update(zones)
    .set({ revision: sql`${zones.revision} + 1`, statusMessage: unsaid })
    .where(eq(zones.id, zoneId))
    .returning({ revision: zones.revision })
    .get()?.revision ?? 0;

const unsaid = sql`case when ${zones.statusMessage} = ${TO_COME} or instr(${zones.statusMessage}, ${WITHOUT}) = 1 then '' else ${zones.statusMessage} end`;

/** Journals what changed behind the panel's back, and lets the mirror follow. */
export function recordOutsideChange(
  tx: DbOrTx,
  zone: Zone,
  plan: Plan,
  actor: Actor,
  built: Built | null = null,
): void {
  if (built) switchTo(tx, built);
  else writePlan(tx, zone.id, zone.name, plan);
  journalOutside(tx, zone, plan, actor);
}

/** Returns the revision that was reached. */
function journalOutside(tx: DbOrTx, zone: Zone, plan: Plan, actor: Actor): number {
  const revision = bumpRevision(tx, zone.id);
  const knownUntil = zone.comparedAt;
  addEntry(tx, { zoneId: zone.id, kind: "outside", plan, actor, state: "applied", revision, knownUntil });
  return revision;
}

/** Where what is there is not what the plan wanted, compared like a plan: without order, ids and serial. */
export function differencesOf(plan: Plan, found: readonly RRset[]): Difference[] {
  const keys = new Set(plan.map(rrsetKey));
  const wanted = applyPlan(
    [],
    plan.map((change) => ({ ...change, kind: change.after ? "create" : change.kind }) as Plan[number]),
  );
  const there = found.filter((set) => keys.has(rrsetKey(set)));
  return makePlan(wanted, there, { scope: keys, apex: "." }).map(({ name, type, before, after }) => ({
    name,
    type,
    sent: before,
    found: after,
  }));
}
