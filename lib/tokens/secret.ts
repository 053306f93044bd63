/** The text of a token: `zg_` and 256 random bits. Only its hash is kept. */
import { createHash, randomBytes } from "node:crypto";

/** How much of it is shown, to tell it from others. */
const SHOWN = "zg_".length + 8;

export const newSecret = (): string => `zg_${randomBytes(32).toString("base64url")}`;
export const isSecret = (text: string): boolean => /^zg_[A-Za-z0-9_-]{43}$/.test(text);
export const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");
export const prefixOf = (secret: string): string => secret.slice(0, SHOWN);
