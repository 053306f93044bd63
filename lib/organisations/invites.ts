/** Invitations to an organisation: sending, sending again, taking back. Answering them is in `lib/invites`. */
import { and, desc, eq, gt, inArray, type SQL } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { organisationInvites, serverInvites, servers, users, zoneInvites, zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { assertRoom, INVITE_TARGETS, mailInvite } from "#lib/invites/mail.ts";
import { standingSenders } from "#lib/invites/sender.ts";
import { withdrawMail } from "#lib/mail/outbox.ts";
import type { Inside } from "./members.ts";

export type InvitedRole = "admin" | "member";

export interface Invite {
  id: string;
  email: string;
  role: InvitedRole;
  /** Who sent it last. */
  sender: string;
  /** Whether it can be accepted: while who sent it may invite. */
  valid: boolean;
  createdAt: number;
  expiresAt: number;
}

export function listInvites({ id: organisationId }: { id: string }): Invite[] {
  const stands = standingSenders({ organisationId, zoneId: null, into: null });
  return db()
    .select({
      id: organisationInvites.id,
      email: organisationInvites.email,
      role: organisationInvites.role,
      senderId: organisationInvites.invitedBy,
      sender: users.name,
      createdAt: organisationInvites.createdAt,
      expiresAt: organisationInvites.expiresAt,
    })
    .from(organisationInvites)
    .innerJoin(users, eq(users.id, organisationInvites.invitedBy))
    .where(and(eq(organisationInvites.organisationId, organisationId), gt(organisationInvites.expiresAt, Date.now())))
    .orderBy(desc(organisationInvites.createdAt))
    .limit(200)
    .all()
    .map(({ senderId, ...invite }) => ({ ...invite, valid: stands(senderId) }));
}

/** Invites an address. One that was invited before is invited anew: the earlier link is void. */
export function inviteMember(
  tx: Tx,
  inside: Inside,
  input: { email: string; role: InvitedRole },
  actor: Actor & { id: string },
): void {
  const { organisation } = inside;
  const before = tx
    .select()
    .from(organisationInvites)
    .where(and(eq(organisationInvites.organisationId, organisation.id), eq(organisationInvites.email, input.email)))
    .get();
  if (!before || before.expiresAt <= Date.now()) assertRoom(tx, { organisation: organisation.id });
  const id = before?.id ?? newId();
  const row = { role: input.role, invitedBy: actor.id, ...mailed(tx, inside, input, before?.mailId, actor) };
  tx.insert(organisationInvites)
    .values({ id, organisationId: organisation.id, email: input.email, ...row })
    .onConflictDoUpdate({ target: [organisationInvites.organisationId, organisationInvites.email], set: row })
    .run();
  audit(tx, actor, {
    ...inviteTarget(inside, id, input.email),
    before: before && { role: before.role },
    after: { role: input.role, expiresAt: row.expiresAt },
  });
}

/** A new link in a new mail; the one before is void. */
export function resendInvite(
  inside: Inside,
  id: string,
  actor: Actor & { id: string },
): { sent: string; expiresAt: number } {
  return transaction((tx) => {
    const before = tx.select().from(organisationInvites).where(here(inside, id)).get();
    if (!before || before.expiresAt <= Date.now()) throw notFound("invitation");
    const row = { invitedBy: actor.id, ...mailed(tx, inside, before, before.mailId, actor) };
    tx.update(organisationInvites).set(row).where(here(inside, id)).run();
    audit(tx, actor, {
      ...inviteTarget(inside, id, before.email),
      before: { role: before.role, expiresAt: before.expiresAt },
      after: { role: before.role, expiresAt: row.expiresAt },
    });
    return { sent: id, expiresAt: row.expiresAt };
  });
}

export function revokeInvite(inside: Inside, id: string, actor: Actor): { revoked: string } {
  return transaction((tx) => {
    const row = tx.delete(organisationInvites).where(here(inside, id)).returning().get();
    if (!row) throw notFound("invitation");
    if (row.mailId) withdrawMail(tx, row.mailId);
    audit(tx, actor, { ...inviteTarget(inside, id, row.email), before: { role: row.role } });
    return { revoked: id };
  });
}

/** Whoever goes, or is no longer an admin, takes along the invitations they sent, to the organisation, to its zones and into its servers. */
export function withdrawInvitesOf(tx: Tx, organisationId: string, userId: string): void {
  deleteInvites(tx, organisationId, eq(organisationInvites.invitedBy, userId), eq(zoneInvites.invitedBy, userId));
  const owned = tx.select({ id: servers.id }).from(servers).where(eq(servers.organisationId, organisationId));
  withdrawMails(
    tx,
    tx
      .delete(serverInvites)
      .where(and(inArray(serverInvites.serverId, owned), eq(serverInvites.invitedBy, userId)))
      .returning({ mailId: serverInvites.mailId })
      .all(),
  );
}

/** Whoever is in needs no invitation any more, neither to the organisation nor to its zones. */
export const dropInvitesTo = (tx: Tx, organisationId: string, email: string): void =>
  deleteInvites(tx, organisationId, eq(organisationInvites.email, email), eq(zoneInvites.email, email));

function deleteInvites(tx: Tx, organisationId: string, toIt: SQL, toZones: SQL): void {
  const owned = tx.select({ id: zones.id }).from(zones).where(eq(zones.organisationId, organisationId));
  const gone = [
    ...tx
      .delete(organisationInvites)
      .where(and(eq(organisationInvites.organisationId, organisationId), toIt))
      .returning({ mailId: organisationInvites.mailId })
      .all(),
    ...tx
      .delete(zoneInvites)
      .where(and(inArray(zoneInvites.zoneId, owned), toZones))
      .returning({ mailId: zoneInvites.mailId })
      .all(),
  ];
  withdrawMails(tx, gone);
}

function withdrawMails(tx: Tx, gone: readonly { mailId: string | null }[]): void {
  for (const { mailId } of gone) if (mailId) withdrawMail(tx, mailId);
}

function mailed(
  tx: Tx,
  { organisation }: Inside,
  { email, role }: { email: string; role: InvitedRole },
  previous: string | null | undefined,
  actor: Actor & { id: string },
) {
  const by = nameOf(tx, actor.id);
  const what = `to join ${organisation.name} as ${role === "admin" ? "an admin" : "a member"}`;
  const from = { organisation: organisation.id };
  return mailInvite(tx, {
    kind: "organisation",
    from,
    fromName: organisation.name,
    email,
    by,
    what,
    previous: previous ?? null,
  });
}

export function nameOf(tx: Tx, userId: string): string {
  const row = tx.select({ name: users.name }).from(users).where(eq(users.id, userId)).get();
  if (!row) throw new Problem("unauthenticated", "Sign in first.");
  return row.name;
}

const here = ({ organisation }: Inside, id: string) =>
  and(eq(organisationInvites.id, id), eq(organisationInvites.organisationId, organisation.id));

const inviteTarget = ({ organisation, asStaff }: Inside, id: string, email: string) => ({
  target: { type: INVITE_TARGETS.organisation, id, label: email },
  organisationId: organisation.id,
  asStaff,
});
