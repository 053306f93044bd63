/** Invitations into a server: sending, sending again, taking back. Answering them is in `lib/invites`. */
import { and, desc, eq, gt } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { organisations, serverInvites, serverSubusers, users } from "#db/schema/index.ts";
import type { ServerCapability } from "#lib/access/server-capability.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { assertRoom, INVITE_TARGETS, type Inviter, inWords, mailInvite } from "#lib/invites/mail.ts";
import { standingSenders } from "#lib/invites/sender.ts";
import { withdrawMail } from "#lib/mail/outbox.ts";
import { nameOf } from "#lib/organisations/invites.ts";
import type { LoadedServer, ServerRow } from "../load.ts";
import { isOwner } from "./owner.ts";
import { assertRoomInside, type Terms } from "./people.ts";
import type { PendingInvite } from "./shapes.ts";

type Person = Actor & { id: string };

/** Invites an address: the answer is the same whether or not it has an account. One that was invited before is invited anew. */
export function inviteInto(
  { server }: LoadedServer,
  { email, ...terms }: Terms & { email: string },
  actor: Person,
): { status: "invited"; email: string } {
  return transaction((tx) => {
    assertNobodyHere(tx, server, email);
    const before = tx
      .select()
      .from(serverInvites)
      .where(and(eq(serverInvites.serverId, server.id), eq(serverInvites.email, email)))
      .get();
    if (!before) assertRoomInside(tx, server);
    if (!before || before.expiresAt <= Date.now()) assertRoom(tx, inviterOf(server));
    const id = before?.id ?? newId();
    const row = {
      capabilities: JSON.stringify(terms.capabilities),
      accessUntil: terms.expiresAt,
      invitedBy: actor.id,
      ...mailed(tx, server, { email, ...terms }, before?.mailId, actor),
    };
    tx.insert(serverInvites)
      .values({ id, serverId: server.id, email, ...row })
      .onConflictDoUpdate({ target: [serverInvites.serverId, serverInvites.email], set: row })
      .run();
    audit(tx, actor, {
      ...inviteTarget(server, id, email),
      before: before && { capabilities: JSON.parse(before.capabilities), expiresAt: before.accessUntil },
      after: terms,
    });
    return { status: "invited", email };
  });
}

export function listInvitesInto({ server }: Pick<LoadedServer, "server">): PendingInvite[] {
  const stands = standingSenders({ organisationId: server.organisationId, zoneId: null, into: server });
  return db()
    .select({ row: serverInvites, sender: users.name })
    .from(serverInvites)
    .innerJoin(users, eq(users.id, serverInvites.invitedBy))
    .where(and(eq(serverInvites.serverId, server.id), gt(serverInvites.expiresAt, Date.now())))
    .orderBy(desc(serverInvites.createdAt))
    .limit(200)
    .all()
    .map(({ row, sender }) => {
      const { id, email, accessUntil, invitedBy, createdAt, expiresAt } = row;
      const capabilities = JSON.parse(row.capabilities) as ServerCapability[];
      return { id, email, capabilities, accessUntil, sender, valid: stands(invitedBy), createdAt, expiresAt };
    });
}

/** A new link in a new mail; the one before is void. */
export function resendInvite({ server }: LoadedServer, id: string, actor: Person): { sent: string; expiresAt: number } {
  return transaction((tx) => {
    const before = tx.select().from(serverInvites).where(here(server, id)).get();
    if (!before || before.expiresAt <= Date.now()) throw notFound("invitation");
    const terms = {
      capabilities: JSON.parse(before.capabilities) as ServerCapability[],
      expiresAt: before.accessUntil,
    };
    const row = { invitedBy: actor.id, ...mailed(tx, server, { email: before.email, ...terms }, before.mailId, actor) };
    tx.update(serverInvites).set(row).where(here(server, id)).run();
    audit(tx, actor, {
      ...inviteTarget(server, id, before.email),
      before: { expiresAt: before.expiresAt },
      after: { expiresAt: row.expiresAt },
    });
    return { sent: id, expiresAt: row.expiresAt };
  });
}

export function revokeInvite({ server }: LoadedServer, id: string, actor: Actor): { revoked: string } {
  return transaction((tx) => {
    const row = tx.delete(serverInvites).where(here(server, id)).returning().get();
    if (!row) throw notFound("invitation");
    if (row.mailId) withdrawMail(tx, row.mailId);
    audit(tx, actor, {
      ...inviteTarget(server, id, row.email),
      before: { capabilities: JSON.parse(row.capabilities), expiresAt: row.accessUntil },
    });
    return { revoked: id };
  });
}

/** The lists of sub-users and of members say as much to whoever may invite. */
function assertNobodyHere(tx: Tx, server: ServerRow, email: string): void {
  const account = tx.select({ id: users.id }).from(users).where(eq(users.email, email)).get();
  if (!account) return;
  const inside = tx
    .select({ id: serverSubusers.userId })
    .from(serverSubusers)
    .where(and(eq(serverSubusers.serverId, server.id), eq(serverSubusers.userId, account.id)))
    .get();
  const message = inside
    ? "This person is a sub-user already: change what they may do instead."
    : isOwner(tx, server, account.id)
      ? "This person has the server, and may do everything already."
      : null;
  if (message !== null) throw new Problem("already_exists", message, { fields: { email: message } });
}

function mailed(
  tx: Tx,
  server: ServerRow,
  { email, expiresAt }: Terms & { email: string },
  previous: string | null | undefined,
  actor: Person,
) {
  const by = nameOf(tx, actor.id);
  const until = expiresAt === null ? "" : `, until ${inWords(expiresAt)}`;
  return mailInvite(tx, {
    kind: "server",
    from: inviterOf(server),
    fromName: nameOfOwner(tx, server) ?? by,
    email,
    by,
    what: `to use the server ${server.name}${until}`,
    previous: previous ?? null,
    ...(expiresAt === null ? {} : { until: expiresAt }),
  });
}

function nameOfOwner(tx: Tx, { organisationId }: ServerRow): string | undefined {
  if (organisationId === null) return undefined;
  return tx.select({ name: organisations.name }).from(organisations).where(eq(organisations.id, organisationId)).get()
    ?.name;
}

const inviterOf = ({ organisationId, userId }: ServerRow): Inviter =>
  organisationId === null ? { account: userId ?? "" } : { organisation: organisationId };

const here = ({ id: serverId }: ServerRow, id: string) =>
  and(eq(serverInvites.id, id), eq(serverInvites.serverId, serverId));

const inviteTarget = (server: ServerRow, id: string, email: string) => ({
  target: { type: INVITE_TARGETS.server, id: `${server.id}/${id}`, label: `${email} in ${server.name}` },
  organisationId: server.organisationId,
});
