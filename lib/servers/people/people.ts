/** Sub-users: who was let into a server, what they may do, and how they go. */
import { and, asc, count, eq, inArray } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { serverInvites, serverSubusers, servers, sftpPasswords, users } from "#db/schema/index.ts";
import { type ServerCapability, singleCapabilities } from "#lib/access/server-capability.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { tell } from "#lib/mail/news.ts";
import { withdrawMail } from "#lib/mail/outbox.ts";
import { isShut } from "#lib/users/shut.ts";
import { cutEverybody, cutInOrganisation, cutOff } from "../holders.ts";
import type { LoadedServer, ServerRow } from "../load.ts";
import type { Person } from "./shapes.ts";

/** Sub-users of one server, with the invitations that wait. */
const MOST = 100;

export interface Terms {
  capabilities: readonly ServerCapability[];
  expiresAt: number | null;
}

type Row = typeof serverSubusers.$inferSelect;

export const listPeople = ({ server }: Pick<LoadedServer, "server">): Person[] =>
  db()
    .select({ row: serverSubusers, user: users })
    .from(serverSubusers)
    .innerJoin(users, eq(users.id, serverSubusers.userId))
    .where(eq(serverSubusers.serverId, server.id))
    .orderBy(asc(users.name), asc(users.id))
    .limit(MOST)
    .all()
    .map(({ row, user }) => ({
      userId: user.id,
      name: user.name,
      email: user.email,
      ...termsOf(row),
      expired: row.expiresAt !== null && row.expiresAt <= Date.now(),
      shut: isShut(user),
      createdAt: row.createdAt,
    }));

/** What was not named stays as it is. What they lose, the server's node takes back from them at once. */
export function editPerson(
  { server }: LoadedServer,
  userId: string,
  wanted: { capabilities?: readonly ServerCapability[] | undefined; expiresAt?: number | null | undefined },
  actor: Actor,
): { edited: string } {
  return transaction((tx) => {
    const { row, email } = loadPerson(tx, server, userId);
    const before = termsOf(row);
    const after = {
      capabilities: [...(wanted.capabilities ?? before.capabilities)],
      expiresAt: wanted.expiresAt === undefined ? before.expiresAt : wanted.expiresAt,
    };
    tx.update(serverSubusers)
      .set({ capabilities: JSON.stringify(after.capabilities), expiresAt: after.expiresAt, updatedAt: Date.now() })
      .where(rowOf(server, userId))
      .run();
    if (isLess(before, after)) cutOff(tx, server, userId);
    audit(tx, actor, { ...personTarget(server, userId, email), before, after });
    return { edited: userId };
  });
}

export function removePerson({ server }: LoadedServer, userId: string, actor: Actor): { removed: string } {
  return transaction((tx) => {
    const { row, email } = loadPerson(tx, server, userId);
    drop(tx, server, userId);
    audit(tx, actor, { ...personTarget(server, userId, email), before: termsOf(row) });
    tell(tx, userId, "server-removed", {
      subject: `You are no longer in the server ${server.name}`,
      text: `You were removed from the server ${server.name}, and no longer have access to it.`,
    });
    return { removed: userId };
  });
}

/** A sub-user goes by themselves. */
export function leaveServer({ server }: LoadedServer, actor: Actor & { id: string }): { left: string } {
  return transaction((tx) => {
    const row = tx.select().from(serverSubusers).where(rowOf(server, actor.id)).get();
    if (!row) throw new Problem("conflict", "You are not a sub-user of this server.");
    drop(tx, server, actor.id);
    audit(tx, actor, { ...personTarget(server, actor.id, actor.label), before: termsOf(row), after: { left: true } });
    return { left: server.id };
  });
}

