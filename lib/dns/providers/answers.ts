/** Reading what providers answer. Pure. */
import { parseName } from "../name.ts";
import type { RRset } from "../rrset.ts";

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const byNameAndType = (a: RRset, b: RRset): number => compare(a.name, b.name) || compare(a.type, b.type);

/** An absolute name in canonical form. PowerDNS escapes more than has to be; nearly all names have nothing to escape. */
export function ownerName(name: string): string {
  if (/^[a-z0-9._*/-]+\.$/.test(name)) return name;
  const parsed = parseName(name, null);
  return parsed.ok ? parsed.value : name.toLowerCase();
}
