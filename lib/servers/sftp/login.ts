/** A login over SFTP, as a node asks about it: once for each, and with a password or with a key that it has not seen proof of yet. */
import { and, eq } from "drizzle-orm";
import ipaddr from "ipaddr.js";
import { db, transaction } from "#db/client.ts";
import { servers, sftpPasswords, sshKeys, users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { assertNotLocked, type Limit, networkOf, recordFailure, signInLimits } from "#lib/auth/throttle.ts";
import { hashToken, sameSecret } from "#lib/crypto/secret.ts";
import { hasSecondFactor } from "#lib/factors/held.ts";
import type { NodeRow } from "#lib/nodes/credentials.ts";
import { readPublicKey } from "#lib/ssh-keys/public-key.ts";
import { actorNow } from "#lib/tokens/actor-again.ts";
import { sftpPermissions } from "#lib/wings/rights.ts";
import { handOut } from "../holders.ts";
import { type LoadedServer, loadServer } from "../load.ts";

export interface Login {
  type: "password" | "public_key";
  /** `ada@example.org.1a2b3c4d` */
  username: string;
  /** Or the line of a key. */
  password: string;
  /** Where it came from, with its port. */
  ip: string;
}

export interface Admitted {
  server: string;
  user: string;
  permissions: string[];
}

/** Says one thing of everything that is not right: a node, and whoever tries, learns nothing else. */
export function admitOverSftp(node: NodeRow, login: Login, asking: Actor): Admitted {
  const { email, short } = partsOf(login.username);
  const address = addressOf(login.ip);
  const limits = limitsOf(`${email}.${short}`, address);
  assertNotLocked([limits.pair, ...signInLimits(email, address)]);
  const found = short === "" ? null : find(node, email, short);
  const right = found !== null && proves(found, login);
  if (!right) {
    // A client offers its keys one after the other, before anybody has tried anything.
    if (login.type === "password") {
      assertNotLocked([limits.login]);
      recordFailure([limits.pair, limits.login]);
    }
    throw refused();
  }
  const { user, loaded, asStaff, permissions } = found;
  const { server } = loaded;
  transaction((tx) => {
    handOut(server, user.id, "files", asStaff, tx);
    if (login.type !== "password") return;
    const used = and(eq(sftpPasswords.serverId, server.id), eq(sftpPasswords.userId, user.id));
    tx.update(sftpPasswords).set({ lastUsedAt: Date.now() }).where(used).run();
    audit(
      tx,
      { ...asking, type: "user", id: user.id, label: user.email, address },
      {
        target: { type: "server", id: server.id, label: server.name },
        organisationId: server.organisationId,
        after: { sftp: "password", node: node.name },
        asStaff,
      },
    );
  });
  return { server: server.uuid, user: user.id, permissions };
}

interface Found {
  user: { id: string; email: string };
  loaded: LoadedServer;
  asStaff: boolean;
  permissions: string[];
}

/** Somebody who may use the files of a server of this node now. */
function find(node: NodeRow, email: string, short: string): Found | null {
  if (node.maintenance) return null;
  const server = db()
    .select({ id: servers.id, state: servers.state, suspendedAt: servers.suspendedAt })
    .from(servers)
    .where(and(eq(servers.short, short), eq(servers.nodeId, node.id)))
    .get();
  if (!server || server.suspendedAt !== null || server.state !== "ready") return null;
  const user = db().select({ id: users.id, email: users.email }).from(users).where(eq(users.email, email)).get();
  if (!user) return null;
  const nowhere = { token: null, action: "servers.sftp", address: null, requestId: null };
  // Who has a second factor showed it when they made the password or added the key.
  const actor = actorNow({ id: user.id, mfa: hasSecondFactor(user.id) ? "shown" : "open", ...nowhere });
  if (!actor) return null;
  const loaded = loadServer(server.id, actor);
  const permissions = sftpPermissions((one) => one === "files" && loaded.access.has("files", "files:write"));
  if (permissions.length === 0) return null;
  return { user, loaded, asStaff: loaded.access.viaPlatform("files", "files:write"), permissions };
}

function proves({ user, loaded }: Found, { type, password }: Login): boolean {
  if (type === "password") {
    const row = db()
      .select({ hash: sftpPasswords.tokenHash })
      .from(sftpPasswords)
      .where(and(eq(sftpPasswords.serverId, loaded.server.id), eq(sftpPasswords.userId, user.id)))
      .get();
    return row !== undefined && sameSecret(row.hash, hashToken(password));
  }
  const read = readPublicKey(password);
  if (!read.ok) return false;
  const key = and(eq(sshKeys.userId, user.id), eq(sshKeys.fingerprint, read.key.fingerprint));
  return db().select({ id: sshKeys.id }).from(sshKeys).where(key).get() !== undefined;
}

/** An address holds dots: what stands behind the last is the server. */
function partsOf(username: string): { email: string; short: string } {
  const [, email = "", short = ""] = /^(.+)\.([a-z0-9]{8})$/.exec(username.trim().toLowerCase()) ?? [];
  return { email, short };
}

/** Without its port; what is no address is nobody's. */
function addressOf(ip: string): string {
  const bare = ip.replace(/^\[(.*)\]:\d+$/, "$1");
  if (ipaddr.isValid(bare)) return bare;
  const host = ip.replace(/:\d+$/, "");
  return ipaddr.isValid(host) ? host : "unknown";
}

/**
 * From one network with one login 10 wrong passwords, then 30 s, 1 min, 2 min … up to an hour. With one login from anywhere 100:
 * then wrong ones are not even looked at for a minute, and the right one still opens, so nobody locks anybody out.
 */
const limitsOf = (login: string, address: string): Record<"pair" | "login", Limit> => ({
  pair: {
    key: `sftp:${login}:${networkOf(address)}`,
    free: 10,
    lockSeconds: (n) => Math.min(3600, 30 * 2 ** (n - 1)),
    forgetSeconds: 86_400,
  },
  login: { key: `sftp:${login}`, free: 100, lockSeconds: () => 60, forgetSeconds: 3600 },
});

const refused = () => new Problem("forbidden", "These credentials open nothing here.");