/** In the transaction that gives a server to somebody else: those who were let in were let in by those before. */
export function endSubusers(tx: Tx, server: ServerRow, actor: Actor): void {
  const gone = tx.delete(serverSubusers).where(eq(serverSubusers.serverId, server.id)).returning().all();
  const invites = tx.delete(serverInvites).where(eq(serverInvites.serverId, server.id)).returning().all();
  for (const { mailId } of invites) if (mailId) withdrawMail(tx, mailId);
  tx.delete(sftpPasswords).where(eq(sftpPasswords.serverId, server.id)).run();
  for (const { userId } of gone) cutOff(tx, server, userId);
  // Also of those who had it before.
  cutEverybody(tx, server);
  if (gone.length + invites.length === 0) return;
  audit(tx, actor, {
    target: { type: "server", id: server.id, label: server.name },
    organisationId: server.organisationId,
    before: { subusers: gone.map(({ userId }) => userId), invitations: invites.map(({ email }) => email) },
    after: { subusers: [], invitations: [] },
  });
}

/** In the transaction that takes somebody out of an organisation. */
export function leaveServersOf(tx: Tx, organisationId: string, userId: string): void {
  cutInOrganisation(tx, userId, organisationId);
  const owned = tx.select({ id: servers.id }).from(servers).where(eq(servers.organisationId, organisationId));
  const gone = tx
    .delete(serverSubusers)
    .where(and(eq(serverSubusers.userId, userId), inArray(serverSubusers.serverId, owned)))
    .returning({ id: serverSubusers.serverId })
    .all();
  for (const { id } of gone) {
    const server = tx.select().from(servers).where(eq(servers.id, id)).get();
    if (server) drop(tx, server, userId);
  }
}

/** An invitation was accepted. Whoever has the server has more than any row could bring. */
export function letIn(tx: Tx, server: ServerRow, userId: string, { capabilities, expiresAt }: Terms): void {
  const now = Date.now();
  const row = { capabilities: JSON.stringify(capabilities), expiresAt, updatedAt: now };
  tx.insert(serverSubusers)
    .values({ serverId: server.id, userId, ...row, createdAt: now })
    .onConflictDoUpdate({ target: [serverSubusers.serverId, serverSubusers.userId], set: row })
    .run();
}

export function assertRoomInside(tx: Tx, server: ServerRow): void {
  const inside = tx.select({ n: count() }).from(serverSubusers).where(eq(serverSubusers.serverId, server.id)).get();
  const waiting = tx.select({ n: count() }).from(serverInvites).where(eq(serverInvites.serverId, server.id)).get();
  if ((inside?.n ?? 0) + (waiting?.n ?? 0) >= MOST)
    throw new Problem("conflict", `A server has at most ${MOST} sub-users. Remove some first.`);
}

export const termsOf = (row: Pick<Row, "capabilities" | "expiresAt">) => ({
  capabilities: JSON.parse(row.capabilities) as ServerCapability[],
  expiresAt: row.expiresAt,
});

export const personTarget = (server: ServerRow, userId: string, email: string) => ({
  target: { type: "server_subuser", id: `${server.id}/${userId}`, label: `${email} in ${server.name}` },
  organisationId: server.organisationId,
});

function drop(tx: Tx, server: ServerRow, userId: string): void {
  tx.delete(serverSubusers).where(rowOf(server, userId)).run();
  dropPassword(tx, server, userId);
  cutOff(tx, server, userId);
}

/** Should they be let in again, an old password is not good again. */
const dropPassword = (tx: Tx, { id }: ServerRow, userId: string): void => {
  tx.delete(sftpPasswords)
    .where(and(eq(sftpPasswords.serverId, id), eq(sftpPasswords.userId, userId)))
    .run();
};

function isLess(before: Terms, after: Terms): boolean {
  const has = (terms: Terms, one: ServerCapability) =>
    terms.capabilities.includes("*") || terms.capabilities.includes(one);
  return singleCapabilities.some((one) => has(before, one) && !has(after, one));
}

function loadPerson(tx: Tx, server: ServerRow, userId: string): { row: Row; email: string } {
  const found = tx
    .select({ row: serverSubusers, email: users.email })
    .from(serverSubusers)
    .innerJoin(users, eq(users.id, serverSubusers.userId))
    .where(rowOf(server, userId))
    .get();
  if (!found) throw notFound("sub-user");
  return found;
}

const rowOf = (server: Pick<ServerRow, "id">, userId: string) =>
  and(eq(serverSubusers.serverId, server.id), eq(serverSubusers.userId, userId));
