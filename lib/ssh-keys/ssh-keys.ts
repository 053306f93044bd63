/** The public keys of an account: each opens, over SFTP, the servers whose files the account may use. */
import { and, asc, count, eq } from "drizzle-orm";
import { db, transaction } from "#db/client.ts";
import { sshKeys } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { tell } from "#lib/mail/news.ts";
import { cutEverywhere } from "#lib/servers/holders.ts";
import { readPublicKey } from "./public-key.ts";

type Person = Actor & { id: string };

const MOST = 50;

export interface SshKey {
  id: string;
  name: string;
  fingerprint: string;
  createdAt: number;
}

export const listKeys = (userId: string): SshKey[] =>
  db()
    .select({ id: sshKeys.id, name: sshKeys.name, fingerprint: sshKeys.fingerprint, createdAt: sshKeys.createdAt })
    .from(sshKeys)
    .where(eq(sshKeys.userId, userId))
    .orderBy(asc(sshKeys.createdAt), asc(sshKeys.id))
    .all();

export function addKey({ name, key: line }: { name: string; key: string }, actor: Person): SshKey {
  const read = readPublicKey(line);
  if (!read.ok) throw invalid({ key: read.reason });
  const { text, fingerprint } = read.key;
  return transaction((tx) => {
    const own = eq(sshKeys.userId, actor.id);
    const same = tx
      .select({ id: sshKeys.id })
      .from(sshKeys)
      .where(and(own, eq(sshKeys.fingerprint, fingerprint)))
      .get();
    if (same) {
      const message = "Your account has this key already.";
      throw new Problem("already_exists", message, { fields: { key: message } });
    }
    if ((tx.select({ n: count() }).from(sshKeys).where(own).get()?.n ?? 0) >= MOST)
      throw new Problem("conflict", `An account has at most ${MOST} keys. Remove some first.`);
    const row = { id: newId(), name, fingerprint, createdAt: Date.now() };
    tx.insert(sshKeys)
      .values({ ...row, userId: actor.id, publicKey: text })
      .run();
    audit(tx, actor, { target: targetOf(row), after: { name, fingerprint } });
    tell(tx, actor.id, "security", {
      subject: "An SSH key was added to your account",
      text: `The SSH key ${name} (${fingerprint}) was added to your account. If that was not you, remove it under Settings, Security, and change your password.`,
    });
    return row;
  });
}

/** What was opened with it is closed. */
export const removeKey = (id: string, actor: Person): { removed: string } =>
  transaction((tx) => {
    const row = tx
      .delete(sshKeys)
      .where(and(eq(sshKeys.id, id), eq(sshKeys.userId, actor.id)))
      .returning()
      .get();
    if (!row) throw notFound("key");
    cutEverywhere(tx, actor.id);
    audit(tx, actor, { target: targetOf(row), before: { name: row.name, fingerprint: row.fingerprint } });
    return { removed: id };
  });

const targetOf = ({ id, name }: { id: string; name: string }) => ({ type: "ssh_key", id, label: name });
