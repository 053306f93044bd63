/** Bringing a deleted zone back, where it was and with what it held. Its name was not kept for it. */
import { and, eq } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import {
  deletedZones,
  generations,
  organisationMembers,
  zoneChanges,
  zonePermissions,
  zones,
} from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { type Organisation, roleIn } from "#lib/organisations/organisations.ts";
import { killHere } from "#lib/test-hook.ts";
import { stillThere } from "#lib/tokens/actor-again.ts";
import { asking, asProviderError, connectionOf, problemOf } from "./asking.ts";
import { type Connection, connectionById } from "./connections.ts";
import { type DeletedZone, loadDeletedZone, stillKept } from "./deleted-zones.ts";
import { assertFree, assertRoom } from "./free-name.ts";
import { actorOfEntry, addEntry, type Entry, signedOf } from "./journal.ts";
import { mayStillLand, noteGivenUp } from "./landing.ts";
import { buildGeneration, dropGeneration, switchTo, WRITTEN_BESIDE } from "./large/generation.ts";
import { journalPlan, verbatim } from "./large/journaled.ts";
import { pace, unlessStopped } from "./large/pace.ts";
import { inThread, LARGE } from "./large/thread.ts";
import { readGeneration, writeRows } from "./mirror.ts";
import { makePlan, recordCounts } from "./plan.ts";
import type { ZoneRead } from "./providers/provider.ts";
import { type Plan, type RRset, rrsetKey } from "./rrset.ts";
import { withZoneLock } from "./zone-lock.ts";
import { loadZone, summaryOfZone, type Zone, type ZoneSummary } from "./zones.ts";

/** The zone is here again under the id that it had, with its history, its levels and what it held. */
export async function bringBack(
  { deleted, organisation }: ReturnType<typeof loadDeletedZone>,
  asked: Actor,
): Promise<ZoneSummary> {
  const connection = connectionOf(deleted);
  await assertPossible(deleted, organisation, connection, asked);
  await withZoneLock(deleted.id, async () => {
    const actor = stillThere(asked);
    const { asStaff } = loadDeletedZone(organisation.id, deleted.id, actor);
    pace().signal.throwIfAborted();
    const { zone, entry } = reserve(deleted, organisation, connection, actor, asStaff);
    pace().reserved(zone.id);
    if (connection.kind !== "local") await make(zone, entry, deleted, connection);
  });
  return summaryOfZone(loadZone(organisation.id, deleted.id, asked), asked);
}

/** What was deleted reserves nothing: somebody else may have the name by now. */
async function assertPossible(
  deleted: DeletedZone,
  organisation: Organisation,
  connection: Connection,
  actor: Actor,
): Promise<void> {
  assertRoom(organisation, deleted.name);
  if (connection.kind === "local" || deleted.deletedAt === "provider") {
    await assertFree(organisation, deleted.name, connection, false, actor);
    return;
  }
  // It stands at the provider, where nobody made it: it is free unless somebody linked it, or a zone around it.
  const owners = db()
    .select({ name: zones.name, organisationId: zones.organisationId })
    .from(zones)
    .where(eq(zones.connection, connection.id))
    .all();
  const around = await unlessStopped(asking(() => connection.provider.relatedZones(deleted.name)));
  if (owners.some(({ name, organisationId }) => around.includes(name) && organisationId !== organisation.id))
    throw new Problem("already_exists", "This name, or one above or below it, is taken at this connection.");
}

/** The zone's row, pointing to what it held; at a provider it is open, and empty, until it is there. */
function reserve(
  deleted: DeletedZone,
  organisation: Organisation,
  { kind }: Connection,
  actor: Actor,
  asStaff: boolean,
): { zone: Zone; entry: Entry } {
  return transaction((tx) => {
    const kept = tx.select({ generation: deletedZones.generation }).from(deletedZones);
    const still = kept.where(and(eq(deletedZones.id, deleted.id), stillKept())).get();
    if (!still) throw notFound("deleted zone");
    assertRoom(organisation, deleted.name, tx);
    const here = kind === "local";
    const now = Date.now();
    tx.insert(zones)
      .values({
        id: deleted.id,
        organisationId: organisation.id,
        connection: deleted.connection,
        name: deleted.name,
        externalId: here ? deleted.id : null,
        origin: deleted.origin,
        status: here ? "active" : "pending",
        statusMessage: here ? "" : "Being brought back.",
        description: deleted.description,
        heldSince: deleted.heldSince,
        ...(here ? { generation: still.generation, recordCount: deleted.recordCount } : {}),
        revision: deleted.revision + (here ? 1 : 0),
        refreshedAt: here ? now : 0,
        comparedAt: here ? now : 0,
        createdAt: deleted.createdAt,
      })
      .onConflictDoNothing()
      .run();
    const zone = tx.select().from(zones).where(eq(zones.id, deleted.id)).get();
    if (!zone) throw new Problem("already_exists", "This name is taken at this connection.");
    const id = addEntry(tx, {
      zoneId: zone.id,
      kind: "undelete",
      plan: [],
      actor,
      ...(here ? { state: "applied" as const, revision: zone.revision } : {}),
    });
    const entry = tx.select().from(zoneChanges).where(eq(zoneChanges.id, id)).get() as Entry;
    if (here) release(tx, deleted, entry, asStaff);
    killHere("in-transaction");
    return { zone, entry };
  });
}

