/** What Cloudflare says of a zone, what a zone of its plan may hold, and what would be refused there. Pure. */
import type { Change, DnsRecord, Plan, RRset } from "../rrset.ts";
import { contentToOctets } from "../types/txt.ts";
import { isObject, ownerName } from "./answers.ts";
import { encodeRecord } from "./cloudflare-record.ts";
import { heldAsSecondary, ProviderError, type ProviderObjection, type ZoneInfo } from "./provider.ts";

/** What one zone is and may hold. */
export interface ZoneFacts {
  info: ZoneInfo;
  /** Operations in one batch. */
  batch: number;
  /** Seconds. */
  minTtl: number;
  /** Characters of a comment. */
  comment: number;
  tags: boolean;
  /** What Cloudflare says of rights in the zone has that to read records in it, and not that to change them. It speaks of people, and a token may well have it. */
  doubtful: boolean;
}

/** By the plan's `legacy_id`. A plan that is not known is taken for the smallest. */
const FREE: Omit<ZoneFacts, "info" | "doubtful"> = { batch: 200, minTtl: 60, comment: 100, tags: false };
const PAID = { batch: 3500, minTtl: 60, comment: 500, tags: true };
const PLANS: Readonly<Record<string, typeof FREE>> = {
  pro: PAID,
  business: PAID,
  enterprise: { ...PAID, minTtl: 30 },
};

/** Octets of one record on the wire, and characters of all records of a name and type. */
const MAX_RECORD_OCTETS = 4096;
const MAX_SET_CHARACTERS = 8192;

/** Throws for what is no zone. `outcome`: what that means for the caller. */
export function factsOf(zone: unknown, outcome: "not_sent" | "unknown"): ZoneFacts {
  if (!isObject(zone) || typeof zone.id !== "string" || typeof zone.name !== "string")
    throw new ProviderError(outcome, "provider_failed", "The answer was not one of Cloudflare's API.");
  const plan = isObject(zone.plan) ? String(zone.plan.legacy_id ?? "") : "";
  const names: unknown[] = Array.isArray(zone.name_servers) ? zone.name_servers : [];
  const nameservers = names.filter((name) => typeof name === "string").map((name) => ownerName(`${name}.`));
  const info: ZoneInfo = {
    externalId: zone.id,
    // Zones with letters beyond ASCII may come in either form.
    name: ownerName(`${zone.name}.`),
    version: null,
    serial: null,
    ...statusOf(zone, nameservers),
    ...(nameservers.length > 0 ? { nameservers } : {}),
  };
  if (zone.type === "secondary") {
    info.readOnly = heldAsSecondary("Cloudflare");
  }
  const rights: unknown[] = Array.isArray(zone.permissions) ? zone.permissions : [];
  const doubtful = rights.includes("#dns_records:read") && !rights.includes("#dns_records:edit");
  return { info, doubtful, ...(PLANS[plan] ?? FREE) };
}

function statusOf(
  zone: Record<string, unknown>,
  nameservers: readonly string[],
): Pick<ZoneInfo, "status" | "statusMessage"> {
  if (zone.type === "partial") {
    const statusMessage = "Another provider serves this domain; Cloudflare answers only for names that point to it.";
    return { status: zone.status === "active" ? "active" : "pending", statusMessage };
  }
  if (zone.status === "moved") {
    const statusMessage = "The domain is no longer delegated to Cloudflare, so these records are not served.";
    return { status: "error", statusMessage };
  }
  if (zone.status !== "active") {
    const where = nameservers.map((name) => name.replace(/\.$/, "")).join(" and ");
    const statusMessage = `Cloudflare serves this zone once the domain is delegated to ${where || "its name servers"}.`;
    return { status: "pending", statusMessage };
  }
  if (zone.paused === true)
    return {
      status: "active",
      statusMessage: "Cloudflare is paused for this zone: proxied records are answered as they are.",
    };
  return { status: "active" };
}

/** SOA and apex NS: served, but not among the records that Cloudflare lists. The serial is nobody's to know. */
export function apexRRsets({ info }: ZoneFacts): RRset[] {
  const [first] = info.nameservers ?? [];
  if (first === undefined || info.nameservers === undefined) return [];
  const soa = `${first} dns.cloudflare.com. 0 10000 2400 604800 1800`;
  const managed = "Cloudflare";
  return [
    {
      name: info.name,
      type: "NS",
      ttl: 86_400,
      records: info.nameservers.toSorted().map((content) => ({ content, managed })),
    },
    { name: info.name, type: "SOA", ttl: 1800, records: [{ content: soa, managed }] },
  ];
}

