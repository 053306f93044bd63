/** How a zone comes to be here: created, or linked because the provider has it already. Both are entries of the journal. */
import { eq, sql } from "drizzle-orm";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { organisations, zoneChanges, zoneClaims, zones } from "#db/schema/index.ts";
import type { OrganisationAccess } from "#lib/access/organisation-role.ts";
import { managesNewZones } from "#lib/access/token.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { env } from "#lib/env.ts";
import { newId } from "#lib/id.ts";
import type { Organisation } from "#lib/organisations/organisations.ts";
import { setting } from "#lib/settings/settings.ts";
import { killHere } from "#lib/test-hook.ts";
import { asProviderError, connectionOf, problemOf } from "./asking.ts";
import { firstRecords, isToCome, payloadOf } from "./claims/first-records.ts";
import { tellGranted } from "./claims/notices.ts";
import { dropEndedClaim } from "./claims/open.ts";
import { type Connection, connectionById, connectionFor, connectionsFor } from "./connections.ts";
import { TO_COME } from "./first-note.ts";
import { assertFree, assertRoom, assertUntaken, isOwn } from "./free-name.ts";
import { actorOfEntry, addEntry, bumpRevision, type Entry, signedOf } from "./journal.ts";
import { mayStillLand, noteGivenUp } from "./landing.ts";
import { buildGeneration, closeWith, switchTo, WRITTEN_BESIDE } from "./large/generation.ts";
import { journalPlan } from "./large/journaled.ts";
import { pace } from "./large/pace.ts";
import { inThread } from "./large/thread.ts";
import { putRRsets } from "./mirror.ts";
import { makePlan } from "./plan.ts";
import type { ZoneInfo } from "./providers/provider.ts";
import { type RRset, rrsetKey } from "./rrset.ts";
import { dropUnmadeZone } from "./settle.ts";
import type { First } from "./templates/first.ts";
import { apexOf } from "./zone-apex.ts";
import { withZoneLock } from "./zone-lock.ts";
import { loadZone, summaryOfZone, type Zone, type ZoneSummary } from "./zones.ts";

export interface ZoneRequest {
  name: string;
  connection?: string | undefined;
  link: boolean;
}

/** Why this actor cannot create zones here, or null. */
function whyNotCreate(actor: Actor, access: OrganisationAccess, own: boolean): string | null {
  if (own || !provesFirst(actor)) return whyNotAsk(actor, access);
  return whyNotAsk(actor, access) ?? "On this panel, control of a domain is proved before its zone is made.";
}

/** Why this actor cannot even ask for one, or null. */
export function whyNotAsk(actor: Actor, access: OrganisationAccess): string | null {
  if (!access.has("admin")) return "Only admins and the owner of this organisation add zones.";
  return opensNewZones(actor) ? null : notNewZones;
}

/** Whether a new zone at a shared connection waits for proof of control: staff's own creation counts as approved. */
export const provesFirst = (actor: Actor): boolean =>
  setting("zone_claims") === "proof" && !actor.grants.has("dns:manage");

/** A token's rules name zones by id: of one that is yet to be made nothing but a rule for any zone can speak. */
export const opensNewZones = ({ token }: Actor): boolean => !token || managesNewZones(token.rights);
const notNewZones = "This token adds no zones: that takes a rule for every zone, at full and for all names and types.";

/** Makes or links a zone. `first`: what the caller fills it with at once, and a job if they cannot. Throws a Problem with the field that is wrong. */
export async function addZone(
  organisation: Organisation,
  request: ZoneRequest,
  actor: Actor,
  access: OrganisationAccess,
  first: First | null = null,
): Promise<ZoneSummary> {
  const name = apexOf(request.name);
  const connection = connectionFor(organisation.id, request.connection || undefined);
  if (!connection) throw invalid({ connection: "There is no such connection." });
  assertMayAdd(request, actor, access, isOwn(connection));
  assertRoom(organisation, name);
  await assertFree(organisation, name, connection, request.link, actor);
  const kind = request.link ? "link" : "create";
  const { zone, entry } = reserve(organisation, name, connection, kind, actor, first);
  pace().reserved(zone.id);
  await withZoneLock(zone.id, () => make(zone, entry, connection, kind));
  return summaryOfZone(loadZone(organisation.id, zone.id, actor), actor);
}

