/** How a zone comes to be here: created, or linked because the provider has it already. Both are entries of the journal. */
import { and, count, eq, sql } from "drizzle-orm";
import { getDomain, getPublicSuffix } from "tldts";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { organisations, zoneChanges, zones } from "#db/schema/index.ts";
import type { OrganisationAccess } from "#lib/access/organisation-role.ts";
import { managesNewZones } from "#lib/access/token.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { env } from "#lib/env.ts";
import { newId } from "#lib/id.ts";
import type { Organisation } from "#lib/organisations/organisations.ts";
import { setting } from "#lib/settings/settings.ts";
import { asking, asProviderError, connectionOf, problemOf } from "./asking.ts";
import { type Connection, connectionById, connectionFor, connectionsFor, stillThere } from "./connections.ts";
import { actorOfEntry, addEntry, bumpRevision, type Entry } from "./journal.ts";
import { mayStillLand, noteGivenUp } from "./landing.ts";
import { buildGeneration, dropGeneration, switchTo, WRITTEN_BESIDE } from "./large/generation.ts";
import { journalPlan } from "./large/journaled.ts";
import { inThread } from "./large/thread.ts";
import { putRRset } from "./mirror.ts";
import { isBelow, parseZoneName } from "./name.ts";
import { makePlan } from "./plan.ts";
import type { ZoneInfo } from "./providers/provider.ts";
import { type RRset, rrsetKey } from "./rrset.ts";
import { dropUnmadeZone } from "./settle.ts";
import { withZoneLock } from "./zone-lock.ts";
import { loadZone, summaryOfZone, type Zone, type ZoneSummary } from "./zones.ts";

export interface ZoneRequest {
  name: string;
  connection?: string | undefined;
  link: boolean;
}

/** Why this actor cannot create zones here, or null. */
function whyNotCreate(actor: Actor, access: OrganisationAccess, own: boolean): string | null {
  if (!access.has("admin")) return "Only admins and the owner of this organisation add zones.";
  if (!opensNewZones(actor)) return notNewZones;
  if (own) return null;
  if (actor.grants.has("dns:manage") || setting("zone_claims") === "trusted") return null;
  return "On this panel, staff add zones. Ask them to add yours.";
}

/** A token's rules name zones by id: of one that is yet to be made nothing but a rule for any zone can speak. */
const opensNewZones = ({ token }: Actor): boolean => !token || managesNewZones(token.rights);
const notNewZones = "This token adds no zones: that takes a rule for every zone, at full and for all names and types.";

/** Makes or links a zone. Throws a Problem with the field that is wrong. */
export async function addZone(
  organisation: Organisation,
  request: ZoneRequest,
  actor: Actor,
  access: OrganisationAccess,
): Promise<ZoneSummary> {
  const name = apexOf(request.name);
  const connection = connectionFor(organisation.id, request.connection || undefined);
  if (!connection) throw invalid({ connection: "There is no such connection." });
  assertMayAdd(request, actor, access, isOwn(connection));
  assertRoom(organisation, name);
  await assertFree(organisation, name, connection, request.link, actor);
  const kind = request.link ? "link" : "create";
  const { zone, entry } = reserve(organisation, name, connection, kind, actor);
  await withZoneLock(zone.id, () => make(zone, entry, connection, kind));
  return summaryOfZone(loadZone(organisation.id, zone.id, actor), actor);
}

/** At a connection that the organisation brought, everything is its own. */
const isOwn = (connection: Connection): boolean => connection.organisationId !== null;

/** Nobody gets a public suffix: what is asked for is a registrable name, or below one, or a reverse zone. */
function apexOf(input: string): string {
  const parsed = parseZoneName(input);
  if (!parsed.ok) throw invalid({ name: parsed.reason });
  const bare = parsed.value.slice(0, -1);
  const reverse = /(^|\.)(in-addr|ip6)\.arpa$/.test(bare);
  if (reverse ? /^(in-addr|ip6)\.arpa$/.test(bare) : getDomain(bare, { allowPrivateDomains: false }) === null) {
    const suffix = getPublicSuffix(bare);
    throw invalid({
      name:
        suffix === bare
          ? `${bare} is a public suffix: nobody can own it here.`
          : `${bare} is not a name that can be a zone.`,
    });
  }
  return parsed.value;
}

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