/** It is back: what was kept for that goes, and the levels of those who are still members come back. */
function release(tx: Tx, deleted: DeletedZone, entry: Entry, asStaff: boolean): void {
  const levels = JSON.parse(deleted.permissions) as (typeof zonePermissions.$inferSelect)[];
  const members = new Map(
    tx
      .select({ userId: organisationMembers.userId, since: organisationMembers.createdAt })
      .from(organisationMembers)
      .where(eq(organisationMembers.organisationId, deleted.organisationId))
      .all()
      .map(({ userId, since }) => [userId, since]),
  );
  // Who left meanwhile has lost it, also if they came back.
  const kept = levels.filter(({ userId }) => (members.get(userId) ?? Number.POSITIVE_INFINITY) <= deleted.at);
  if (kept.length > 0) tx.insert(zonePermissions).values(kept).run();
  tx.delete(deletedZones).where(eq(deletedZones.id, deleted.id)).run();
  audit(tx, actorOfEntry(entry), {
    target: { type: "zone", id: deleted.id, label: deleted.name },
    organisationId: deleted.organisationId,
    after: { change: entry.id, state: "applied", records: deleted.recordCount, connection: deleted.connection },
    asStaff,
  });
}

async function make(zone: Zone, entry: Entry, deleted: DeletedZone, connection: Connection): Promise<void> {
  try {
    await carryOn(zone, entry, deleted);
  } catch (error) {
    const failure = asProviderError(error);
    const problem = error instanceof Problem ? error : problemOf(failure, null);
    // Nothing was asked of the provider, or it said no to the first thing that was.
    if (!wasSent(entry.id) || (failure.outcome !== "unknown" && !(await isThere(zone, connection))))
      giveUp(zone, entry, problem.message);
    else noteGivenUp(entry.id);
    throw problem;
  }
}

const wasSent = (id: string): boolean =>
  typeof db().select({ at: zoneChanges.sentAt }).from(zoneChanges).where(eq(zoneChanges.id, id)).get()?.at === "number";

/** As far as one can know. */
const isThere = async (zone: Zone, { provider }: Connection): Promise<boolean> =>
  (await provider.findZone(zone.name).catch(() => undefined)) !== null;

/** From wherever it stands to the zone being back; can be called again at any point. */
const carryOn = (zone: Zone, entry: Entry, { recordCount }: DeletedZone): Promise<unknown> =>
  recordCount > LARGE ? inThread("undelete", { zone: zone.id, entry: entry.id }) : carryOnHere(zone, entry);

export async function carryOnHere(zone: Zone, entry: Entry): Promise<void> {
  const { provider } = connectionOf(zone);
  const deleted = deletedZoneOf(zone);
  const found = await provider.findZone(zone.name);
  if (found && entry.sentAt === null) {
    if (deleted.deletedAt === "provider")
      throw new Problem("already_exists", "A zone of this name is at the connection again.");
    // It was only taken off the panel: it is as its provider has it.
    return takeOver(zone, entry, deleted, await provider.readZone(found.externalId), "");
  }
  db().update(zoneChanges).set({ sentAt: Date.now() }).where(eq(zoneChanges.id, entry.id)).run();
  killHere("before-recreate");
  const kept = readGeneration(deleted.generation);
  const { externalId } =
    found ??
    (await provider.createZone({
      name: zone.name,
      nameservers: nameserversOf(zone, kept),
      hostmaster: `hostmaster.${zone.name}`,
    }));
  killHere("after-recreate");
  const plan = planTo(zone, (await provider.readZone(externalId)).rrsets, kept);
  const refusal = plan.length > 0 ? await refusalOf(() => provider.apply(externalId, plan)) : "";
  await takeOver(zone, entry, deleted, await provider.readZone(externalId), refusal);
}

