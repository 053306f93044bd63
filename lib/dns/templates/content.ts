/** What a template holds, and what it means for a zone. Pure. */
import { typeAtApex } from "../apex-alias.ts";
import { parseName } from "../name.ts";
import { type RRset, rrsetKey } from "../rrset.ts";
import { parseZoneFile } from "../zonefile/parse.ts";

export interface TemplateContent {
  /** Lines of a zone file, relative to the apex. `{zone}` is its name, `{zone-with-hyphens}` the same with hyphens for dots. */
  records: string;
  /** Absolute host names for the apex; none: those that the panel gives. */
  nameservers: string[];
  /** Seconds; null: as the provider makes it. */
  soa: { refresh: number; retry: number; expire: number; minimum: number } | null;
}

export const MOST_RECORDS = 500;
const DEFAULT_TTL = 3600;

export type Filled = { ok: true; rrsets: RRset[] } | { ok: false; reason: string };

/** The record sets of the lines in a zone of this name, or the first line that is wrong. */
export function recordsIn(content: Pick<TemplateContent, "records">, apex: string, flattens = false): Filled {
  const sets = new Map<string, RRset>();
  const options = { apex, maxRecords: MOST_RECORDS, maxOctets: 200_000, defaultTtl: DEFAULT_TTL };
  for (const item of parseZoneFile([`${forZone(content.records, apex)}\n`], options)) {
    if (item.error) return { ok: false, reason: `Line ${item.error.line}: ${item.error.reason}` };
    const { name, ttl, content: value, line } = item;
    const type = typeAtApex(item, apex, flattens);
    if (type === "SOA") return { ok: false, reason: `Line ${line}: The SOA has fields of its own.` };
    if (type === "NS" && name === apex)
      return { ok: false, reason: `Line ${line}: The name servers of the zone have a field of their own.` };
    const set = sets.get(rrsetKey({ name, type }));
    if (!set) sets.set(rrsetKey({ name, type }), { name, type, ttl, records: [{ content: value }] });
    else if (set.ttl !== ttl)
      return { ok: false, reason: `Line ${line}: All records of one name and type have one TTL.` };
    else if (!set.records.some((record) => record.content === value)) set.records.push({ content: value });
  }
  return { ok: true, rrsets: [...sets.values()] };
}

/** Everything that the template wants of a zone, from what is there at those names. */
export function wantedOf(content: TemplateContent, rrsets: readonly RRset[], apex: string, current: readonly RRset[]) {
  const at = (set: { name: string; type: string }) => current.find((other) => rrsetKey(other) === rrsetKey(set));
  const wanted = rrsets.map((set) => (set.type === "TXT" ? besideOthers(set, at(set)) : set));
  const soa = at({ name: apex, type: "SOA" });
  const fields = soa?.records[0]?.content.split(" ");
  if (content.soa && soa && fields?.length === 7) {
    const { refresh, retry, expire, minimum } = content.soa;
    const value = [...fields.slice(0, 3), refresh, retry, expire, minimum].join(" ");
    wanted.push({ ...soa, records: [{ ...soa.records[0], content: value }] });
  }
  if (content.nameservers.length > 0) {
    const ttl = at({ name: apex, type: "NS" })?.ttl ?? DEFAULT_TTL;
    wanted.push({ name: apex, type: "NS", ttl, records: content.nameservers.map((host) => ({ content: host })) });
  }
  return wanted;
}

/**
 * Texts of different kinds share a name: those that are there stay, but for the ones of a kind that the template brings,
 * of which a name may have one alone (`v=spf1`, RFC 7208 §3.2; `v=DMARC1`, RFC 7489 §6.6.3).
 */
function besideOthers(set: RRset, present: RRset | undefined): RRset {
  const kinds = new Set(set.records.flatMap(({ content }) => kindOf(content) ?? []));
  const others = present?.records.filter(({ content }) => {
    const kind = kindOf(content);
    return (kind === null || !kinds.has(kind)) && !set.records.some((record) => record.content === content);
  });
  return { ...set, records: [...(others ?? []), ...set.records] };
}

const kindOf = (content: string): string | null => /^"v=([a-z0-9]+)/i.exec(content)?.[1]?.toLowerCase() ?? null;

function forZone(text: string, apex: string): string {
  const bare = apex.replace(/\.$/, "");
  return text.replaceAll("{zone}", bare).replaceAll("{zone-with-hyphens}", bare.replaceAll(".", "-"));
}

/** Host names as people list them: absolute and canonical, or the first that is none. */
export function hostNames(list: readonly string[]): { ok: true; value: string[] } | { ok: false; reason: string } {
  const found: string[] = [];
  for (const text of list.map((one) => one.trim()).filter(Boolean)) {
    const name = parseName(text.endsWith(".") ? text : `${text}.`, null);
    if (!name.ok) return { ok: false, reason: `${text}: ${name.reason}` };
    if (name.value === "." || name.value.startsWith("*.")) return { ok: false, reason: `${text} is no host name.` };
    if (!found.includes(name.value)) found.push(name.value);
  }
  return { ok: true, value: found };
}
