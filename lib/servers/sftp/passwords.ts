/**
 * How somebody gets at a server's files over SFTP: a password that is made for this person and this server alone, shown once,
 * or one of the account's keys. Never the account's password: it would pass its second factor by.
 */
import { and, count, eq } from "drizzle-orm";
import { db, transaction } from "#db/client.ts";
import { sftpPasswords, sshKeys, users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { hashToken, randomToken } from "#lib/crypto/secret.ts";
import { cutOff } from "../holders.ts";
import type { LoadedServer, ServerRow } from "../load.ts";

type Person = Actor & { id: string };

export interface SftpAccess {
  host: string;
  port: number;
  login: string;
  password: { createdAt: number; lastUsedAt: number | null } | null;
  /** How many keys the account has. */
  keys: number;
}

export function sftpAccess({ server, node }: LoadedServer, actor: Person): SftpAccess {
  const { email = "" } = db().select({ email: users.email }).from(users).where(eq(users.id, actor.id)).get() ?? {};
  const row = db().select().from(sftpPasswords).where(own(server, actor)).get();
  const keys = db().select({ n: count() }).from(sshKeys).where(eq(sshKeys.userId, actor.id)).get()?.n ?? 0;
  const password = row ? { createdAt: row.createdAt, lastUsedAt: row.lastUsedAt } : null;
  return { host: node.fqdn, port: node.sftpPort, login: `${email}.${server.short}`, password, keys };
}

/** Another one in the place of the one before: what was opened with that is closed. */
export function makeSftpPassword({ server, asStaff }: LoadedServer & { asStaff: boolean }, actor: Person) {
  const password = randomToken();
  const row = { tokenHash: hashToken(password), createdAt: Date.now(), lastUsedAt: null };
  transaction((tx) => {
    const before = tx.select().from(sftpPasswords).where(own(server, actor)).get();
    tx.insert(sftpPasswords)
      .values({ serverId: server.id, userId: actor.id, ...row })
      .onConflictDoUpdate({ target: [sftpPasswords.serverId, sftpPasswords.userId], set: row })
      .run();
    if (before) cutOff(tx, server, actor.id);
    audit(tx, actor, { ...targetOf(server), after: { sftpPassword: before ? "replaced" : "made" }, asStaff });
  });
  return { password };
}

export const dropSftpPassword = ({ server, asStaff }: LoadedServer & { asStaff: boolean }, actor: Person) =>
  transaction((tx) => {
    const row = tx.delete(sftpPasswords).where(own(server, actor)).returning().get();
    if (!row) throw notFound("SFTP password");
    cutOff(tx, server, actor.id);
    audit(tx, actor, { ...targetOf(server), before: { sftpPassword: "made" }, asStaff });
    return { removed: true as const };
  });

const own = ({ id }: ServerRow, { id: user }: Person) =>
  and(eq(sftpPasswords.serverId, id), eq(sftpPasswords.userId, user));

const targetOf = (server: ServerRow) => ({
  target: { type: "server", id: server.id, label: server.name },
  organisationId: server.organisationId,
});
