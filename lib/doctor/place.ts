/** Where the panel is: its variables, its folder, its secret, its room. Writes nothing. */
import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { recordedKeyId } from "#lib/crypto/recorded-key.ts";
import { MIN_SECRET, readIfThere, secretFiles } from "#lib/crypto/secret.ts";
import { type Env, EnvError, env } from "#lib/env.ts";
import { timeOf } from "#lib/log/rows.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

export function environment(): Finding[] {
  let now: Env;
  try {
    now = env();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    return [problem("environment", error.message.split("\n").join(" "), "Correct the variables; README lists them.")];
  }
  const https = now.origin.startsWith("https:");
  const local = ["127.0.0.1", "::1", "localhost"].includes(now.host);
  if (!https && !local)
    return [
      warning(
        "environment",
        `The panel listens on ${now.host} and is opened over plain HTTP: passwords can be read on the way.`,
        "Put a reverse proxy with TLS in front and set NEXTAUTH_URL to its https address.",
      ),
    ];
  if (https && now.trustedProxies.length === 0)
    return [
      warning(
        "environment",
        "The address is https, and no reverse proxy is trusted: to the panel everybody has the proxy's address.",
        "Set TRUSTED_PROXIES to the proxy's address.",
      ),
    ];
  return [ok("environment", `The panel is opened at ${now.origin}.`)];
}

export function dataDirectory(): Finding[] {
  const { dataDir } = env();
  if (!existsSync(dataDir)) return [ok("data directory", `${dataDir} is not there yet: the first start makes it.`)];
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return [
      problem("data directory", `${dataDir} cannot be written to.`, "Give it to the account that runs the panel."),
    ];
  }
  const files = [dataDir, ...["panel.db", "logs.db"].map((name) => path.join(dataDir, name))];
  const open = files.filter((file) => existsSync(file) && isOpenToOthers(file));
  // The folder shuts its files in, whatever their own modes are.
  if (open.includes(dataDir))
    return [warning("data directory", `Others on this machine can look into ${dataDir}.`, `chmod 700 ${dataDir}`)];
  return [ok("data directory", `${dataDir} is open to its owner alone.`)];
}

export function secret(): Finding[] {
  const { dataDir, panelSecret } = env();
  const { current, next } = secretFiles();
  if (panelSecret !== undefined) return [ok("secret", "PANEL_SECRET is set.")];
  const value = readIfThere(current);
  if (value === null) {
    if (!usesSecret(path.join(dataDir, "panel.db"))) return [ok("secret", "The first start makes one.")];
    if (existsSync(next)) return [ok("secret", "Changing it was cut short: the next start settles it.")];
    return [
      problem(
        "secret",
        `${current} is gone, and PANEL_SECRET is not set.`,
        "Put it back from its copy. Otherwise the next start makes another, with which nothing sealed opens.",
      ),
    ];
  }
  if (value.length < MIN_SECRET)
    return [problem("secret", `The secret in ${current} is too short.`, "Put it back from its copy.")];
  if (isOpenToOthers(current))
    return [problem("secret", `Others on this machine may be able to read ${current}.`, `chmod 600 ${current}`)];
  return [ok("secret", `${current} is readable by its owner alone.`)];
}

/** Whether a database has ever been served, and so may hold what a secret opens. One that cannot be read is told of elsewhere. */
function usesSecret(file: string): boolean {
  if (!existsSync(file)) return false;
  let client: Database.Database | undefined;
  try {
    client = new Database(file, { readonly: true });
    return recordedKeyId(client) !== null;
  } catch {
    return true;
  } finally {
    client?.close();
  }
}

const MB = 2 ** 20;

export function diskSpace(): Finding[] {
  const { dataDir } = env();
  if (!existsSync(dataDir)) return [];
  const { bavail, bsize } = statfsSync(dataDir);
  const free = bavail * bsize;
  const database = statSync(path.join(dataDir, "panel.db"), { throwIfNoEntry: false })?.size ?? 0;
  const message = `${Math.floor(free / MB)} MB are free for ${dataDir}; the database has ${Math.ceil(database / MB)} MB.`;
  if (free < 50 * MB) return [problem("disk", message, "Make room: without it nothing can be written.")];
  if (free < Math.max(500 * MB, 3 * database)) return [warning("disk", message, "Make room for growth and backups.")];
  return [ok("disk", message)];
}

/** Nothing in it is worth a problem. */
export function logs(): Finding[] {
  const file = path.join(env().dataDir, "logs.db");
  if (!existsSync(file)) return [ok("logs", "There are none yet.")];
  let client: Database.Database | undefined;
  try {
    client = new Database(file, { readonly: true });
    const oldest = client.prepare("select min(id) from requests").pluck().get() as number | null;
    const since = oldest === null ? "no request yet" : `requests since ${new Date(timeOf(oldest)).toISOString()}`;
    return [ok("logs", `logs.db has ${Math.ceil(statSync(file).size / MB)} MB, and ${since}.`)];
  } catch (error) {
    const message = `${file} cannot be read: ${(error as Error).message}.`;
    return [warning("logs", message, "The next start puts it aside and begins another.")];
  } finally {
    client?.close();
  }
}

const isOpenToOthers = (file: string): boolean => (statSync(file).mode & 0o077) !== 0;
