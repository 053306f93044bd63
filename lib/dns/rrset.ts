/** The words of the DNS pipeline: an RRset (RFC 9499 §5) and what a change does to one. Pure types and identities. */

/** Seconds (0 to 2^31-1, RFC 2181 §8), or `auto` where the provider chooses (Cloudflare). */
export type Ttl = number | "auto";

/** One rdata in canonical presentation form (RFC 1035 §5.1), and what a provider hangs on it. */
export interface DnsRecord {
  content: string;
  /** Kept by the provider but not served (PowerDNS). Absent means served. */
  disabled?: boolean;
  comment?: string;
  /** Cloudflare's proxy. */
  proxied?: boolean;
  tags?: string[];
  /** The provider's own id, where it has one (Cloudflare). Never part of identity or comparison. */
  providerId?: string;
  /** Its own TTL, where that is not the one of its set (Cloudflare). Never part of identity or comparison. */
  ownTtl?: Ttl;
  /** What put it there and alone changes it, such as “Email Routing” (Cloudflare). Never part of identity or comparison. */
  managed?: string;
}

/** All records of one owner name and type. `name` is absolute, lower case, A-labels, and ends in a dot. */
export interface RRset {
  name: string;
  type: string;
  ttl: Ttl;
  records: DnsRecord[];
}

/** One step of a plan: exactly one RRset, with its state before and after. `null` means that there was, or will be, none. */
export type Change =
  | { kind: "create"; name: string; type: string; before: null; after: RRset }
  | { kind: "update"; name: string; type: string; before: RRset; after: RRset }
  | { kind: "delete"; name: string; type: string; before: RRset; after: null };

/** Ordered, minimal, deterministic; empty when nothing differs. */
export type Plan = Change[];

/** What identifies an RRset inside a zone. */
export const rrsetKey = (set: { name: string; type: string }): string => `${set.name} ${set.type}`;
