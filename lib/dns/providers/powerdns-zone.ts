/** What PowerDNS says of a zone, as the panel's own words: info, record sets in canonical form, ids. Pure. */
import { type DnsRecord, type RRset, rrsetKey } from "../rrset.ts";
import { canonicalContent } from "../types/index.ts";
import { compare, isObject, ownerName } from "./answers.ts";
import type { PowerDnsAnswer } from "./powerdns-http.ts";
import { heldAsSecondary, ProviderError, type ProviderOutcome, type ZoneInfo } from "./provider.ts";

/** PowerDNS' id of a zone: its name, with everything unusual written as `=` and two hexadecimal digits. */
export function zoneId(name: string): string {
  return name.replace(
    /[^A-Za-z0-9._-]/g,
    (char) => `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** The zone without its records. */
export function infoOf(zone: Record<string, unknown>): ZoneInfo {
  const name = ownerName(String(zone.name));
  const info: ZoneInfo = {
    externalId: String(zone.id),
    name,
    version: typeof zone.edited_serial === "number" ? String(zone.edited_serial) : null,
    serial: typeof zone.serial === "number" ? zone.serial : null,
    status: "active",
  };
  if (zone.soa_edit_api === "") {
    info.statusMessage =
      "SOA-EDIT-API is empty for this zone in PowerDNS, so its serial stays and secondaries miss changes. " +
      "Set it to DEFAULT.";
  }
  const kind = String(zone.kind).toLowerCase();
  if (kind === "slave" || kind === "secondary" || kind === "consumer") {
    info.readOnly = heldAsSecondary("PowerDNS");
  }
  if (typeof zone.dnssec === "boolean") info.dnssec = zone.dnssec;
  return info;
}

/**
 * The record sets at the names that are asked for, in the order they came. Content that its type's module does not understand
 * stays as it came.
 */
export function rrsetsOf(
  zone: Record<string, unknown>,
  apex: string,
  isAsked: (name: string) => boolean = () => true,
): RRset[] {
  if (!Array.isArray(zone.rrsets)) throw notPowerDns("not_sent");
  const found = new Map<string, { set: RRset; records: Map<string, DnsRecord> }>();
  for (const set of zone.rrsets as unknown[]) {
    if (!isObject(set) || typeof set.name !== "string" || typeof set.type !== "string" || !Array.isArray(set.records)) {
      throw notPowerDns("not_sent");
    }
    // A set of nothing but comments.
    if (set.records.length === 0) continue;
    const { type } = set;
    const name = ownerName(set.name);
    if (!isAsked(name)) continue;
    const key = rrsetKey({ name, type });
    const entry = found.get(key) ?? {
      set: { name, type, ttl: typeof set.ttl === "number" ? set.ttl : 0, records: [] },
      records: new Map<string, DnsRecord>(),
    };
    found.set(key, entry);
    for (const record of set.records as unknown[]) {
      if (!isObject(record) || typeof record.content !== "string") throw notPowerDns("not_sent");
      const canonical = canonicalContent(type, record.content, apex);
      const content = canonical.ok ? canonical.value : record.content;
      // Spellings that PowerDNS would refuse today may stand beside each other in its database; one of them is enough.
      if (record.disabled !== true) entry.records.set(content, { content });
      else if (!entry.records.has(content)) entry.records.set(content, { content, disabled: true });
    }
  }
  return Array.from(found.values(), ({ set, records }) => {
    set.records = [...records.values()].sort((a, b) => compare(a.content, b.content));
    return set;
  });
}

/** The zone that an answer holds. `outcome`: what it means for the caller if it holds none. */
export function zoneObject(answer: PowerDnsAnswer, outcome: ProviderOutcome): Record<string, unknown> {
  if (answer.status >= 400)
    throw new ProviderError("refused", "provider_refused", "PowerDNS does not accept the name of this zone.");
  if (isObject(answer.json) && typeof answer.json.id === "string" && typeof answer.json.name === "string")
    return answer.json;
  throw notPowerDns(outcome);
}

export const notFound = () => new ProviderError("refused", "provider_not_found", "PowerDNS does not hold this zone.");

export const notPowerDns = (outcome: ProviderOutcome) =>
  new ProviderError(outcome, "provider_failed", "The answer was not one of the PowerDNS API.");
