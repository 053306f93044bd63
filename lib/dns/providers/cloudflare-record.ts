/**
 * One record as Cloudflare writes it, and as the panel does: names without the final dot, `data` objects for types with
 * several fields, the priority of MX and URI beside them, and texts that may or may not stand in quotes. Pure.
 */
import { typeAtApex } from "../apex-alias.ts";
import type { DnsRecord, RRset, Ttl } from "../rrset.ts";
import { rrsetKey } from "../rrset.ts";
import { canonicalContent } from "../types/index.ts";
import { quoteOctets, readStrings, textOf, textToOctets, tokensOf } from "../types/strings.ts";
import { contentToOctets, textToContent } from "../types/txt.ts";
import { byNameAndType, compare, isObject, ownerName } from "./answers.ts";
import { ProviderError } from "./provider.ts";

/** What is sent of a record, extras aside. `ttl` 1 is automatic. */
export interface CloudflareFields {
  name: string;
  type: string;
  ttl: number;
  content?: string;
  data?: Record<string, string | number>;
  priority?: number;
}

/**
 * How a field of `data` stands in presentation form. `name` has a final dot there, `string` quotes, and `rest` is
 * everything that is left, as it is.
 */
type FieldKind = "number" | "token" | "name" | "string" | "rest";

const HASH: [string, FieldKind][] = [
  ["usage", "number"],
  ["selector", "number"],
  ["matching_type", "number"],
  ["certificate", "rest"],
];
const SERVICE: [string, FieldKind][] = [
  ["priority", "number"],
  ["target", "name"],
  ["value", "rest"],
];

/** The fields of `data`, in the order of the presentation form. LOC has code of its own. */
const DATA: Readonly<Record<string, readonly [key: string, kind: FieldKind][]>> = {
  CAA: [
    ["flags", "number"],
    ["tag", "token"],
    ["value", "string"],
  ],
  CERT: [
    ["type", "number"],
    ["key_tag", "number"],
    ["algorithm", "number"],
    ["certificate", "rest"],
  ],
  DNSKEY: [
    ["flags", "number"],
    ["protocol", "number"],
    ["algorithm", "number"],
    ["public_key", "rest"],
  ],
  DS: [
    ["key_tag", "number"],
    ["algorithm", "number"],
    ["digest_type", "number"],
    ["digest", "rest"],
  ],
  HTTPS: SERVICE,
  NAPTR: [
    ["order", "number"],
    ["preference", "number"],
    ["flags", "string"],
    ["service", "string"],
    ["regex", "string"],
    ["replacement", "name"],
  ],
  SMIMEA: HASH,
  SRV: [
    ["priority", "number"],
    ["weight", "number"],
    ["port", "number"],
    ["target", "name"],
  ],
  SSHFP: [
    ["algorithm", "number"],
    ["type", "number"],
    ["fingerprint", "rest"],
  ],
  SVCB: SERVICE,
  TLSA: HASH,
  URI: [
    ["weight", "number"],
    ["target", "string"],
  ],
};

/** Types whose content is a name and nothing else. */
const NAMES = new Set(["CNAME", "NS", "PTR"]);

export const CLOUDFLARE_TYPES: ReadonlySet<string> = new Set([
  ...["A", "AAAA", "CAA", "CERT", "CNAME", "DNSKEY", "DS", "HTTPS", "LOC", "MX", "NAPTR", "NS", "OPENPGPKEY", "PTR"],
  ...["SMIMEA", "SRV", "SSHFP", "SVCB", "TLSA", "TXT", "URI", "ALIAS"],
]);

/** What Cloudflare calls it. */
export const typeThere = (type: string): string => (type === "ALIAS" ? "CNAME" : type);

export const undotted = (name: string): string => (name === "." ? name : name.replace(/\.$/, ""));
const dotted = (name: string): string => (name === "" || name === "." ? "." : ownerName(`${name.replace(/\.$/, "")}.`));

export const wireTtl = (ttl: Ttl): number => (ttl === "auto" ? 1 : ttl);

