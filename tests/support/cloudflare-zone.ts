/** The records of one zone of the Cloudflare fake: what it stores, in which form, and what it refuses. */
import { randomBytes } from "node:crypto";
import { domainToASCII } from "node:url";

export interface FakeRecord {
  id: string;
  name: string;
  type: string;
  content: string;
  ttl: number;
  proxied: boolean;
  priority?: number;
  data: Record<string, string | number>;
  comment: string | null;
  tags: string[];
  settings: Record<string, boolean>;
  meta: Record<string, unknown>;
  created_on: string;
  modified_on: string;
}

export type RecordInput = Partial<Omit<FakeRecord, "comment">> & {
  name: string;
  type: string;
  ttl: number;
  comment?: string;
};

export interface FakeZone {
  id: string;
  name: string;
  account: string;
  type: "full" | "partial" | "secondary" | "internal";
  status: "initializing" | "pending" | "active" | "moved";
  paused: boolean;
  plan: "free" | "pro" | "business" | "enterprise";
  nameServers: string[];
  quota: number;
  /** What it says of rights there, where that is not all of them. */
  permissions?: string[];
  dnssec: { status: string; modified_on: string | null };
  records: Map<string, FakeRecord>;
}

/** A refusal: a code, and what stands in the chain of a validation error. */
export class FakeRefusal extends Error {
  readonly status: number;
  readonly code: number;
  readonly chain: { code: number; message: string }[];

  constructor(status: number, code: number, message: string, chain: { code: number; message: string }[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.chain = chain;
  }
}

export const invalid = (code: number, message: string) =>
  new FakeRefusal(400, 1004, "DNS Validation Error", [{ code, message }]);

export const newId = (): string => randomBytes(16).toString("hex");

export const limitsOf = ({ plan }: FakeZone) => ({
  batch: plan === "free" ? 200 : 3500,
  minTtl: plan === "enterprise" ? 30 : 60,
  comment: plan === "free" ? 100 : 500,
  tags: plan === "free" ? 0 : 20,
});

export function addRecord(zone: FakeZone, input: RecordInput): FakeRecord {
  writable(zone);
  if (zone.records.size >= zone.quota) throw new FakeRefusal(400, 81045, "Record quota exceeded.");
  const now = new Date().toISOString();
  const record = stored(zone, { ...input, id: newId(), created_on: now });
  noClash(zone, record);
  zone.records.set(record.id, record);
  return record;
}

/** `keep`: what is not said stays (PATCH); otherwise it goes (PUT). */
export function changeRecord(zone: FakeZone, id: string, input: RecordInput, keep: boolean): FakeRecord {
  writable(zone);
  const old = editable(zone, id);
  const { comment, ...rest } = old;
  const before = keep
    ? { ...rest, ...(comment === null ? {} : { comment }) }
    : { created_on: old.created_on, meta: old.meta };
  const data = input.data ?? (keep && input.type === old.type ? old.data : {});
  const record = stored(zone, { ...before, ...input, data, id });
  noClash(zone, record);
  zone.records.set(id, record);
  return record;
}

export function removeRecord(zone: FakeZone, id: string): FakeRecord {
  writable(zone);
  const record = editable(zone, id);
  zone.records.delete(id);
  return record;
}

function writable(zone: FakeZone): void {
  if (zone.type === "secondary") throw invalid(9999, "Records of a secondary zone come from its primary.");
}

function editable(zone: FakeZone, id: string): FakeRecord {
  const record = zone.records.get(id);
  if (!record) throw new FakeRefusal(404, 81044, "Record does not exist.");
  if (record.meta.read_only === true) throw invalid(9998, "This record is managed by another product.");
  return record;
}

/** In the form in which it will be answered. */
function stored(zone: FakeZone, input: RecordInput & { id: string; created_on: string }): FakeRecord {
  const limits = limitsOf(zone);
  const { type } = input;
  const name = fullName(input.name, zone.name);
  if (name === zone.name && type === "NS") throw invalid(9997, "The name servers of the zone cannot be edited.");
  const proxied = input.proxied ?? false;
  if (proxied && !["A", "AAAA", "CNAME"].includes(type)) throw invalid(9041, "This record type cannot be proxied.");
  if (input.ttl !== 1 && input.ttl < limits.minTtl) throw invalid(9021, `TTL must be at least ${limits.minTtl}.`);
  const comment = input.comment?.trim() ?? "";
  if (/[\r\n]/.test(comment) || comment.length > limits.comment) throw invalid(9302, "Invalid comment.");
  const tags = [...new Set(input.tags ?? [])].sort();
  if (tags.length > limits.tags)
    throw invalid(9300, `DNS record has ${tags.length} tags, exceeding the quota of ${limits.tags}.`);
  if (tags.some((tag) => !/^[\w-]+(?::.*)?$/.test(tag) || /^cf-/i.test(tag))) throw invalid(9301, "Invalid tag.");
  const data = input.data ?? {};
  const needsData = DATA_TYPES.has(type);
  if (needsData && Object.keys(data).length === 0) throw invalid(9101, "data is a required data field.");
  if ((type === "MX" || type === "URI") && input.priority === undefined)
    throw invalid(9100, "priority is a required data field.");
  const content = needsData ? shownContent(type, data, input.priority) : contentOf(type, input.content ?? "");
  if (content === "" || content === '""') throw invalid(9005, `Content for ${type} record is invalid.`);
  if (type === "CNAME" && content === name) throw invalid(9039, "Content must not match the name.");
  if (Buffer.byteLength(content) > 4096 + 128) throw invalid(9207, "Content is too long.");
  const { priority } = input;
  return {
    id: input.id,
    name,
    type,
    content,
    ttl: proxied ? 1 : input.ttl,
    proxied,
    ...(priority === undefined || (type !== "MX" && type !== "URI") ? {} : { priority }),
    data,
    comment: comment === "" ? null : comment,
    tags,
    settings: input.settings ?? {},
    meta: input.meta ?? {},
    created_on: input.created_on,
    modified_on: new Date().toISOString(),
  };
}

const DATA_TYPES = new Set([
  ...["CAA", "CERT", "DNSKEY", "DS", "HTTPS", "LOC", "NAPTR", "SMIMEA", "SRV", "SSHFP", "SVCB", "TLSA", "URI"],
]);

/** A relative name, `@`, or a full one: the answer is always full, in Punycode and lower case. */
function fullName(given: string, apex: string): string {
  const name = given.toLowerCase().replace(/\.$/, "");
  if (name === "@") return apex;
  const ascii = /^[\x21-\x7e]+$/.test(name) ? name : domainToASCII(name);
  if (ascii === "" || ascii.split(".").some((label) => label === "" || label.length > 63))
    throw invalid(9000, "DNS name is invalid.");
  const full = ascii === apex || ascii.endsWith(`.${apex}`) ? ascii : `${ascii}.${apex}`;
  if (full.slice(1).includes("*")) throw invalid(9000, "DNS name is invalid.");
  return full;
}

function contentOf(type: string, content: string): string {
  if (type === "AAAA") return new URL(`http://[${content}]`).hostname.slice(1, -1);
  if (["CNAME", "MX", "NS", "PTR"].includes(type)) {
    if (!/^(?:[\x21-\x7e]+|\.)$/.test(content)) throw invalid(9005, `Content for ${type} record is invalid.`);
    return content === "." ? content : content.toLowerCase().replace(/\.$/, "");
  }
  // Text is answered as it was stored, in quotes or not; one string in quotes that is too long is split.
  if (type !== "TXT" || !/^".*"$/s.test(content)) return content;
  const strings = content.match(/"(?:\\[\s\S]|[^"\\])*"/g) ?? [];
  return strings
    .flatMap((string) =>
      octets(string) <= 255 ? [string] : (string.slice(1, -1).match(/[\s\S]{1,255}/g) ?? []).map((part) => `"${part}"`),
    )
    .join(" ");
}