/** Whoever asked is answered by then, and fills the zone, or has left that to the job. */
const AT_ONCE_MS = 30_000;

function assertMayAdd(request: ZoneRequest, actor: Actor, access: OrganisationAccess, own: boolean): void {
  if (request.link) {
    if (!opensNewZones(actor)) throw new Problem("forbidden", notNewZones, { missing: "full" });
    if (own || actor.grants.has("dns:connections")) return;
    throw new Problem("forbidden", "Linking a zone that exists at a shared connection is for staff.", {
      missing: "dns:connections",
    });
  }
  const reason = whyNotCreate(actor, access, own);
  if (reason) throw new Problem("forbidden", reason, { missing: "dns:manage" });
}

/** The zone's row and its pending entry. Of two that ask at once for names that exclude each other, the second finds the first here. */
function reserve(
  organisation: Organisation,
  name: string,
  connection: Connection,
  kind: "create" | "link",
  actor: Actor,
  first: First | null,
) {
  return transaction((tx) => {
    assertRoom(organisation, name, tx);
    dropEndedClaim(tx, organisation.id, name);
    assertUntaken(tx, organisation.id, name, connection);
    const now = Date.now();
    const zone = {
      id: newId(now),
      organisationId: organisation.id,
      connection: connection.id,
      name,
      origin: kind === "link" ? ("linked" as const) : ("created" as const),
      status: "pending" as const,
      statusMessage: "Being set up.",
      createdAt: now,
    };
    tx.insert(zones).values(zone).run();
    if (first) firstRecords.enqueue(tx, payloadOf(zone.id, first, actor), now + AT_ONCE_MS);
    return begin(tx, zone.id, kind, actor);
  });
}

/** The entry of the journal under which the zone is made. */
export function begin(tx: DbOrTx, zoneId: string, kind: "create" | "link", actor: Actor): { zone: Zone; entry: Entry } {
  const id = addEntry(tx, { zoneId, kind, plan: [], actor });
  const entry = tx.select().from(zoneChanges).where(eq(zoneChanges.id, id)).get();
  const zone = tx.select().from(zones).where(eq(zones.id, zoneId)).get();
  if (!entry || !zone) throw new Error("the zone that was just inserted is not there");
  return { zone, entry };
}

/** Makes it at the provider, with the lock of the zone held. */
export async function make(
  zone: Zone,
  entry: Entry,
  connection: Connection,
  kind: "create" | "link",
  nameservers = env().nameservers,
): Promise<void> {
  const { provider } = connection;
  /** It is at the provider: what fails from here on leaves the entry open, to be settled. */
  let made = false;
  try {
    if (kind === "create") {
      db().update(zoneChanges).set({ sentAt: Date.now() }).where(eq(zoneChanges.id, entry.id)).run();
      killHere("before-create");
      const info = await provider.createZone({
        name: zone.name,
        nameservers: nameservers.length > 0 ? nameservers : [`ns1.${zone.name}`, `ns2.${zone.name}`],
        hostmaster: `hostmaster.${zone.name}`,
      });
      made = true;
      killHere("after-create");
      await adopt(zone, entry, connection, info);
    } else {
      const info = await provider.findZone(zone.name);
      if (!info) throw invalid({ name: "There is no such zone at this connection." });
      killHere("before-link");
      await adopt(zone, entry, connection, info);
    }
  } catch (error) {
    if (error instanceof Problem) {
      dropUnmadeZone(entry, zone, error.message);
      throw error;
    }
    const failure = asProviderError(error);
    if (!made && (kind === "link" || failure.outcome !== "unknown")) dropUnmadeZone(entry, zone, failure.message);
    else noteGivenUp(entry.id);
    throw problemOf(failure, null);
  }
}

