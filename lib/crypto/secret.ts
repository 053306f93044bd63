/** The panel's secret, and the keys that are derived from it. */
import { createHash, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { db } from "#db/client.ts";
import { env } from "#lib/env.ts";
import { singleton } from "#lib/singleton.ts";
import { recordedKeyId } from "./recorded-key.ts";
import { writeDurably } from "./write-durably.ts";

export const MIN_SECRET = 32;

/** The secret at hand is not the one that the database, or a value in it, was sealed with. */
export class OtherSecretError extends Error {
  override name = "OtherSecretError";
}

/** A 32-byte key for one purpose, derived (HKDF-SHA-256) from PANEL_SECRET or from `data/secret`. */
export function deriveKey(purpose: string, secret = rootSecret()): Buffer {
  const name = `${purpose}\n${secret}`;
  const known = derived().get(name);
  if (known) return known;
  const key = Buffer.from(hkdfSync("sha256", secret, "zonegate", purpose, 32));
  if (derived().size >= KEYS) derived().clear();
  derived().set(name, key);
  return key;
}

/** One for each purpose, and those of another secret while one takes the place of the other. */
const KEYS = 32;
const derived = () => singleton("derived keys", () => new Map<string, Buffer>());

/** 256 random bits as 43 characters of base64url. */
export const randomToken = (): string => randomBytes(32).toString("base64url");

/** How one-time secrets are kept: SHA-256, hex. They have 256 bits, so no salt and no slow hash. */
export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex");

/** Compares two strings of any length without telling where they differ. */
export const sameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());

/** Names the key that a secret gives to sealed values, without telling anything of it. */
export const keyIdOf = (secret: string): string =>
  createHash("sha256").update("key id").update(deriveKey("seal", secret)).digest("hex").slice(0, 12);

/** Where the secret is, and where the one that takes its place is while that happens (`rekey.ts`). */
export const secretFiles = (dataDir = env().dataDir) => ({
  current: path.join(dataDir, "secret"),
  next: path.join(dataDir, "secret.next"),
});

export const rootSecret = (): string =>
  singleton("secret", () => env().panelSecret ?? (isNextInForce() ? nextSecret() : null) ?? madeOnce());

/** Whether the database is sealed with the next secret already: it has changed over, and only the file has not. */
export function isNextInForce(): boolean {
  const next = nextSecret();
  return next !== null && keyIdOf(next) === recordedKeyId(db().$client);
}

const nextSecret = (): string | null => readIfThere(secretFiles().next);

/** Readable by the owner alone. Two processes that start together end up with the same file. */
function madeOnce(): string {
  const { current } = secretFiles();
  const there = readIfThere(current);
  if (there === null) {
    // A process that lacks the server's environment would leave a secret that opens nothing beside its database.
    if (recordedKeyId(db().$client) !== null) {
      throw new OtherSecretError(
        `This panel's secret is not here: ${current} is missing and PANEL_SECRET is not set. Set the variable as the panel has it, or put the file back. If it is lost for good, write another of ${MIN_SECRET} or more characters there: what was sealed stays shut.`,
      );
    }
    mkdirSync(path.dirname(current), { recursive: true, mode: 0o700 });
    const made = `${current}.${process.pid}`;
    writeDurably(made, `${randomToken()}\n`);
    try {
      linkSync(made, current);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(made);
    }
  }
  const secret = there ?? readIfThere(current) ?? "";
  if (secret.length < MIN_SECRET)
    throw new Error(`The secret in ${current} is too short: restore it from a copy, or set PANEL_SECRET.`);
  return secret;
}

export function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