function deletedZoneOf({ id }: Zone): DeletedZone {
  const deleted = db().select().from(deletedZones).where(eq(deletedZones.id, id)).get();
  if (!deleted) throw notFound("deleted zone");
  return deleted;
}

/** A provider that no longer takes what it once held does not keep the zone from coming back without it. */
async function refusalOf(call: () => Promise<void>): Promise<string> {
  try {
    await call();
    return "";
  } catch (error) {
    const failure = asProviderError(error);
    if (failure.outcome !== "refused") throw failure;
    return ` ${failure.message}`;
  }
}

const nameserversOf = ({ name }: Zone, kept: readonly RRset[]): string[] =>
  kept.find((set) => set.name === name && set.type === "NS")?.records.map(({ content }) => content) ?? [
    `ns1.${name}`,
    `ns2.${name}`,
  ];

function planTo(zone: Zone, from: readonly RRset[], to: readonly RRset[]): Plan {
  const scope = new Set([...from, ...to].map(rrsetKey));
  return makePlan(from, to, { scope, apex: zone.name });
}

/** The mirror is what the provider has, mostly what the zone held; what it differs in from that is the plan of the entry. */
async function takeOver(
  zone: Zone,
  entry: Entry,
  deleted: DeletedZone,
  { info, rrsets }: ZoneRead,
  refusal: string,
): Promise<void> {
  const kept = readGeneration(deleted.generation);
  const plan = planTo(zone, kept, rrsets);
  await journalPlan(entry.id, plan);
  const letters = verbatim(kept, rrsets);
  const built = letters.length > WRITTEN_BESIDE ? await buildGeneration(zone, verbatim([], rrsets)) : null;
  transaction((tx) => {
    const now = Date.now();
    if (built) switchTo(tx, built);
    else handOver(tx, zone, deleted, letters);
    tx.update(zones)
      .set({
        externalId: info.externalId,
        status: info.status,
        statusMessage: info.readOnly ?? info.statusMessage ?? "",
        providerVersion: info.version,
        serial: info.serial,
        ...signedOf(info),
        revision: deleted.revision + 1,
        refreshedAt: now,
        comparedAt: now,
      })
      .where(eq(zones.id, zone.id))
      .run();
    tx.update(zoneChanges)
      .set({
        state: "applied",
        message: plan.length > 0 ? `Not quite as it was: ${difference(plan)}.${refusal}` : "",
        revision: deleted.revision + 1,
        stepsDone: 1,
        settledAt: now,
      })
      .where(eq(zoneChanges.id, entry.id))
      .run();
    const role = roleIn(zone.organisationId, entry.actorId, tx);
    release(tx, deleted, entry, role !== "owner" && role !== "admin");
  });
  killHere("taken-over");
  await dropGeneration(zone.generation);
  if (built) await dropGeneration(deleted.generation);
}

/** The zone is what was kept of it, but for these differences. */
function handOver(tx: Tx, zone: Zone, { generation, recordCount }: DeletedZone, differences: Plan): void {
  tx.update(zones).set({ generation, recordCount }).where(eq(zones.id, zone.id)).run();
  writeRows(tx, generation, zone.name, differences);
}

function difference(plan: Plan): string {
  const { created, updated, deleted } = recordCounts(plan);
  const n = created + updated + deleted;
  return `${n} ${n === 1 ? "record differs" : "records differ"}`;
}

/** The zone stays deleted, and can be brought back another time. */
function giveUp(zone: Zone, entry: Entry, message: string): void {
  transaction((tx) => {
    tx.delete(zoneChanges).where(eq(zoneChanges.id, entry.id)).run();
    tx.delete(zones).where(eq(zones.id, zone.id)).run();
    // It was empty; what the zone held is still that of the deleted one.
    tx.delete(generations).where(eq(generations.id, zone.generation)).run();
    audit(tx, actorOfEntry(entry), {
      target: { type: "zone", id: zone.id, label: zone.name },
      organisationId: zone.organisationId,
      outcome: "refused",
      after: { state: "not_applied", message },
    });
  });
}

/** For an entry that outlived its process. True once it is settled. */
export async function settleUndeletion(entry: Entry, zone: Zone): Promise<boolean> {
  const connection = connectionById(zone.connection);
  if (!connection) return false;
  const begun = entry.sentAt === null || (await connection.provider.findZone(zone.name)) !== null;
  if (!begun && mayStillLand(entry)) return false;
  if (begun) {
    try {
      await carryOn(zone, entry, deletedZoneOf(zone));
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }
  giveUp(zone, entry, "It was not made again.");
  return true;
}
