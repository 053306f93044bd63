/**
 * A backup in the place of the database. What was used up, ended or revoked since the backup was made must not come back
 * with it, and the backup cannot say what that was: so everything that opens a door once, or until somebody shuts it, ends.
 */
import { closeSync, copyFileSync, existsSync, linkSync, openSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { eq, inArray } from "drizzle-orm";
import { type Db, databaseFile, open } from "#db/client.ts";
import { migrate } from "#db/migrate.ts";
import {
  accountLinks,
  challenges,
  jobs,
  mailSecrets,
  mails,
  nodeSetups,
  nodes,
  organisationInvites,
  recoveryCodes,
  registrations,
  serverInvites,
  sessions,
  sftpPasswords,
  tokens,
  zoneInvites,
} from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { audit } from "#lib/audit/audit.ts";
import { syncFolder } from "#lib/crypto/write-durably.ts";
import { killHere } from "#lib/test-hook.ts";
import { copyInto } from "./backup.ts";
import { assertPanelDatabase, BackupError } from "./file.ts";

export interface Restored {
  /** Where the database that was there before is now; null if there was none. */
  kept: string | null;
  /** What ended, by name. */
  ended: Record<string, number>;
}

/** The caller holds the data directory. At every moment `panel.db` is the old database or the new one, whole. */
export function restore(file: string, options: { keepTokens: boolean }, actor: Actor): Restored {
  const present = databaseFile();
  if (path.resolve(file) === present) throw new BackupError("That is the database in use, not a backup of it.");
  assertPanelDatabase(file);
  const incoming = `${present}.restoring`;
  for (const leftover of [incoming, `${incoming}-wal`, `${incoming}-shm`]) rmSync(leftover, { force: true });
  closeSync(openSync(incoming, "wx", 0o600));
  copyInto(file, incoming);
  const ended = prepare(incoming, file, options, actor);
  killHere("restore-prepared");
  const kept = existsSync(present) ? setAside(present) : null;
  killHere("restore-kept");
  renameSync(incoming, present);
  syncFolder(present);
  return { kept, ended };
}

/** Brings the copy to this version and ends what must not come back. */
function prepare(incoming: string, file: string, { keepTokens }: { keepTokens: boolean }, actor: Actor) {
  const database = open(incoming);
  try {
    migrate(database);
    const ended = database.transaction((tx) => {
      const counts: Record<string, number> = {
        sessions: tx.delete(sessions).run().changes,
        "API tokens": keepTokens ? 0 : tx.delete(tokens).run().changes,
        invitations:
          tx.delete(organisationInvites).run().changes +
          tx.delete(zoneInvites).run().changes +
          tx.delete(serverInvites).run().changes,
        "SFTP passwords": keepTokens ? 0 : tx.delete(sftpPasswords).run().changes,
        "one-time links":
          tx.delete(accountLinks).run().changes +
          tx.delete(registrations).run().changes +
          tx.delete(nodeSetups).run().changes,
        "recovery codes": tx.delete(recoveryCodes).run().changes,
        "mails that waited": stopMails(tx),
      };
      tx.delete(challenges).run();
      // What a node had before its last rotation.
      tx.update(nodes).set({ previousTokenId: null, previousToken: null, previousUntil: null }).run();
      audit(tx, actor, {
        target: { type: "panel", id: null, label: "database" },
        after: { file: path.basename(file), ended: counts },
      });
      return counts;
    });
    singleFile(database);
    return ended;
  } finally {
    database.$client.close();
  }
}

/** They may have been sent since. What has no link any more would make no sense either. */
function stopMails(tx: Parameters<Parameters<Db["transaction"]>[0]>[0]): number {
  tx.delete(mailSecrets).run();
  tx.delete(jobs).where(eq(jobs.kind, "mail.send")).run();
  return tx
    .update(mails)
    .set({ status: "cancelled", answer: "The panel was restored from a backup." })
    .where(inArray(mails.status, ["queued", "sending"]))
    .run().changes;
}

function singleFile(database: Db): void {
  database.$client.pragma("wal_checkpoint(truncate)");
  database.$client.pragma("journal_mode = delete");
}

/** Two may be restored in one second. */
function freeName(name: string, number = 1): string {
  const numbered = number === 1 ? name : `${name}-${number}`;
  return existsSync(numbered) ? freeName(name, number + 1) : numbered;
}

/** The database that is there keeps its content under another name as well, until the new one takes this one. */
function setAside(present: string): string {
  const kept = freeName(`${present}.before-restore-${new Date().toISOString().replace(/\.\d+|[-:]/g, "")}`);
  try {
    const client = new Database(present);
    client.pragma("wal_checkpoint(truncate)");
    client.pragma("journal_mode = delete");
    client.close();
  } catch (error) {
    if ((error as { code?: string }).code === "SQLITE_BUSY")
      throw new BackupError("Another command is using the database. Wait until it is done.");
    // One that cannot be opened is kept as it is, journal included.
  }
  try {
    linkSync(present, kept);
  } catch {
    copyFileSync(present, kept);
  }
  for (const suffix of ["-wal", "-shm"]) if (existsSync(present + suffix)) renameSync(present + suffix, kept + suffix);
  syncFolder(present);
  return kept;
}
