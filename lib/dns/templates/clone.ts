/** The records of one zone as those of another: names rewritten, and what only the first can have left out. Pure. */
import { displayName, isInZone } from "../name.ts";
import { keepsType, type ProviderCapabilities, type ProviderObjection } from "../providers/provider.ts";
import { type DnsRecord, type RRset, rrsetKey, type Ttl } from "../rrset.ts";
import type { Finding } from "../rules.ts";

/** Each zone has its own start, its own name servers, and its own keys and signatures. */
const OWN_AT_APEX = new Set(["SOA", "NS", "DNSKEY", "CDS", "CDNSKEY", "CSYNC", "ZONEMD", "NSEC3PARAM"]);
const SIGNATURES = new Set(["RRSIG", "NSEC", "NSEC3"]);
/** What stands for `auto` where there is none: what Cloudflare serves. */
const AUTO_SECONDS = 300;

interface Copy {
  rrsets: RRset[];
  /** What is not as it was, once for each reason. */
  notices: Finding[];
}

const LEFT = {
  disabled: "Records that are not served are left out: here every record is.",
  comment: "Comments are left out: this provider keeps none.",
  proxied: "Proxied records answer with their own addresses: there is no proxy here.",
  tags: "Tags are left out: this provider keeps none.",
};

export function copyFor(sets: readonly RRset[], from: string, to: string, capabilities: ProviderCapabilities): Copy {
  const notices = new Map<string, Finding>();
  const moved = (name: string): string =>
    name === from ? to : isInZone(name, from) ? `${name.slice(0, -from.length)}${to}` : name;
  const rrsets = sets.flatMap((set) => {
    if (SIGNATURES.has(set.type) || (set.name === from && OWN_AT_APEX.has(set.type))) return [];
    const [name, type] = [moved(set.name), set.type];
    const say = (code: string, message: string) =>
      notices.has(message) || notices.set(message, { code, name, type, message });
    const own = set.records.filter((record) => record.managed === undefined);
    if (own.length > 0 && !keepsType(capabilities, type)) {
      say("no_type", `${type} records are left out: this provider has none.`);
      return [];
    }
    const lost = { ...capabilities, comment: capabilities.comments };
    for (const extra of ["disabled", "comment", "proxied", "tags"] as const)
      if (!lost[extra] && own.some((record) => hasExtra(record, extra))) say(`no_${extra}`, LEFT[extra]);
    const records = own
      .filter((record) => !(record.disabled && !capabilities.disabled))
      .map((record) => carried(record, type, moved, capabilities));
    if (records.length === 0) return [];
    const ttl = ttlHere(set.ttl, capabilities);
    if (set.ttl !== "auto" && ttl !== set.ttl) say("other_ttl", otherTtl(ttl));
    return [{ name, type, ttl, records }];
  });
  return { rrsets, notices: [...notices.values()] };
}

const hasExtra = (record: DnsRecord, extra: keyof typeof LEFT): boolean => {
  const value = record[extra];
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
};

function ttlHere(ttl: Ttl, { autoTtl, minTtl, maxTtl }: ProviderCapabilities): Ttl {
  if (ttl === "auto") return autoTtl ? ttl : AUTO_SECONDS;
  const within = Math.min(Math.max(ttl, minTtl), maxTtl);
  return within !== ttl && autoTtl ? "auto" : within;
}

const otherTtl = (ttl: Ttl): string =>
  `TTLs that this provider does not take become ${ttl === "auto" ? "Auto" : `${ttl} seconds`}.`;

/** The same without what the provider refuses of it, zone by zone; a TTL that it refuses becomes Auto. */
export function withoutRefused({ rrsets, notices }: Copy, objections: readonly ProviderObjection[]): Copy {
  const refused = new Map(objections.map((objection) => [rrsetKey(objection), objection]));
  const said = new Map(notices.map((notice) => [notice.message, notice]));
  const kept = rrsets.flatMap((set) => {
    const objection = refused.get(rrsetKey(set));
    if (!objection) return set;
    const { name, type, code } = objection;
    const again = code === "ttl_out_of_range" && set.ttl !== "auto";
    const message = again ? otherTtl("auto") : `${displayName(name)} ${type} is left out: ${objection.message}`;
    said.set(message, { code: again ? "other_ttl" : code, name, type, message });
    return again ? { ...set, ttl: "auto" as const } : [];
  });
  return { rrsets: kept, notices: [...said.values()] };
}

function carried(
  { content, disabled, comment, proxied, tags }: DnsRecord,
  type: string,
  moved: (name: string) => string,
  capabilities: ProviderCapabilities,
): DnsRecord {
  // In canonical form a name inside rdata is a word that ends in a dot. Texts are nobody's names.
  const rewritten =
    type === "TXT" || content.startsWith("\\#")
      ? content
      : content.replace(WORDS, (written, before: string, name?: string) =>
          name === undefined ? written : `${before}${moved(name)}`,
        );
  return {
    content: rewritten,
    ...(disabled && capabilities.disabled ? { disabled } : {}),
    ...(comment && capabilities.comments ? { comment } : {}),
    ...(proxied && capabilities.proxied ? { proxied } : {}),
    ...(tags && tags.length > 0 && capabilities.tags ? { tags } : {}),
  };
}

/** What stands in quotes, or a word that ends in a dot. */
const WORDS = /"(?:[^"\\]|\\.)*"|(^| )([^ "]+\.)(?= |$)/g;
