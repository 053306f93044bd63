/** Answering invitations: to an organisation, to one of its zones or into a server, by the link in the mail or from the dashboard. */
import { and, desc, eq, gt, isNotNull, type SQL, sql } from "drizzle-orm";
import { type DbOrTx, db, type Tx, transaction } from "#db/client.ts";
import {
  organisationInvites,
  organisationMembers,
  organisations,
  serverInvites,
  servers,
  users,
  zoneInvites,
  zones,
} from "#db/schema/index.ts";
import type { ServerCapability } from "#lib/access/server-capability.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { hashPassword } from "#lib/auth/password.ts";
import { hashToken } from "#lib/crypto/secret.ts";
import { type GuestLevel, scopeOf } from "#lib/dns/guests.ts";
import { writeRow } from "#lib/dns/zone-permissions.ts";
import { shownName, takesGuests } from "#lib/dns/zones.ts";
import { tell } from "#lib/mail/news.ts";
import { withdrawMail } from "#lib/mail/outbox.ts";
import type { InvitedRole } from "#lib/organisations/invites.ts";
import { join } from "#lib/organisations/members.ts";
import type { ServerRow } from "#lib/servers/load.ts";
import { isOwner } from "#lib/servers/people/owner.ts";
import { letIn, personTarget } from "#lib/servers/people/people.ts";
import { accountByEmail, insertAccount } from "#lib/users/users.ts";
import { INVITE_TARGETS } from "./mail.ts";
import { mayStillInvite } from "./sender.ts";

/** An invitation as the invited person sees it. */
export interface Invitation {
  id: string;
  /** The organisation's name and handle. A server can be an account's: then the account's name, and none. */
  organisation: string;
  handle: string | null;
  /** To the organisation: as what. Null: to a zone or into a server of it. */
  role: InvitedRole | null;
  zone: {
    name: string;
    displayName: string;
    level: GuestLevel;
    names: string[];
    types: string[];
    until: number;
  } | null;
  server: { id: string; name: string; capabilities: ServerCapability[]; until: number | null } | null;
  /** The name of who sent it. */
  invitedBy: string;
  createdAt: number;
  expiresAt: number;
}

export interface Answered {
  organisation: string;
  handle: string | null;
  /** The zone's apex name, if it was an invitation to a zone. */
  zone: string | null;
  /** The server's id, if it was an invitation into one. */
  server: string | null;
  joined: boolean;
}

/** What is behind a link: also who holds it, so that the page knows which way in to offer. */
export interface Looked extends Omit<Invitation, "id"> {
  email: string;
  /** Whether the address has an account. Only who can read its mail has the link. */
  account: boolean;
  you: "nobody" | "invited" | "somebody else";
}

interface Found extends Invitation {
  email: string;
  organisationId: string | null;
  zoneId: string | null;
  into: ServerRow | null;
  senderId: string;
  mailId: string | null;
}

const VOID =
  "This invitation is no longer valid: it was answered, taken back or replaced, whoever sent it could no longer do so, or it is too old.";

/** Those that wait for an account: to its verified address. */
export function invitationsFor(userId: string): Invitation[] {
  const account = db()
    .select({ email: users.email })
    .from(users)
    .where(and(eq(users.id, userId), isNotNull(users.emailVerifiedAt)))
    .get();
  if (!account) return [];
  const { email } = account;
  const found = find(db(), {
    organisation: eq(organisationInvites.email, email),
    zone: eq(zoneInvites.email, email),
    server: eq(serverInvites.email, email),
  });
  return found.map(
    ({ email: _e, organisationId: _o, zoneId: _z, into: _r, senderId: _s, mailId: _m, ...invitation }) => invitation,
  );
}

export function lookAt(token: string, actor: Actor): Looked {
  const { id: _i, organisationId: _o, zoneId: _z, into: _r, senderId: _s, mailId: _m, ...shown } = byToken(db(), token);
  const own = actor.id === null ? null : emailOf(db(), actor.id);
  const you = own === null ? "nobody" : own === shown.email ? "invited" : "somebody else";
  return { ...shown, you, account: accountByEmail(shown.email) !== undefined };
}

/** From the dashboard, by id: needs the address verified. Single use, whichever way it is answered. */
export function answerById(id: string, accept: boolean, actor: Actor & { id: string }): Answered {
  return transaction((tx) => {
    if (!invitationsFor(actor.id).some((invitation) => invitation.id === id)) throw notFound("invitation");
    const [found] = byId(tx, id);
    if (!found) throw notFound("invitation");
    return accept ? take(tx, found, { id: actor.id, email: found.email }, actor) : refuse(tx, found, actor);
  });
}

/** By the link, which came to the address and so proves it. The account has to have that address. */
export function acceptByLink(token: string, actor: Actor & { id: string }): Answered {
  return transaction((tx) => {
    const found = byToken(tx, token);
    if (emailOf(tx, actor.id) !== found.email) {
      throw new Problem("forbidden", `This invitation is for ${found.email}. Sign in with that address to accept it.`);
    }
    verify(tx, { id: actor.id, email: found.email }, actor);
    return take(tx, found, { id: actor.id, email: found.email }, actor);
  });
}

