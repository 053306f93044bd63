/** The panel's key, and what is derived from it. */
import { createHash, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { env } from "#lib/env.ts";
import { singleton } from "#lib/singleton.ts";

/** A 32-byte key for one purpose, derived (HKDF-SHA-256) from PANEL_SECRET or from `data/secret`. */
export function deriveKey(purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", rootSecret(), "zonegate", purpose, 32));
}

/** 256 random bits as 43 characters of base64url. */
export const randomToken = (): string => randomBytes(32).toString("base64url");

/** How one-time secrets are kept: SHA-256, hex. They have 256 bits, so no salt and no slow hash. */
export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex");

/** Compares two strings of any length without telling where they differ. */
export const sameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());

function rootSecret(): string {
  return singleton("secret", () => env().panelSecret ?? secretFile(path.join(env().dataDir, "secret")));
}

/** Made once, readable by the owner alone. Two processes that start together end up with the same file. */
function secretFile(file: string): string {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${randomToken()}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const secret = readFileSync(file, "utf8").trim();
  if (secret.length < 32)
    throw new Error(`The secret in ${file} is too short: restore it from a copy, or set PANEL_SECRET.`);
  return secret;
}
