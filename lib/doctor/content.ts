/** What the database holds: whether it is sound, of this version, opens with the secret, and lets somebody in. */
import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { databaseFile, db } from "#db/client.ts";
import { standingOf } from "#db/migrate.ts";
import { whatIsWrong } from "#lib/backup/file.ts";
import { countSealed } from "#lib/crypto/sealed-columns.ts";
import { MIN_SECRET, readIfThere, rootSecret, secretFiles } from "#lib/crypto/secret.ts";
import { env } from "#lib/env.ts";
import { rootHolders } from "#lib/roles/roles.ts";
import { isSetUp } from "#lib/setup/setup.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const RESTORE = "Stop the panel and restore a backup: npm run panel -- restore FILE";

export function database(): Finding[] {
  const file = databaseFile();
  if (!existsSync(file)) return [ok("database", "There is none yet: the first start makes it.")];
  let client: Database.Database | undefined;
  try {
    client = new Database(file, { readonly: true });
    const wrong = whatIsWrong(client);
    if (wrong) return [problem("database", `${file} is damaged: ${wrong}.`, RESTORE)];
    const sound = ok("database", "It is sound: integrity and references are checked.");
    const standing = standingOf(client);
    if (standing === "newer")
      return [sound, problem("version", "A newer Zonegate has written the database.", "Start that version.")];
    if (standing === "older")
      return [
        sound,
        warning("version", "The database is of an older version.", "The next start brings it to this one."),
      ];
    return [sound, ok("version", "The database is of this version."), ...content()];
  } catch (error) {
    return [problem("database", `${file} cannot be read: ${(error as Error).message}.`, RESTORE)];
  } finally {
    client?.close();
  }
}

/** Only of a database that is sound and of this version. */
const content = (): Finding[] => [...sealed(), ...administrators()];

function sealed(): Finding[] {
  // One that is gone or cut off is a problem of its own, and is not made here.
  const there = env().panelSecret ?? readIfThere(secretFiles().current) ?? "";
  if (there.length < MIN_SECRET) return [];
  const { all, otherSecret, damaged } = countSealed(db(), rootSecret());
  if (otherSecret > 0)
    return [
      problem(
        "sealed values",
        `${otherSecret} of ${all} sealed values want another secret than this panel has.`,
        "Put back the copy of the secret that belongs to this database (data/secret, or PANEL_SECRET).",
      ),
    ];
  if (damaged > 0)
    return [problem("sealed values", `${damaged} of ${all} sealed values were changed from outside.`, RESTORE)];
  return [ok("sealed values", all === 0 ? "There are none yet." : `The secret opens all ${all}.`)];
}

function administrators(): Finding[] {
  if (!isSetUp()) return [ok("administrators", "The panel is not set up yet: open the link that a start prints.")];
  const count = rootHolders().length;
  if (count === 0)
    return [
      problem(
        "administrators",
        "Nobody who holds everything can sign in.",
        "Give it to an account that can: npm run panel -- promote EMAIL",
      ),
    ];
  return [
    ok("administrators", `${count} ${count === 1 ? "account holds" : "accounts hold"} everything and can sign in.`),
  ];
}