/** Whoever reads the address's mail may decline, with or without an account. */
export const declineByLink = (token: string, actor: Actor): Answered =>
  transaction((tx) => refuse(tx, byToken(tx, token), actor));

/** A new account for the invited address. The link proves the address; open registration has nothing to do with it. */
export async function registerByLink(
  input: { token: string; name: string; password: string },
  actor: Actor,
): Promise<Answered & { email: string }> {
  const { email: invited } = byToken(db(), input.token);
  assertNew(db(), invited);
  const passwordHash = await hashPassword(input.password, { name: input.name, email: invited });
  return transaction((tx) => {
    const found = byToken(tx, input.token);
    assertNew(tx, found.email);
    const { id, email } = insertAccount(tx, { name: input.name, email: found.email, passwordHash }, actor);
    return { ...take(tx, found, { id, email }, { ...actor, type: "user", id, label: email }), email };
  });
}

function take(tx: Tx, found: Found, account: { id: string; email: string }, actor: Actor): Answered {
  end(tx, found);
  const { role, zone, server, zoneId, into, organisationId } = found;
  // A member has more than any invitation to the organisation or to a zone could bring.
  const member = organisationId !== null && isMember(tx, organisationId, account.id);
  if (organisationId !== null && !member && role) join(tx, organisationId, account, role);
  if (!member && zone && zoneId) {
    const { level, names, types, until } = zone;
    writeRow(tx, zoneId, account.id, { level, names, types, expiresAt: until });
  }
  if (server && into && !isOwner(tx, into, account.id))
    letIn(tx, into, account.id, { capabilities: server.capabilities, expiresAt: server.until });
  audit(tx, actor, {
    ...(into
      ? personTarget(into, account.id, account.email)
      : {
          target: zone
            ? { type: "zone_permission", id: `${zoneId}/${account.id}`, label: `${account.email} in ${zone.name}` }
            : { type: "member", id: account.id, label: account.email },
          organisationId,
        }),
    after: {
      accepted: true,
      ...(zone ? { ...zone, name: undefined, displayName: undefined } : {}),
      ...(server ? { capabilities: server.capabilities, expiresAt: server.until } : {}),
      ...(role ? { role } : {}),
    },
  });
  if (found.senderId !== account.id) tellSender(tx, found, account.email, "accepted");
  return answered(found, true);
}

const isMember = (tx: Tx, organisationId: string, userId: string): boolean =>
  tx
    .select({ role: organisationMembers.role })
    .from(organisationMembers)
    .where(and(eq(organisationMembers.organisationId, organisationId), eq(organisationMembers.userId, userId)))
    .get() !== undefined;

function refuse(tx: Tx, found: Found, actor: Actor): Answered {
  end(tx, found);
  const { id, email, zone, into, role, server, organisationId } = found;
  audit(tx, actor, {
    target: into
      ? { type: INVITE_TARGETS.server, id: `${into.id}/${id}`, label: `${email} in ${into.name}` }
      : { type: INVITE_TARGETS[zone ? "zone" : "organisation"], id, label: email },
    organisationId,
    before: { accepted: false, role, level: zone?.level, capabilities: server?.capabilities },
  });
  tellSender(tx, found, found.email, "declined");
  return answered(found, false);
}

function end(tx: Tx, { id, mailId }: Found): void {
  tx.delete(organisationInvites).where(eq(organisationInvites.id, id)).run();
  tx.delete(zoneInvites).where(eq(zoneInvites.id, id)).run();
  tx.delete(serverInvites).where(eq(serverInvites.id, id)).run();
  if (mailId) withdrawMail(tx, mailId);
}

function tellSender(
  tx: Tx,
  { senderId, organisation, zone, server }: Found,
  email: string,
  what: "accepted" | "declined",
): void {
  const to = server
    ? `the server ${server.name}`
    : zone
      ? `the zone ${zone.displayName} of ${organisation}`
      : organisation;
  tell(tx, senderId, `invite-${what}`, {
    subject: `${email} ${what} your invitation`,
    text: `${email} ${what} your invitation to ${to}.`,
  });
}

const answered = ({ organisation, handle, zone, server }: Found, joined: boolean): Answered => ({
  organisation,
  handle,
  zone: zone?.name ?? null,
  server: server?.id ?? null,
  joined,
});

function verify(tx: Tx, account: { id: string; email: string }, actor: Actor): void {
  const now = Date.now();
  const unverified = tx.select({ at: users.emailVerifiedAt }).from(users).where(eq(users.id, account.id)).get();
  if (unverified?.at !== null) return;
  tx.update(users).set({ emailVerifiedAt: now, updatedAt: now }).where(eq(users.id, account.id)).run();
  audit(tx, actor, {
    target: { type: "account", id: account.id, label: account.email },
    after: { emailVerified: true },
  });
}

