/** Which names an organisation can have: how many zones, and where a connection holds what excludes one. */
import { and, count, eq, or } from "drizzle-orm";
import { type DbOrTx, db } from "#db/client.ts";
import { zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { limitOf } from "#lib/organisations/limits.ts";
import type { Organisation } from "#lib/organisations/organisations.ts";
import { asking } from "./asking.ts";
import { type Connection, stillThere } from "./connections.ts";
import { unlessStopped } from "./large/pace.ts";
import { isBelow } from "./name.ts";

/** At a connection that the organisation brought, everything is its own. */
export const isOwn = (connection: Connection): boolean => connection.organisationId !== null;

/** Room for one more, of this name. */
export function assertRoom(organisation: Pick<Organisation, "id">, name: string, tx: DbOrTx = db()): void {
  const limit = limitOf(organisation.id, "limits.zones_per_organisation", tx);
  const has = tx.select({ n: count() }).from(zones).where(eq(zones.organisationId, organisation.id)).get()?.n ?? 0;
  if (has >= limit) throw new Problem("conflict", `An organisation can have at most ${limit} zones.`);
  // A claim that has ended stands in nobody's way.
  const still = or(eq(zones.reserved, 1), eq(zones.status, "pending"));
  const own = and(eq(zones.organisationId, organisation.id), eq(zones.name, name), still);
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
  const related = await unlessStopped(asking(() => connection.provider.relatedZones(name)));
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

export const TAKEN = "This name, or one above or below it, is taken at this connection.";
const taken = (): Problem => new Problem("already_exists", TAKEN, { fields: { name: TAKEN } });

/** Throws where the connection holds, as far as the panel knows, what excludes a zone of this name. */
export function assertUntaken(tx: DbOrTx, organisationId: string, name: string, connection: Connection): void {
  if (!stillThere(tx, connection.id)) throw invalid({ connection: "There is no such connection." });
  for (const [other, owner] of ownersAt(connection, tx)) {
    if (other === name || (owner !== organisationId && (isBelow(other, name) || isBelow(name, other)))) throw taken();
  }
}

/**
 * Throws where somebody else than the two who agree on handing the name over has a zone above or below it. The two may: whole
 * families of zones go from one to the other one by one.
 */
export function assertNobodyBeside(tx: DbOrTx, parties: readonly string[], name: string, connection: Connection): void {
  const beside = [...ownersAt(connection, tx)].some(
    ([other, owner]) => !parties.includes(owner) && (isBelow(other, name) || isBelow(name, other)),
  );
  if (beside)
    throw new Problem("conflict", "A zone above or below this one is another organisation's at this connection.");
}

/** Zones of a connection that the panel knows, by name, and whose they are. One that is only asked for is nobody's yet. */
const ownersAt = (connection: Connection, tx: DbOrTx): Map<string, string> =>
  new Map(
    tx
      .select({ name: zones.name, organisationId: zones.organisationId })
      .from(zones)
      .where(and(eq(zones.connection, connection.id), eq(zones.reserved, 1)))
      .all()
      .map((row) => [row.name, row.organisationId]),
  );
