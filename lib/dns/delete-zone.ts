/** Deleting a zone: at the provider or only here, as an entry of its journal that outlives it. What it held is kept for thirty days. */
import { eq } from "drizzle-orm";
import { type Tx, transaction } from "#db/client.ts";
import { deletedZones, zoneChanges, zonePermissions, zones } from "#db/schema/index.ts";
import { type Actor, systemActor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { killHere } from "#lib/test-hook.ts";
import { aloneIn } from "./alone.ts";
import { asking, asProviderError, connectionOf, problemOf } from "./asking.ts";
import { settleFirst } from "./changes.ts";
import { type Connection, connectionById } from "./connections.ts";
import { actorOfEntry, addEntry, type Entry, recordOutsideChange } from "./journal.ts";
import { mayStillLand, noteGivenUp } from "./landing.ts";
import { buildGeneration, closeWith, WRITTEN_BESIDE } from "./large/generation.ts";
import { pace, tellJournaled } from "./large/pace.ts";
import { inThread, LARGE } from "./large/thread.ts";
import { ProviderError } from "./providers/provider.ts";
import { outsideChange } from "./refresh.ts";
import { type LoadedZone, shownName, type Zone } from "./zones.ts";

/** How long a deleted zone can be brought back. */
export const KEPT_MS = 30 * 86_400_000;

/** `panel`: it stays at its provider, and only the panel forgets it. */
export type DeletedAt = "panel" | "provider";

export interface DeleteRequest {
  /** The zone's name, typed back. */
  name: string;
  at?: DeletedAt | undefined;
}

export interface Deletion {
  change: string;
  state: Entry["state"];
  at: DeletedAt;
  message: string;
  /** How many records went. */
  records: number;
  /** Until when it can be brought back (milliseconds). */
  restorableUntil: number | null;
}

/** A zone that was linked is given back; one that was made here is deleted where it is. */
export const usualPlace = ({ origin }: Pick<Zone, "origin">): DeletedAt => (origin === "linked" ? "panel" : "provider");

export function deleteZone(loaded: LoadedZone, request: DeleteRequest, asked: Actor): Promise<Deletion> {
  assertNamed(loaded.zone, request.name);
  return aloneIn(loaded, asked, async ({ zone, access }, actor) => {
    if (!access.manage) throw notFound("zone");
    const at = request.at ?? usualPlace(zone);
    assertMayDelete(zone, at, actor);
    await settleFirst(zone);
    const how = { zone, at, actor, asStaff: access.viaPlatform };
    if (at === "panel" || zone.connection === "local") return forget({ ...how, change: null });
    return deleteThere(how, connectionOf(zone));
  });
}

function assertNamed(zone: Zone, typed: string): void {
  const said = typed.trim().toLowerCase().replace(/\.$/, "");
  if (said === zone.name.slice(0, -1) || said === shownName(zone).toLowerCase()) return;
  const records = zone.recordCount === 1 ? "1 record goes" : `${zone.recordCount} records go`;
  throw invalid({ name: `Type ${shownName(zone)} to delete it: ${records} with it.` });
}

/** The other of the two is for those who link zones: it takes somebody else's zone away, or leaves one that is nobody's. */
function assertMayDelete(zone: Zone, at: DeletedAt, actor: Actor): void {
  if (!zone.externalId) throw new Problem("conflict", zone.statusMessage || "This zone is not there yet.");
  const own = connectionById(zone.connection)?.organisationId === zone.organisationId;
  if (zone.connection === "local" || at === usualPlace(zone) || own || actor.grants.has("dns:connections")) return;
  const message =
    at === "provider"
      ? "This zone was there before it was linked. Deleting it at the provider is for staff; you can remove it from the panel."
      : "Leaving a zone at a shared connection without an owner is for staff. You can delete it there.";
  throw new Problem("forbidden", message, { missing: "dns:connections" });
}

interface How {
  zone: Zone;
  at: DeletedAt;
  actor: Actor;
  asStaff: boolean;
}

async function deleteThere(how: How, connection: Connection): Promise<Deletion> {
  const { zone, actor } = how;
  const externalId = zone.externalId as string;
  const there = await asking(() => follow(zone));
  pace().signal.throwIfAborted();
  const change = transaction((tx) =>
    addEntry(tx, { zoneId: zone.id, kind: "delete", plan: [], actor, sentAt: Date.now() }),
  );
  killHere("before-delete");
  tellJournaled({ change, plan: [], revision: zone.revision });
  try {
    if (there) await connection.provider.deleteZone(externalId);
  } catch (error) {
    const failure = asProviderError(error);
    if (failure.code !== "provider_not_found") return stillThere(how, change, connection, failure);
  }
  killHere("after-delete");
  return forget({ ...how, change });
}

/** What is kept is what the provider held at the end. False if it holds the zone no more. */
const follow = (zone: Zone): Promise<boolean> =>
  zone.recordCount > LARGE ? inThread("follow", { zone: zone.id }) : followHere(zone);

export async function followHere(zone: Zone): Promise<boolean> {
  try {
    const { rrsets } = await connectionOf(zone).provider.readZone(zone.externalId as string);
    const plan = outsideChange(zone, rrsets);
    if (plan.length === 0) return true;
    const built = plan.length > WRITTEN_BESIDE ? await buildGeneration(zone, plan) : null;
    const actor = systemActor("dns.outside", "outside the panel");
    await closeWith(built, () => transaction((tx) => recordOutsideChange(tx, zone, plan, actor, built)));
    return true;
  } catch (error) {
    if (error instanceof ProviderError && error.code === "provider_not_found") return false;
    throw error;
  }
}

/** The call failed. Where nobody can say whether it landed, the zone waits. */
async function stillThere(
  how: How,
  change: string,
  { provider }: Connection,
  failure: ProviderError,
): Promise<Deletion> {
  const { zone } = how;
  if (failure.outcome !== "unknown") {
    close(how, change, failure.outcome === "refused" ? "refused" : "not_applied", failure.message);
    throw problemOf(failure, change);
  }
  const found = await provider.findZone(zone.name).catch(() => undefined);
  if (found === null) return forget({ ...how, change });
  noteGivenUp(change);
  close(how, change, "unknown", failure.message);
  return {
    change,
    state: "unknown",
    at: how.at,
    message: failure.message,
    records: zone.recordCount,
    restorableUntil: null,
  };
}

/** Ends an entry whose zone stays, or keeps it open. */
function close({ zone, at, actor, asStaff }: How, change: string, state: Entry["state"], message: string): void {
  transaction((tx) => {
    tx.update(zoneChanges)
      .set({ state, message, settledAt: state === "unknown" ? null : Date.now() })
      .where(eq(zoneChanges.id, change))
      .run();
    audit(tx, actor, {
      target: { type: "zone", id: zone.id, label: zone.name },
      organisationId: zone.organisationId,
      outcome: state === "unknown" ? "done" : "refused",
      after: { change, state, at },
      asStaff,
    });
  });
}

/** The zone leaves the panel; what it takes to bring it back stays, where it is. */
function forget({ zone, at, actor, asStaff, change }: How & { change: string | null }): Deletion {
  return transaction((tx) => {
    const now = Date.now();
    const row = tx.select().from(zones).where(eq(zones.id, zone.id)).get();
    if (!row) throw notFound("zone");
    const revision = row.revision + 1;
    const entry =
      change ??
      addEntry(tx, { zoneId: row.id, kind: "delete", plan: [], actor, state: "applied", revision, sentAt: now });
    tx.update(zoneChanges)
      .set({ state: "applied", message: "", revision, stepsDone: 1, settledAt: now })
      .where(eq(zoneChanges.id, entry))
      .run();
    keep(tx, { ...row, revision }, at, now, actor);
    tx.delete(zones).where(eq(zones.id, row.id)).run();
    killHere("in-transaction");
    audit(tx, actor, {
      target: { type: "zone", id: row.id, label: row.name },
      organisationId: row.organisationId,
      before: { connection: row.connection, origin: row.origin, records: row.recordCount },
      after: { change: entry, state: "applied", at, restorableUntil: now + KEPT_MS },
      asStaff,
    });
    return {
      change: entry,
      state: "applied" as const,
      at,
      message: "",
      records: row.recordCount,
      restorableUntil: now + KEPT_MS,
    };
  });
}

function keep(tx: Tx, zone: Zone, at: DeletedAt, now: number, actor: Actor): void {
  const levels = tx.select().from(zonePermissions).where(eq(zonePermissions.zoneId, zone.id)).all();
  tx.insert(deletedZones)
    .values({
      id: zone.id,
      organisationId: zone.organisationId,
      connection: zone.connection,
      name: zone.name,
      origin: zone.origin,
      deletedAt: at,
      description: zone.description,
      heldSince: zone.heldSince,
      revision: zone.revision,
      generation: zone.generation,
      recordCount: zone.recordCount,
      permissions: JSON.stringify(levels),
      createdAt: zone.createdAt,
      actorId: actor.id,
      actorLabel: actor.label,
      at: now,
    })
    .run();
}

/** For an entry that nobody answered: is the zone still at the provider? True once it is settled. */
export async function settleDeletion(entry: Entry, zone: Zone): Promise<boolean> {
  const how = { zone, at: "provider" as const, actor: actorOfEntry(entry), asStaff: false };
  const provider = connectionById(zone.connection)?.provider;
  if (!provider || mayStillLand(entry)) return false;
  const found = await provider.findZone(zone.name);
  if (found) close(how, entry.id, "not_applied", "It never reached the provider.");
  else forget({ ...how, change: entry.id });
  return true;
}