function assertNew(tx: DbOrTx, email: string): void {
  if (!accountByEmail(email, tx)) return;
  throw new Problem("already_exists", "This address has an account. Sign in to accept the invitation.");
}

const emailOf = (tx: DbOrTx, userId: string): string | null =>
  tx.select({ email: users.email }).from(users).where(eq(users.id, userId)).get()?.email ?? null;

/** Whether accepting it would let anybody in now. */
export const canBeAnswered = (tx: DbOrTx, id: string): boolean => byId(tx, id).length > 0;

const byId = (tx: DbOrTx, id: string): Found[] =>
  find(tx, {
    organisation: eq(organisationInvites.id, id),
    zone: eq(zoneInvites.id, id),
    server: eq(serverInvites.id, id),
  });

function byToken(tx: DbOrTx, token: string): Found {
  const hash = hashToken(token);
  const [found] = find(tx, {
    organisation: eq(organisationInvites.tokenHash, hash),
    zone: eq(zoneInvites.tokenHash, hash),
    server: eq(serverInvites.tokenHash, hash),
  });
  if (!found) throw new Problem("not_found", VOID);
  return found;
}

/** The invitations that can be answered now, newest first: not too old, not of somebody who could no longer send them, and not to a zone that takes no guests. */
function find(tx: DbOrTx, which: { organisation: SQL; zone: SQL; server: SQL }): Found[] {
  const now = Date.now();
  const shared = {
    organisationId: organisations.id,
    organisation: organisations.name,
    handle: organisations.handle,
    invitedBy: users.name,
  };
  const inOrganisations = tx
    .select({ ...shared, row: organisationInvites })
    .from(organisationInvites)
    .innerJoin(organisations, eq(organisations.id, organisationInvites.organisationId))
    .innerJoin(users, eq(users.id, organisationInvites.invitedBy))
    .where(and(which.organisation, gt(organisationInvites.expiresAt, now)))
    .orderBy(desc(organisationInvites.createdAt))
    .all()
    .map(({ row, ...rest }): Found => {
      const { id, email, role, invitedBy: senderId, mailId, createdAt, expiresAt } = row;
      const nothing = { zone: null, zoneId: null, server: null, into: null };
      return { ...rest, ...nothing, id, email, role, senderId, mailId, createdAt, expiresAt };
    });
  const inZones = tx
    .select({ ...shared, guests: organisations.guests, zoneName: zones.name, row: zoneInvites })
    .from(zoneInvites)
    .innerJoin(zones, eq(zones.id, zoneInvites.zoneId))
    .innerJoin(organisations, eq(organisations.id, zones.organisationId))
    .innerJoin(users, eq(users.id, zoneInvites.invitedBy))
    .where(and(which.zone, gt(zoneInvites.expiresAt, now)))
    .orderBy(desc(zoneInvites.createdAt))
    .all()
    .filter((found) => takesGuests(found, tx))
    .map(({ row, guests: _, zoneName: name, ...rest }): Found => {
      const { id, email, zoneId, level, invitedBy: senderId, mailId, createdAt, expiresAt } = row;
      const zone = { name, displayName: shownName({ name }), level, ...scopeOf(row), until: row.accessUntil };
      const nothing = { role: null, server: null, into: null };
      return { ...rest, ...nothing, id, email, zone, zoneId, senderId, mailId, createdAt, expiresAt };
    });
  return [...inOrganisations, ...inZones, ...intoServers(tx, which.server, now)].filter((found) =>
    mayStillInvite(tx, found),
  );
}

function intoServers(tx: DbOrTx, which: SQL, now: number): Found[] {
  return tx
    .select({
      into: servers,
      row: serverInvites,
      handle: organisations.handle,
      organisation: organisations.name,
      owner: sql<string | null>`(select o.name from users o where o.id = ${servers.userId})`,
      invitedBy: users.name,
    })
    .from(serverInvites)
    .innerJoin(servers, eq(servers.id, serverInvites.serverId))
    .innerJoin(users, eq(users.id, serverInvites.invitedBy))
    .leftJoin(organisations, eq(organisations.id, servers.organisationId))
    .where(and(which, gt(serverInvites.expiresAt, now)))
    .orderBy(desc(serverInvites.createdAt))
    .all()
    .map(({ row, into, organisation, owner, handle, invitedBy }): Found => {
      const { id, email, accessUntil: until, invitedBy: senderId, mailId, createdAt, expiresAt } = row;
      const capabilities = JSON.parse(row.capabilities) as ServerCapability[];
      return {
        organisation: organisation ?? owner ?? invitedBy,
        handle,
        invitedBy,
        organisationId: into.organisationId,
        role: null,
        zone: null,
        zoneId: null,
        server: { id: into.id, name: into.name, capabilities, until },
        into,
        id,
        email,
        senderId,
        mailId,
        createdAt,
        expiresAt,
      };
    });
}