/** What Cloudflare would refuse, or store otherwise than it is sent. */
export function objectionsTo(facts: ZoneFacts, plan: Plan): ProviderObjection[] {
  return plan.flatMap((change) => {
    const { name, type } = change;
    // That these are the provider's own is among its capabilities.
    if (type === "SOA" || (type === "NS" && name === facts.info.name)) return [];
    const say = (code: string, message: string, field?: ProviderObjection["field"]): ProviderObjection => ({
      code,
      name,
      type,
      message,
      ...(field ? { field } : {}),
    });
    const kept = managedBy(change);
    if (kept !== undefined) {
      const message = `${kept} put a record of this name and type there and keeps it. It can be changed there alone.`;
      return [say("record_managed", message, "name")];
    }
    return change.after === null ? [] : setObjections(facts, change.after, say);
  });
}

/** Whose record the change would touch, if it is somebody's. */
function managedBy({ before, after }: Change): string | undefined {
  const stays = ({ content, ownTtl }: DnsRecord) =>
    (after?.ttl === before?.ttl || after?.ttl === ownTtl) &&
    after?.records.some((record) => record.content === content);
  return before?.records.find((record) => record.managed !== undefined && !stays(record))?.managed;
}

type Say = (code: string, message: string, field?: ProviderObjection["field"]) => ProviderObjection;

function setObjections(facts: ZoneFacts, set: RRset, say: Say): ProviderObjection[] {
  const found: ProviderObjection[] = [];
  const proxied = set.records.some((record) => record.proxied);
  if (proxied && !["A", "AAAA", "ALIAS", "CNAME"].includes(set.type))
    found.push(
      say("not_proxiable", `Cloudflare proxies only A, AAAA, ALIAS and CNAME; ${set.type} is none of them.`, "content"),
    );
  else if (proxied && set.ttl !== "auto") found.push(say("proxied_ttl", "What is proxied has the TTL Auto.", "ttl"));
  if (typeof set.ttl === "number" && set.ttl < facts.minTtl)
    found.push(say("ttl_out_of_range", `This zone takes TTLs from ${facts.minTtl} seconds, or Auto.`, "ttl"));

  let characters = 0;
  for (const record of set.records) {
    characters += record.content.length;
    found.push(...recordObjections(set, record.content, say));
    const comment = record.comment ?? "";
    if (comment.length > facts.comment)
      found.push(say("comment_too_long", `A comment has at most ${facts.comment} characters in this zone.`, "content"));
    if (/[\r\n]/.test(comment)) found.push(say("comment_lines", "A comment is one line.", "content"));
    if (record.tags && !facts.tags)
      found.push(say("tags_not_offered", "The plan of this zone at Cloudflare has no tags.", "content"));
    const odd = record.tags?.find((tag) => !/^[A-Za-z0-9_-]+(?::.*)?$/.test(tag) || /^cf-/i.test(tag));
    if (odd !== undefined && facts.tags) {
      const message = `${odd} is no tag: write name:value, the name of letters, digits, - and _, not beginning with cf-.`;
      found.push(say("tag_invalid", message, "content"));
    }
  }
  if (characters > MAX_SET_CHARACTERS) {
    const message = `Cloudflare takes ${MAX_SET_CHARACTERS} characters for all records of a name and type; these are ${characters}.`;
    found.push(say("set_too_long", message, "content"));
  }
  return found;
}

function recordObjections(set: RRset, content: string, say: Say): ProviderObjection[] {
  try {
    encodeRecord(set.name, set.type, set.ttl, content);
  } catch (error) {
    return [
      say("not_writable", error instanceof ProviderError ? error.message : "Cloudflare cannot store this.", "content"),
    ];
  }
  if (set.type === "TXT") {
    const read = contentToOctets(content);
    const octets = read.ok ? read.value.reduce((sum, string) => sum + string.length + 1, 0) : 0;
    if (read.ok && read.value.every((string) => string.length === 0))
      return [say("empty_text", "Cloudflare takes no empty text.", "content")];
    if (octets > MAX_RECORD_OCTETS)
      return [
        say(
          "record_too_long",
          `A record has at most ${MAX_RECORD_OCTETS} octets here; this one has ${octets}.`,
          "content",
        ),
      ];
  }
  if (["ALIAS", "CNAME"].includes(set.type) && content === set.name)
    return [
      say("cname_to_itself", `${set.type === "CNAME" ? "A CNAME" : "An ALIAS"} cannot point to itself.`, "content"),
    ];
  return [];
}