/** Throws a ProviderError for content that Cloudflare has no words for. */
export function encodeRecord(name: string, panelType: string, ttl: Ttl, content: string): CloudflareFields {
  const type = typeThere(panelType);
  const fields = { name: undotted(name), type, ttl: wireTtl(ttl) };
  if (NAMES.has(type)) return { ...fields, content: undotted(content) };
  const tokens = tokensOf(content);
  if (type === "MX") {
    const [priority = "", host = ""] = tokens;
    return { ...fields, content: undotted(host), priority: numeric(priority, fields) };
  }
  if (type === "LOC") return { ...fields, data: encodeLocation(tokens, fields) };
  const known = DATA[type];
  if (known === undefined) return { ...fields, content };
  const priority = type === "URI" ? { priority: numeric(tokens.shift() ?? "", fields) } : {};
  const data: Record<string, string | number> = {};
  for (const [key, kind] of known) {
    if (kind === "rest") {
      data[key] = tokens.splice(0).join(" ");
      continue;
    }
    const token = tokens.shift();
    if (token === undefined) throw unwritable(fields);
    if (kind === "number") data[key] = numeric(token, fields);
    else if (kind === "name") data[key] = undotted(token);
    else if (kind === "string") data[key] = unquoted(token, fields);
    else data[key] = token;
  }
  return { ...fields, ...priority, data };
}

/** The record sets of one zone, from what a list or a batch answered. Throws for what is no record. */
export function rrsetsOfRecords(records: readonly unknown[], apex: string): RRset[] {
  const found = new Map<string, { name: string; type: string; records: Map<string, DnsRecord & { ttl: Ttl }> }>();
  for (const record of records) {
    if (!isRecord(record))
      throw new ProviderError("not_sent", "provider_failed", "The answer was not one of Cloudflare's API.");
    const name = dotted(record.name);
    const type = typeAtApex({ name, type: record.type }, apex, true);
    const key = rrsetKey({ name, type });
    const entry = found.get(key) ?? { name, type, records: new Map() };
    found.set(key, entry);
    const written = contentOf(record);
    const canonical = canonicalContent(type, written, apex);
    const content = canonical.ok ? canonical.value : written;
    const twin = entry.records.get(content);
    // Two spellings of the same content are two records at Cloudflare, and one here that goes by both ids.
    if (twin) twin.providerId = `${twin.providerId} ${record.id}`;
    else entry.records.set(content, { content, ...extrasOf(record), providerId: record.id, ttl: ttlOf(record.ttl) });
  }
  return Array.from(found.values(), ({ name, type, records }) => {
    const ttl = lowest(Array.from(records.values(), (record) => record.ttl));
    const plain = Array.from(records.values(), ({ ttl: own, ...record }) =>
      own === ttl ? record : { ...record, ownTtl: own },
    );
    return { name, type, ttl, records: plain.sort((a, b) => compare(a.content, b.content)) };
  }).sort(byNameAndType);
}

interface RawRecord {
  id: string;
  name: string;
  type: string;
  ttl: number;
  [key: string]: unknown;
}

const isRecord = (value: unknown): value is RawRecord =>
  isObject(value) &&
  typeof value.id === "string" &&
  typeof value.name === "string" &&
  typeof value.type === "string" &&
  typeof value.ttl === "number";

function contentOf(record: RawRecord): string {
  const { type } = record;
  const content = typeof record.content === "string" ? record.content : "";
  const priority = typeof record.priority === "number" ? record.priority : 0;
  if (NAMES.has(type)) return dotted(content);
  if (type === "MX") return `${priority} ${dotted(content)}`;
  if (type === "TXT") return textContent(content);
  const data = isObject(record.data) ? record.data : {};
  if (type === "LOC") return decodeLocation(data, content);
  const known = DATA[type];
  // What is read-only there may come without its parts.
  if (known === undefined || Object.keys(data).length === 0) return content;
  const parts = known.map(([key, kind]) => {
    const value = String(data[key] ?? (kind === "number" ? 0 : ""));
    if (kind === "name") return dotted(value);
    return kind === "string" ? quoteOctets(textToOctets(value)) : value;
  });
  return (type === "URI" ? [String(priority), ...parts] : parts).join(" ").trim();
}

/** In quotes at both ends it is presentation form; otherwise the text itself, whatever is in it. */
function textContent(content: string): string {
  if (content.startsWith('"') && content.endsWith('"') && contentToOctets(content).ok) return content;
  return textToContent(content);
}