/** Room for one more, of this name. */
export function assertRoom(organisation: Pick<Organisation, "id">, name: string, tx: DbOrTx = db()): void {
  const limit = setting("limits.zones_per_organisation", tx);
  const has = tx.select({ n: count() }).from(zones).where(eq(zones.organisationId, organisation.id)).get()?.n ?? 0;
  if (has >= limit) throw new Problem("conflict", `An organisation can have at most ${limit} zones.`);
  const own = and(eq(zones.organisationId, organisation.id), eq(zones.name, name));
  if (tx.select({ id: zones.id }).from(zones).where(own).get()) {
    throw new Problem("already_exists", "This organisation has this zone already.", {
      fields: { name: "This organisation has this zone already." },
    });
  }
}

/** Refused when the connection holds a zone at, above or below it that is not this organisation's. Does not say whose. */
export async function assertFree(
  organisation: Pick<Organisation, "id">,
  name: string,
  connection: Connection,
  link: boolean,
  actor: Actor,
): Promise<void> {
  const related = await asking(() => connection.provider.relatedZones(name));
  const owners = ownersAt(connection, db());
  const links = isOwn(connection) || actor.grants.has("dns:connections");
  const all = new Set([
    ...related,
    ...[...owners.keys()].filter((other) => other === name || isBelow(other, name) || isBelow(name, other)),
  ]);
  for (const other of all) {
    const owner = owners.get(other);
    if (owner === organisation.id) continue;
    // What stands at the connection without an organisation may be linked, and zones beside it too, by who may link.
    if (owner === undefined && link && links) continue;
    if (owner === undefined && other === name && links) {
      const message = "This zone exists at the connection. Link it instead.";
      throw new Problem("already_exists", message, { fields: { name: message } });
    }
    if (owner === undefined && isOwn(connection)) continue;
    throw taken();
  }
  if (link && !related.includes(name)) throw invalid({ name: "There is no such zone at this connection." });
}

const taken = (): Problem => {
  const message = "This name, or one above or below it, is taken at this connection.";
  return new Problem("already_exists", message, { fields: { name: message } });
};

/** Zones of a connection that the panel knows, by name, and whose they are. */
const ownersAt = (connection: Connection, tx: DbOrTx): Map<string, string> =>
  new Map(
    tx
      .select({ name: zones.name, organisationId: zones.organisationId })
      .from(zones)
      .where(eq(zones.connection, connection.id))
      .all()
      .map((row) => [row.name, row.organisationId]),
  );

/** The zone's row and its pending entry. Of two that ask at once for names that exclude each other, the second finds the first here. */
function reserve(
  organisation: Organisation,
  name: string,
  connection: Connection,
  kind: "create" | "link",
  actor: Actor,
) {
  return transaction((tx) => {
    assertRoom(organisation, name, tx);
    if (!stillThere(tx, connection.id)) throw invalid({ connection: "There is no such connection." });
    for (const [other, owner] of ownersAt(connection, tx)) {
      if (other === name || (owner !== organisation.id && (isBelow(other, name) || isBelow(name, other))))
        throw taken();
    }
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
    const id = addEntry(tx, { zoneId: zone.id, kind, plan: [], actor });
    const entry = tx.select().from(zoneChanges).where(eq(zoneChanges.id, id)).get();
    const row = tx.select().from(zones).where(eq(zones.id, zone.id)).get();
    if (!entry || !row) throw new Error("the zone that was just inserted is not there");
    return { zone: row, entry };
  });
}

