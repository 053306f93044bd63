/**
 * Who is in a rollout, from nothing but its rules and what is known of an account. Chance is SHA-256 of key and account id: the same
 * every time, different for every rollout, and whoever is in stays in while the share grows.
 */
import { createHash } from "node:crypto";

export const BUCKETS = 10_000;

export interface Treatment {
  name: string;
  weight: number;
}

/** An account is in the audience if any of these says so. */
export interface Audience {
  staff: boolean;
  roles: string[];
  organisations: string[];
}

export interface Rules {
  key: string;
  enabled: boolean;
  /** Of 10,000. */
  share: number;
  /** Null: everybody. */
  audience: Audience | null;
  treatments: readonly Treatment[];
  startsAt: number | null;
  endsAt: number | null;
}

export interface Known {
  id: string;
  staff: boolean;
  roles: readonly string[];
  organisations: readonly string[];
  forced: { forced: "in" | "out"; treatment: string | null } | null;
}

/** 0 to 9,999. 48 bits over 10,000: no bucket is larger than another by more than a part in 28,000 million. */
export const bucketOf = (salt: string, account: string): number =>
  createHash("sha256").update(`${salt}\n${account}`).digest().readUIntBE(0, 6) % BUCKETS;

/** What the account gets; null: it is out. */
export function treatmentOf(rules: Rules, account: Known, now: number): string | null {
  if (!rules.enabled || (rules.startsAt ?? 0) > now || (rules.endsAt ?? Number.POSITIVE_INFINITY) <= now) return null;
  const { forced } = account;
  if (forced?.forced === "out") return null;
  if (forced?.forced === "in") return forced.treatment ?? byChance(rules, account.id);
  if (!inAudience(rules.audience, account)) return null;
  return bucketOf(rules.key, account.id) < rules.share ? byChance(rules, account.id) : null;
}

function inAudience(audience: Audience | null, { staff, roles, organisations }: Known): boolean {
  if (audience === null) return true;
  return (
    (audience.staff && staff) ||
    audience.roles.some((role) => roles.includes(role)) ||
    audience.organisations.some((organisation) => organisations.includes(organisation))
  );
}

/** Another bucket than the one that decides who is in, so that the first to come are not all given the same. */
function byChance({ key, treatments }: Rules, account: string): string | null {
  const total = treatments.reduce((sum, { weight }) => sum + weight, 0);
  let left = (bucketOf(`${key}\ntreatment`, account) * total) / BUCKETS;
  for (const { name, weight } of treatments) {
    if (left < weight) return name;
    left -= weight;
  }
  return treatments.at(-1)?.name ?? null;
}