function extrasOf(record: RawRecord): Omit<DnsRecord, "content"> {
  const tags = Array.isArray(record.tags) ? record.tags.filter((tag) => typeof tag === "string") : [];
  const managed = managedBy(record);
  return {
    ...(record.proxied === true ? { proxied: true } : {}),
    ...(typeof record.comment === "string" && record.comment !== "" ? { comment: record.comment } : {}),
    ...(tags.length > 0 ? { tags: tags.toSorted() } : {}),
    ...(managed === undefined ? {} : { managed }),
  };
}

/** What else at Cloudflare put a record there. Such records can be seen, and not changed. */
function managedBy(record: RawRecord): string | undefined {
  const meta = isObject(record.meta) ? record.meta : {};
  const owner = OWNERS.find(([key]) => meta[key] !== undefined && meta[key] !== false && meta[key] !== null);
  if (owner) return owner[1];
  return meta.read_only === true || record.locked === true ? "Cloudflare" : undefined;
}

const OWNERS: readonly [key: string, product: string][] = [
  ["email_routing", "Email Routing"],
  ["managed_by_argo_tunnel", "Cloudflare Tunnel"],
  ["origin_worker_id", "Workers"],
  ["r2_bucket", "R2"],
  ["managed_by_apps", "a Cloudflare app"],
];

const ttlOf = (ttl: number): Ttl => (ttl === 1 ? "auto" : ttl);

/** What Cloudflare serves for `auto`. */
const AUTO_SECONDS = 300;

const lowest = (ttls: readonly Ttl[]): Ttl =>
  ttls.reduce((low, ttl) =>
    (ttl === "auto" ? AUTO_SECONDS : ttl) < (low === "auto" ? AUTO_SECONDS : low) ? ttl : low,
  );

function numeric(token: string, at: { name: string; type: string }): number {
  if (!/^\d+$/.test(token)) throw unwritable(at);
  return Number(token);
}

/** A quoted string as the text that it is. */
function unquoted(token: string, at: { name: string; type: string }): string {
  const read = readStrings(token);
  const text = read.ok ? textOf(read.value) : null;
  if (text === null) throw unwritable(at);
  return text;
}

const unwritable = ({ name, type }: { name: string; type: string }): ProviderError =>
  new ProviderError("refused", "provider_refused", `Cloudflare has no way to write this ${type} record of ${name}.`, {
    at: { name: `${name}.`, type },
  });

/** RFC 1876 §3: `51 30 12.000 N 0 7 39.000 W 10m 1m 10000m 10m`; minutes, seconds and what follows the altitude may be missing. */
function encodeLocation(tokens: string[], at: { name: string; type: string }): Record<string, string | number> {
  const coordinate = (directions: string) => {
    const numbers: number[] = [];
    for (let token = tokens.shift(); token !== undefined; token = tokens.shift()) {
      if (directions.includes(token.toUpperCase())) return { numbers, direction: token.toUpperCase() };
      numbers.push(Number(token));
    }
    throw unwritable(at);
  };
  const [lat, long] = [coordinate("NS"), coordinate("EW")];
  const metres = (otherwise: number) => Number((tokens.shift() ?? String(otherwise)).replace(/m$/i, ""));
  const data = {
    lat_degrees: lat.numbers[0] ?? 0,
    lat_minutes: lat.numbers[1] ?? 0,
    lat_seconds: lat.numbers[2] ?? 0,
    lat_direction: lat.direction,
    long_degrees: long.numbers[0] ?? 0,
    long_minutes: long.numbers[1] ?? 0,
    long_seconds: long.numbers[2] ?? 0,
    long_direction: long.direction,
    altitude: metres(0),
    size: metres(1),
    precision_horz: metres(10_000),
    precision_vert: metres(10),
  };
  if (Object.values(data).some((value) => Number.isNaN(value))) throw unwritable(at);
  return data;
}

function decodeLocation(data: Record<string, unknown>, content: string): string {
  if (data.lat_degrees === undefined) return content;
  const number = (key: string, digits: number) => Number(data[key] ?? 0).toFixed(digits);
  const coordinate = (axis: string) =>
    [`${axis}_degrees`, `${axis}_minutes`].map((key) => number(key, 0)).concat(number(`${axis}_seconds`, 3));
  return [
    ...coordinate("lat"),
    String(data.lat_direction),
    ...coordinate("long"),
    String(data.long_direction),
    ...["altitude", "size", "precision_horz", "precision_vert"].map((key) => `${number(key, 2)}m`),
  ].join(" ");
}