async function make(zone: Zone, entry: Entry, connection: Connection, kind: "create" | "link"): Promise<void> {
  const { provider } = connection;
  const { nameservers } = env();
  /** It is at the provider: what fails from here on leaves the entry open, to be settled. */
  let made = false;
  try {
    if (kind === "create") {
      db().update(zoneChanges).set({ sentAt: Date.now() }).where(eq(zoneChanges.id, entry.id)).run();
      const info = await provider.createZone({
        name: zone.name,
        nameservers: nameservers.length > 0 ? nameservers : [`ns1.${zone.name}`, `ns2.${zone.name}`],
        hostmaster: `hostmaster.${zone.name}`,
      });
      made = true;
      await adopt(zone, entry, connection, info);
    } else {
      const info = await provider.findZone(zone.name);
      if (!info) throw invalid({ name: "There is no such zone at this connection." });
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
  if (entry.kind === "link" && connection.kind === "powerdns")
    await inThread("adopt", { zone: zone.id, entry: entry.id, info });
  else await adoptHere(zone, entry, info);
}

export async function adoptHere(zone: Zone, entry: Entry, info: ZoneInfo): Promise<void> {
  const { rrsets } = await connectionOf(zone).provider.readZone(info.externalId);
  const scope = new Set(rrsets.map(rrsetKey));
  const plan = makePlan([], rrsets, { scope, apex: zone.name });
  await journalPlan(entry.id, plan);
  const built = plan.length > WRITTEN_BESIDE ? await buildGeneration(zone, plan) : null;
  transaction((tx) => {
    if (built) switchTo(tx, built);
    else for (const set of rrsets) putRRset(tx, zone.id, zone.name, set);
    const now = Date.now();
    tx.update(zones)
      .set({
        externalId: info.externalId,
        status: info.status,
        statusMessage: info.readOnly ?? info.statusMessage ?? "",
        providerVersion: info.version,
        serial: info.serial,
        refreshedAt: now,
        comparedAt: now,
      })
      .where(eq(zones.id, zone.id))
      .run();
    const revision = bumpRevision(tx, zone.id);
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
  if (built) await dropGeneration(zone.generation);
}

/** For an entry that outlived its process: is the zone at the provider? True once it is settled. */
export async function finishNewZone(entry: Entry, zone: Zone): Promise<boolean> {
  const connection = connectionById(zone.connection);
  if (!connection) return false;
  const info = await connection.provider.findZone(zone.name);
  if (entry.kind === "create" && connection.kind !== "local" && !info && mayStillLand(entry)) return false;
  if (!info || entry.sentAt === null) {
    dropUnmadeZone(entry, zone, "It was not made.");
    return true;
  }
  await adopt(zone, entry, connection, info);
  return true;
}

/** What a form needs to offer adding a zone. */
export function zoneChoices(organisation: Organisation, actor: Actor, access: OrganisationAccess) {
  const mayLink = access.has("admin") && opensNewZones(actor) && actor.grants.has("dns:connections");
  const items = connectionsFor(organisation.id).map((connection, index) => {
    const own = isOwn(connection);
    return {
      id: connection.id,
      kind: connection.kind,
      label: connection.label,
      default: index === 0,
      own,
      mayCreate: connection.provider.capabilities.createsZones && whyNotCreate(actor, access, own) === null,
      mayLink: mayLink || (own && access.has("admin") && opensNewZones(actor)),
    };
  });
  return {
    items,
    mayCreate: items.some((item) => item.mayCreate),
    mayLink: items.some((item) => item.mayLink),
    reason: whyNotCreate(actor, access, false),
  };
}

const countOf = (rrsets: readonly RRset[]): number => rrsets.reduce((sum, set) => sum + set.records.length, 0);

const isMember = (organisationId: string, userId: string | null): boolean =>
  db().get<{ n: number }>(
    sql`select count(*) as n from ${organisations} o join organisation_members m on m.organisation_id = o.id where o.id = ${organisationId} and m.user_id = ${userId}`,
  ).n > 0;
