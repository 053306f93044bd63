/** The commands that keep a panel safe: backup, restore, rekey, doctor. */
import path from "node:path";
import { db } from "#db/client.ts";
import { migrate } from "#db/migrate.ts";
import { systemActor } from "#lib/actor.ts";
import { backUp } from "#lib/backup/backup.ts";
import { restore } from "#lib/backup/restore.ts";
import { recordedKeyId } from "#lib/crypto/recorded-key.ts";
import { rekey } from "#lib/crypto/rekey.ts";
import { keyIdOf, MIN_SECRET, rootSecret, secretFiles } from "#lib/crypto/secret.ts";
import { takeDataDirectory } from "#lib/data-lock.ts";
import { env } from "#lib/env.ts";
import { CommandError, flag, readSecret } from "./command.ts";

export const keepingUsage = `  backup [FILE]                 copy the database to a new file, also while the panel runs
  restore FILE [--keep-tokens]  put a backup in the place of the database; the panel has to be stopped
  rekey                         seal everything with another secret; the panel has to be stopped
  doctor [--json]               look over the installation; exits 1 if there is a problem`;

export function backupCommand([name]: string[]): void {
  const stamp = new Date().toISOString().replace(/\.\d+|[-:]/g, "");
  const file = path.resolve(name ?? path.join(env().dataDir, "backups", `panel-${stamp}.db`));
  backUp(file);
  console.log(`The database is in ${file}.`);
  console.log(
    env().panelSecret === undefined
      ? `The secret is not in it, and without it what is sealed cannot be opened: keep a copy of ${secretFiles().current} apart from the backup.`
      : "The secret is not in it, and without it what is sealed cannot be opened: keep PANEL_SECRET apart from the backup.",
  );
}

export function restoreCommand(args: string[]): void {
  const keepTokens = flag(args, "--keep-tokens");
  const [file] = args;
  if (!file) throw new CommandError("Which? npm run panel -- restore FILE [--keep-tokens]");
  const release = takeDataDirectory(env().dataDir);
  try {
    const { kept, ended } = restore(path.resolve(file), { keepTokens }, systemActor("panel.restore", "command line"));
    console.log(`The database is that of ${file} now.`);
    if (kept) console.log(`The one that was there is ${kept}.`);
    const list = Object.entries(ended).filter(([, count]) => count > 0);
    if (list.length > 0) console.log(`Ended with it: ${list.map(([name, count]) => `${count} ${name}`).join(", ")}.`);
    console.log(
      "Passwords, roles, members and suspensions are as they were when the backup was made: do again what was done since.",
    );
    const recorded = recordedKeyId(db().$client);
    if (recorded !== null && recorded !== keyIdOf(rootSecret())) {
      console.log(
        "The secret here is not the one that this backup was sealed with: put back its copy (data/secret, or PANEL_SECRET) before the panel starts.",
      );
    }
  } finally {
    release();
  }
}

export async function rekeyCommand(): Promise<void> {
  const release = takeDataDirectory(env().dataDir);
  try {
    migrate(db());
    const chosen = env().panelSecret === undefined ? null : await chosenSecret();
    const count = rekey(chosen, systemActor("panel.rekey", "command line"));
    console.log(`${count} sealed values are sealed with the new secret. Everybody has to sign in again.`);
    console.log(
      chosen === null
        ? `It is in ${secretFiles().current}: keep a new copy of it. Backups made before now open with the old one alone.`
        : "Set PANEL_SECRET to the new secret before the panel starts. Backups made before now open with the old one alone.",
    );
  } finally {
    release();
  }
}

/** Where the environment holds the secret, only whoever sets it can change it. */
async function chosenSecret(): Promise<string> {
  const chosen = await readSecret("New secret: ");
  if (chosen.length < MIN_SECRET) {
    throw new CommandError(
      `PANEL_SECRET is set, so the new secret comes from you: at least ${MIN_SECRET} characters on standard input, such as from openssl rand -base64 32.`,
    );
  }
  if (chosen === env().panelSecret) throw new CommandError("That is the secret in use. Choose another.");
  return chosen;
}

export async function doctorCommand(args: string[]): Promise<void> {
  const json = flag(args, "--json");
  const { examine } = await import("#lib/doctor/doctor.ts");
  const findings = await examine();
  const sick = findings.some(({ status }) => status === "problem");
  if (json) console.log(JSON.stringify({ ok: !sick, findings }, null, 2));
  else {
    for (const { check, status, message, advice } of findings)
      console.log(`${status.padEnd(8)} ${check}: ${message}${advice === null ? "" : ` ${advice}`}`);
  }
  if (sick) process.exitCode = 1;
}
