/** What goes with an account, and what becomes of the organisations that it owns: shown before, chosen, and done. */
import { and, asc, count, eq, getTableColumns, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import * as z from "zod";
import { db, type Tx } from "#db/client.ts";
import {
  deletedZones,
  organisationInvites,
  organisationMembers,
  organisations,
  passkeys,
  serverInvites,
  shortUrls,
  tokens,
  users,
  zoneInvites,
  zonePermissions,
  zones,
} from "#db/schema/index.ts";
import { systemActor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { withdraw } from "#lib/dns/claims/claims.ts";
import { deleteZone } from "#lib/dns/delete-zone.ts";
import { loadZone } from "#lib/dns/zones.ts";
import { tell } from "#lib/mail/news.ts";
import { removeOrganisation, targetOf } from "#lib/organisations/organisations.ts";
import { endServers, serversOf } from "#lib/servers/ending.ts";
import { OwnedOrganisation, organisationsOwnedBy } from "./owned-organisations.ts";
import { isShut } from "./shut.ts";

/** Handed over to one of its admins, or (null) deleted with its zones and servers. */
export const Choice = z.object({ organisation: z.string().max(40), handOverTo: z.string().max(40).nullable() });
export type Choice = z.output<typeof Choice>;

type Reading = Pick<Tx, "select" | "all">;

export const Effects = z.object({
  organisations: z.array(OwnedOrganisation),
  memberships: z.number().int(),
  zoneLevels: z.number().int(),
  tokens: z.number().int(),
  passkeys: z.number().int(),
  invitations: z.number().int(),
  shortUrls: z.number().int(),
  /** Its own, which are deleted with all of their files. */
  servers: z.number().int(),
});

/** All that goes, in numbers, and the organisations by name. */
export function effectsFor(userId: string, tx: Reading = db()): z.output<typeof Effects> {
  const owned = organisationsOwnedBy([userId], tx).get(userId) ?? [];
  const n = (table: SQLiteTable, column: SQLiteColumn): number =>
    tx.select({ n: count() }).from(table).where(eq(column, userId)).get()?.n ?? 0;
  return {
    organisations: owned,
    memberships: n(organisationMembers, organisationMembers.userId) - owned.length,
    zoneLevels: n(zonePermissions, zonePermissions.userId),
    tokens: n(tokens, tokens.userId),
    passkeys: n(passkeys, passkeys.userId),
    invitations:
      n(organisationInvites, organisationInvites.invitedBy) +
      n(zoneInvites, zoneInvites.invitedBy) +
      n(serverInvites, serverInvites.invitedBy),
    shortUrls: n(shortUrls, shortUrls.createdBy),
    servers: serversOf({ userId }, tx).length,
  };
}

/** Refuses until something is chosen for every organisation that the account owns. Members of one that goes are told. */
export function assertChosen(tx: Tx, userId: string, choices: readonly Choice[], dueAt: number): void {
  const { organisations: owned } = effectsFor(userId, tx);
  const open = owned.filter(({ id }) => !choices.some((choice) => choice.organisation === id));
  if (open.length > 0)
    throw new Problem(
      "conflict",
      `This account owns ${named(open)}. Say whether each is handed over to one of its admins, or deleted with its zones and servers.`,
      { organisations: open.map(({ id, handle, name }) => ({ id, handle, name })) },
    );
  for (const { id, name, admins } of owned) {
    const heir = choices.find((choice) => choice.organisation === id)?.handOverTo ?? null;
    if (heir !== null && !admins.some((admin) => admin.id === heir))
      throw new Problem("conflict", `Only an admin of ${name} can own it. Make them one first.`, {
        fields: { choices: `Only an admin of ${name} can own it.` },
      });
    if (heir !== null) continue;
    for (const member of others(tx, id, userId))
      tell(tx, member.userId, "organisation-ending", {
        subject: `${name} will be deleted`,
        text: `Whoever owns ${name} is leaving, and on ${new Date(dueAt).toISOString().slice(0, 10)} it will be deleted with its zones and servers. If it should stay, speak to them, or to whoever runs this panel, before then.`,
      });
  }
}

/** Servers of the account, and of what is to be deleted. Throws until their nodes have deleted them. */
export function deleteServersOf(userId: string, choices: readonly Choice[]): void {
  const ids = [
    ...serversOf({ userId }),
    ...doomedOf(userId, choices).flatMap(({ id }) => serversOf({ organisationId: id })),
  ];
  if (endServers(ids, "accounts.delete") > 0)
    throw new Waits("Its servers are being deleted at their nodes. That is looked at again.");
}

const doomedOf = (userId: string, choices: readonly Choice[]) =>
  ownedBy(db(), userId).filter(({ id }) =>
    choices.some((choice) => choice.organisation === id && choice.handOverTo === null),
  );

/** The zones of what is to be deleted, each as if somebody deleted it: they can be brought back for a while. Throws what a provider says. */
export async function deleteZonesOf(userId: string, choices: readonly Choice[], signal: AbortSignal): Promise<void> {
  const system = systemActor("accounts.delete", "panel");
  for (const { id } of doomedOf(userId, choices))
    for (const zone of db().select().from(zones).where(eq(zones.organisationId, id)).all()) {
      signal.throwIfAborted();
      const loaded = loadZone(id, zone.id, system);
      if (zone.reserved === 0) await withdraw(loaded, system);
      else await deleteZone(loaded, { name: zone.name }, system);
    }
}

/**
 * What the account owns goes where it was chosen. Throws, with a sentence, where that is not possible any more. Returns those
 * organisations that stay without an owner until their zones cannot be brought back.
 */
export function settleOwned(tx: Tx, userId: string, choices: readonly Choice[], askedAt: number): string[] {
  const system = systemActor("accounts.delete", "panel");
  const closing: string[] = [];
  if (serversOf({ userId }, tx).length > 0) throw new Waits("It has servers by now.");
  for (const { id, name } of ownedBy(tx, userId)) {
    const choice = choices.find((one) => one.organisation === id);
    if (!choice) throw new Waits(`It owns ${name} by now, and nobody has said what becomes of that.`);
    const members = others(tx, id, userId);
    const own = and(eq(organisationMembers.organisationId, id), eq(organisationMembers.userId, userId));
    if (choice.handOverTo !== null) {
      const heir = members.find((member) => member.userId === choice.handOverTo && member.role === "admin");
      if (!heir) throw new Waits(`Whoever was to own ${name} is no longer an admin of it.`);
      if (isShut(heir)) throw new Waits(`Whoever was to own ${name} is suspended, or about to be deleted.`);
      tx.delete(organisationMembers).where(own).run();
      tx.update(organisationMembers)
        .set({ role: "owner" })
        .where(and(eq(organisationMembers.organisationId, id), eq(organisationMembers.userId, heir.userId)))
        .run();
      audit(tx, system, { ...targetOf({ id, name }), before: { owner: userId }, after: { owner: heir.userId } });
      const subject = `${name} has another owner`;
      tell(tx, heir.userId, "ownership", { subject, text: `You own ${name} now.` });
      continue;
    }
    if (members.some((member) => member.createdAt > askedAt))
      throw new Waits(`Somebody has joined ${name} since its deletion was asked for.`);
    if (tx.select({ id: zones.id }).from(zones).where(eq(zones.organisationId, id)).get())
      throw new Waits(`${name} still has zones.`);
    if (serversOf({ organisationId: id }, tx).length > 0) throw new Waits(`${name} still has servers.`);
    tx.delete(organisationMembers).where(own).run();
    if (hasDeletedZones(tx, id)) closing.push(id);
    else close(tx, id);
  }
  return closing;
}

/** Those that still wait: some whose zones can be brought back, or that have zones again. One with an owner is nobody's concern any more. */
export function closeWhatCan(tx: Tx, ids: readonly string[]): string[] {
  return ids.filter((id) => {
    const row = tx.select({ id: organisations.id }).from(organisations).where(eq(organisations.id, id)).get();
    const owner = tx
      .select({ id: organisationMembers.userId })
      .from(organisationMembers)
      .where(and(eq(organisationMembers.organisationId, id), eq(organisationMembers.role, "owner")))
      .get();
    if (!row || owner) return false;
    if (tx.select({ id: zones.id }).from(zones).where(eq(zones.organisationId, id)).get()) return true;
    if (hasDeletedZones(tx, id) || serversOf({ organisationId: id }, tx).length > 0) return true;
    close(tx, id);
    return false;
  });
}

function close(tx: Tx, id: string): void {
  const organisation = tx.select().from(organisations).where(eq(organisations.id, id)).get();
  if (organisation) removeOrganisation(tx, organisation, systemActor("accounts.delete", "panel"), false);
}

/** Why an account that is due is not deleted yet. */
export class Waits extends Error {
  override name = "Waits";
}

const hasDeletedZones = (tx: Reading, id: string): boolean =>
  tx.select({ id: deletedZones.id }).from(deletedZones).where(eq(deletedZones.organisationId, id)).get() !== undefined;

const others = (tx: Reading, id: string, userId: string) =>
  tx
    .select({
      ...getTableColumns(organisationMembers),
      suspendedAt: users.suspendedAt,
      deletionDueAt: users.deletionDueAt,
    })
    .from(organisationMembers)
    .innerJoin(users, eq(users.id, organisationMembers.userId))
    .where(eq(organisationMembers.organisationId, id))
    .all()
    .filter((member) => member.userId !== userId);

const ownedBy = (tx: Reading, userId: string) =>
  tx
    .select({ id: organisations.id, handle: organisations.handle, name: organisations.name })
    .from(organisationMembers)
    .innerJoin(organisations, eq(organisations.id, organisationMembers.organisationId))
    .where(and(eq(organisationMembers.userId, userId), eq(organisationMembers.role, sql`'owner'`)))
    .orderBy(asc(organisations.name))
    .all();

function named(owned: readonly { name: string }[]): string {
  const names = owned.map(({ name }) => name);
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}