/** Takes the zone's records into the mirror and closes the entry. How many there are in a zone that exists nobody knows before. */
async function adopt(zone: Zone, entry: Entry, connection: Connection, info: ZoneInfo): Promise<void> {
  if (entry.kind === "link" && connection.kind !== "local")
    await inThread("adopt", { zone: zone.id, entry: entry.id, info });
  else await adoptHere(zone, entry, info);
}

export async function adoptHere(zone: Zone, entry: Entry, info: ZoneInfo): Promise<void> {
  const { rrsets } = await connectionOf(zone).provider.readZone(info.externalId);
  const scope = new Set(rrsets.map(rrsetKey));
  const plan = makePlan([], rrsets, { scope, apex: zone.name });
  await journalPlan(entry.id, plan);
  const built = plan.length > WRITTEN_BESIDE ? await buildGeneration(zone, plan) : null;
  const take = () =>
    transaction((tx) => {
      if (built) switchTo(tx, built);
      else putRRsets(tx, zone.id, zone.name, rrsets);
      const now = Date.now();
      const revision = bumpRevision(tx, zone.id);
      tx.update(zones)
        .set({
          externalId: info.externalId,
          status: info.status,
          statusMessage: info.readOnly || info.statusMessage || (isToCome(tx, zone.id) ? TO_COME : ""),
          providerVersion: info.version,
          serial: info.serial,
          ...signedOf(info),
          refreshedAt: now,
          comparedAt: now,
        })
        .where(eq(zones.id, zone.id))
        .run();
      tellGranted(tx, zone.id);
      tx.delete(zoneClaims).where(eq(zoneClaims.zoneId, zone.id)).run();
      tx.update(zoneChanges)
        .set({ state: "applied", revision, stepsDone: 1, settledAt: now })
        .where(eq(zoneChanges.id, entry.id))
        .run();
      audit(tx, actorOfEntry(entry), {
        target: { type: "zone", id: zone.id, label: zone.name },
        organisationId: zone.organisationId,
        after: { change: entry.id, origin: zone.origin, connection: zone.connection, records: countOf(rrsets) },
        asStaff: !isMember(zone.organisationId, entry.actorId),
      });
    });
  await closeWith(built, take);
}

/** For an entry that outlived its process: is the zone at the provider? True once it is settled. */
export async function finishNewZone(entry: Entry, zone: Zone): Promise<boolean> {
  const connection = connectionById(zone.connection);
  if (!connection) return false;
  const info = await connection.provider.findZone(zone.name);
  if (entry.kind === "create" && connection.kind !== "local" && !info && mayStillLand(entry)) return false;
  // What was never sent is not there because of this, whoever made it. A link makes nothing, and is carried on.
  if (!info || (entry.kind === "create" && entry.sentAt === null)) {
    dropUnmadeZone(entry, zone, "It was not made.");
    return true;
  }
  await adopt(zone, entry, connection, info);
  return true;
}

/** What a form needs to offer adding a zone. */
export function zoneChoices(organisation: Organisation, actor: Actor, access: OrganisationAccess) {
  const reason = whyNotAsk(actor, access);
  const mayLink = reason === null && actor.grants.has("dns:connections");
  const items = connectionsFor(organisation.id).map((connection, index) => {
    const own = isOwn(connection);
    return {
      id: connection.id,
      kind: connection.kind,
      label: connection.label,
      default: index === 0,
      own,
      mayCreate: connection.provider.capabilities.createsZones && reason === null,
      proof: !own && provesFirst(actor),
      mayLink: mayLink || (own && reason === null),
    };
  });
  return {
    items,
    mayCreate: items.some((item) => item.mayCreate),
    mayLink: items.some((item) => item.mayLink),
    reason,
  };
}

const countOf = (rrsets: readonly RRset[]): number => rrsets.reduce((sum, set) => sum + set.records.length, 0);

const isMember = (organisationId: string, userId: string | null): boolean =>
  db().get<{ n: number }>(
    sql`select count(*) as n from ${organisations} o join organisation_members m on m.organisation_id = o.id where o.id = ${organisationId} and m.user_id = ${userId}`,
  ).n > 0;