const octets = (quoted: string): number => Buffer.byteLength(quoted.slice(1, -1).replace(/\\(\d{3}|[\s\S])/g, "x"));

/** What is shown of a record with `data`; nobody should read it. */
function shownContent(type: string, data: FakeRecord["data"], priority?: number): string {
  const values = Object.values(data).join(" ");
  return type === "URI" ? `${priority} ${values}` : values;
}

const identity = ({ name, type, content, data, priority }: FakeRecord): string =>
  JSON.stringify([name, type, DATA_TYPES.has(type) ? Object.entries(data).sort() : content, priority]);

function noClash(zone: FakeZone, record: FakeRecord): void {
  const { name, type } = record;
  const others = [...zone.records.values()].filter((other) => other.id !== record.id && other.name === name);
  const there = (...types: string[]) => others.some((other) => types.includes(other.type));
  for (const other of others) {
    if (identity(other) !== identity(record)) continue;
    if (other.ttl === record.ttl && other.proxied === record.proxied)
      throw new FakeRefusal(400, 81058, "An identical record already exists.");
    throw new FakeRefusal(400, 81057, "The record already exists.");
  }
  if (type === "CNAME" && there("A", "AAAA", "CNAME"))
    throw new FakeRefusal(400, 81053, "An A, AAAA, or CNAME record with that host already exists.");
  if ((type === "A" || type === "AAAA") && there("CNAME"))
    throw new FakeRefusal(400, 81054, "A CNAME record with that host already exists.");
  if (type !== "NS" && type !== "DS" && there("NS"))
    throw new FakeRefusal(400, 81056, "NS records with that host already exist.");
  if (type === "NS" && others.some((other) => other.type !== "NS" && other.type !== "DS"))
    throw new FakeRefusal(400, 81056, "Records with that host already exist.");
  if (type === "DS" && !there("NS")) throw invalid(9996, "DS records need NS records at the same name.");
  const sum = others.filter((other) => other.type === type).reduce((length, other) => length + other.content.length, 0);
  if (sum + record.content.length > 8192) throw invalid(9207, "The records of this name and type are too long.");
}
