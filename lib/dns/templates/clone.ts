/** The records of one zone as those of another: names rewritten, and what only the first can have left out. Pure. */
import { isInZone } from "../name.ts";
import type { ProviderCapabilities } from "../providers/provider.ts";
import type { DnsRecord, RRset } from "../rrset.ts";

/** Each zone has its own start, its own name servers, and its own keys and signatures. */
const OWN_AT_APEX = new Set(["SOA", "NS", "DNSKEY", "CDS", "CDNSKEY", "CSYNC", "ZONEMD", "NSEC3PARAM"]);
const SIGNATURES = new Set(["RRSIG", "NSEC", "NSEC3"]);
/** What stands for `auto` where there is none: what Cloudflare serves. */
const AUTO_SECONDS = 300;

export function copyFor(sets: readonly RRset[], from: string, to: string, capabilities: ProviderCapabilities): RRset[] {
  const moved = (name: string): string =>
    name === from ? to : isInZone(name, from) ? `${name.slice(0, -from.length)}${to}` : name;
  return sets.flatMap((set) => {
    if (SIGNATURES.has(set.type) || (set.name === from && OWN_AT_APEX.has(set.type))) return [];
    const records = set.records
      .filter((record) => record.managed === undefined && !(record.disabled && !capabilities.disabled))
      .map((record) => carried(record, set.type, moved, capabilities));
    if (records.length === 0) return [];
    const ttl = set.ttl === "auto" && !capabilities.autoTtl ? AUTO_SECONDS : set.ttl;
    return [{ name: moved(set.name), type: set.type, ttl, records }];
  });
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
      : content.replace(/(^| )([^ "]+\.)(?= |$)/g, (_, before: string, name: string) => `${before}${moved(name)}`);
  return {
    content: rewritten,
    ...(disabled && capabilities.disabled ? { disabled } : {}),
    ...(comment && capabilities.comments ? { comment } : {}),
    ...(proxied && capabilities.proxied ? { proxied } : {}),
    ...(tags && tags.length > 0 && capabilities.tags ? { tags } : {}),
  };
}
