/**
 * Another secret in the place of the panel's. Two things have to change, a file and the database, and one comes first:
 * the new secret is written beside the old, the database is sealed again and says with which key, and the file is renamed.
 * Whatever moment the process ends at, the database says which of the two files is the one (`secret.ts`).
 */
import { renameSync, rmSync } from "node:fs";
import { transaction } from "#db/client.ts";
import { sessions } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { audit } from "#lib/audit/audit.ts";
import { env } from "#lib/env.ts";
import { setSetting, setting } from "#lib/settings/settings.ts";
import { killHere } from "#lib/test-hook.ts";
import { resealAll } from "./sealed-columns.ts";
import { isNextInForce, keyIdOf, randomToken, rootSecret, secretFiles } from "./secret.ts";
import { syncFolder, writeDurably } from "./write-durably.ts";

/**
 * Seals everything with `chosen`, or with a secret that is made and kept in `data/secret`. Returns how many values. The
 * caller holds the data directory. Ends all sessions: their cookies are signed with the old secret.
 */
export function rekey(chosen: string | null, actor: Actor): number {
  settleSecret();
  const from = rootSecret();
  const to = chosen ?? randomToken();
  const { current, next } = secretFiles();
  if (chosen === null) writeDurably(next, `${to}\n`);
  killHere("rekey-written");
  const count = changeOver(from, to, actor);
  killHere("rekey-committed");
  if (chosen === null) {
    renameSync(next, current);
    syncFolder(current);
  }
  return count;
}

const changeOver = (from: string, to: string, actor: Actor): number =>
  transaction((tx) => {
    const sealed = resealAll(tx, from, to);
    setSetting("setup.key_id", keyIdOf(to), tx);
    tx.delete(sessions).run();
    audit(tx, actor, { target: { type: "panel", id: null, label: "secret" }, after: { sealed } });
    killHere("rekey-sealed");
    return sealed;
  });

/** Ends what a rekey that was cut short left. The caller holds the data directory. */
export function settleSecret(): void {
  if (env().panelSecret !== undefined) return;
  const { current, next } = secretFiles();
  if (isNextInForce()) renameSync(next, current);
  else rmSync(next, { force: true });
  syncFolder(current);
}

/** Records which key this database is sealed with. False if it is another than this panel's. */
export function recordSecret(): boolean {
  const id = keyIdOf(rootSecret());
  const recorded = setting("setup.key_id");
  if (recorded === null) setSetting("setup.key_id", id);
  return recorded === null || recorded === id;
}
