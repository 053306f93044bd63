/** Passwords: bcrypt at cost 12 in a worker thread, and no new one that is easy to guess. */
import { invalid } from "#lib/api/errors.ts";
import { askAuth } from "./ask-auth.ts";
import { type Owner, weakness } from "./strength.ts";

export const MIN_PASSWORD = 10;
/** bcrypt reads no further (OpenBSD bcrypt). What is longer is refused, not cut. */
export const MAX_PASSWORD_OCTETS = 72;
/** A hash of nothing anyone knows, so that an unknown account costs the same comparison as a wrong password. */
const DECOY = "$2b$12$0bUdp2aZzECWjySAZ8voFurzjUwvITWvTz3zERq0eV8uVUMpCJGOm";

/** Why a password cannot be used, or null. */
export function passwordProblem(password: string): string | null {
  if ([...password].length < MIN_PASSWORD) return `Use at least ${MIN_PASSWORD} characters.`;
  if (Buffer.byteLength(password) > MAX_PASSWORD_OCTETS)
    return `Use at most ${MAX_PASSWORD_OCTETS} octets; longer passwords would be cut.`;
  if (password.includes("\0")) return "A password cannot contain a null character.";
  return null;
}

/** The hash of a new password, which is refused at its field if it is easy to guess, all the more for who knows its owner. */
export async function hashPassword(password: string, owner: Owner, field = "password"): Promise<string> {
  const weak = passwordProblem(password) ?? (await weakness(password, owner));
  if (weak !== null) throw invalid({ [field]: weak });
  return (await bcrypt({ op: "hash", password })) as string;
}

/** One comparison of the same cost, whether or not there is a hash to compare with. */
export async function comparePassword(password: string, hash: string | null): Promise<boolean> {
  const usable = Buffer.byteLength(password) <= MAX_PASSWORD_OCTETS;
  const equal = (await bcrypt({ op: "compare", password: usable ? password : "", hash: hash ?? DECOY })) as boolean;
  return equal && usable && hash !== null;
}

type Job = { op: "hash"; password: string } | { op: "compare"; password: string; hash: string };

const bcrypt = (job: Job): Promise<unknown> => askAuth("password-worker.mjs", job);
