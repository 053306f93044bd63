/** The edge where record sets become canonical, and the rules that a plan has to keep to. */
import { adviceFor } from "./advice.ts";
import { isBelow, isInZone, type Parsed, parseName, relativeName } from "./name.ts";
import { applyPlan } from "./plan.ts";
import { keepsType, type ProviderCapabilities } from "./providers/provider.ts";
import type { Change, DnsRecord, Plan, RRset, Ttl } from "./rrset.ts";
import { canonicalType, typeNumber } from "./type-numbers.ts";
import { canonicalContent } from "./types/index.ts";
import { soaWithoutSerial } from "./types/soa.ts";

/** How many records one RRset may have. */
const maxRecords = 10_000;
/** Seconds (RFC 2181 §8). */
const maxTtl = 2 ** 31 - 1;

/** `code` is for programs, `message` a sentence for people, `field` the input that it belongs to. */
export interface Finding {
  code: string;
  name: string;
  type: string;
  message: string;
  field?: "name" | "type" | "ttl" | "content";
  /** Of the file that it came from. */
  line?: number;
}

/** A record set as it arrives: any spelling of the name, the type and the contents. */
export interface RRsetInput {
  name: string;
  type: string;
  ttl: Ttl;
  records: readonly {
    content: string;
    disabled?: boolean | undefined;
    comment?: string | undefined;
    proxied?: boolean | undefined;
    tags?: readonly string[] | undefined;
  }[];
}

/** The set in canonical form, extras that say nothing left out; or what is wrong, by the path in the input. */
export function normaliseRRset(
  input: RRsetInput,
  apex: string,
): { ok: true; rrset: RRset } | { ok: false; problems: { path: (string | number)[]; message: string }[] } {
  const problems: { path: (string | number)[]; message: string }[] = [];
  const type = canonicalType(input.type.trim());
  const name = parseName(input.name, apex);
  if (!name.ok) problems.push({ path: ["name"], message: name.reason });
  else if (!isInZone(name.value, apex)) problems.push({ path: ["name"], message: outOfZone(name.value, apex) });
  if (typeNumber(type) === null)
    problems.push({ path: ["type"], message: `There is no record type ${type.slice(0, 20)}.` });
  const ttl = ttlProblem(input.ttl);
  if (ttl !== null) problems.push({ path: ["ttl"], message: ttl });
  if (input.records.length === 0) problems.push({ path: ["records"], message: "At least one record is needed." });

  const records: DnsRecord[] = [];
  if (input.records.length > maxRecords) problems.push({ path: ["records"], message: tooMany(input.records.length) });
  else {
    const seen = new Set<string>();
    for (const [index, record] of input.records.entries()) {
      const content = canonicalContent(type, record.content, apex);
      const problem = contentProblem(type, content, seen);
      if (problem !== null) problems.push({ path: ["records", index, "content"], message: problem });
      if (content.ok) records.push({ content: content.value, ...extrasOf(record) });
    }
  }
  return name.ok && problems.length === 0
    ? { ok: true, rrset: { name: name.value, type, ttl: input.ttl, records } }
    : { ok: false, problems };
}

/**
 * What forbids a plan (errors), and what it is probably not meant to do (warnings). `current` is all that is known:
 * every type at the touched names, and best also at `namesToRead` (advice.ts) and below delegations that change. `read`
 * are the names of which everything is in `current` (those the plan touches or `current` holds, if it is not given); a
 * warning that something is missing is given only for them.
 */
export function checkZone(input: {
  apex: string;
  current: readonly RRset[];
  plan: Plan;
  capabilities: ProviderCapabilities;
  /** Whether the provider signs the zone. */
  signed?: boolean;
  read?: ReadonlySet<string>;
}): { errors: Finding[]; warnings: Finding[] } {
  const { apex, current, plan, capabilities } = input;
  const after = applyPlan(current, plan);
  const served = new Map<string, Map<string, RRset>>();
  for (const set of after) {
    const records = set.records.filter((record) => !record.disabled);
    if (records.length === 0) continue;
    const types = served.get(set.name) ?? new Map<string, RRset>();
    served.set(set.name, types.set(set.type, { ...set, records }));
  }
  const dnames = [...served].filter(([, types]) => types.has("DNAME")).map(([name]) => name);
  const errors = plan.flatMap((change) => {
    const report: Report = (code, message, field) => ({
      code,
      name: change.name,
      type: change.type,
      message,
      ...(field ? { field } : {}),
    });
    const kept = [
      ...serverRules(change, apex, capabilities, served, report),
      ...dnssecRules(change, apex, input.signed ?? false, report),
    ];
    if (!change.after) return kept;
    return [
      ...kept,
      ...setRules(change.after, apex, capabilities, report),
      ...cnameRules(change.after, apex, capabilities, served, report),
      ...flattenedRules(change.after, apex, capabilities, served, report),
      ...dnameRules(change.after, apex, served, dnames, report),
    ];
  });
  const read = input.read ?? new Set([...current, ...plan].map((set) => set.name));
  return { errors, warnings: adviceFor({ apex, plan, served, read }) };
}

/** What is served after the plan: owner name → type → the set without its disabled records. */
export type Served = ReadonlyMap<string, ReadonlyMap<string, RRset>>;
type Report = (code: string, message: string, field?: Finding["field"]) => Finding;

/** What the zone needs to be one, and what the provider keeps to itself: SOA and apex NS. */
function serverRules(
  change: Change,
  apex: string,
  can: ProviderCapabilities,
  served: Served,
  report: Report,
): Finding[] {
  const { name, type, after } = change;
  const there = served.get(name)?.has(type) ?? false;
  if (type === "SOA" && name !== apex) {
    return after ? [report("soa_not_at_apex", "A zone has its SOA at the apex and nowhere else.", "type")] : [];
  }
  if (type === "SOA") {
    if (!can.editableSoa) return [report("soa_read_only", "The provider keeps the SOA of this zone itself.", "type")];
    if (!there) return [report("soa_required", "A zone cannot be without its SOA.", "type")];
    if (after && after.records.length !== 1) return [report("soa_single", "A zone has exactly one SOA.", "content")];
  }
  if (type === "NS" && name === apex) {
    if (!can.editableApexNs)
      return [report("apex_ns_read_only", "The provider keeps the name servers of this zone itself.", "type")];
    if (!there) return [report("apex_ns_required", "A zone cannot be without name servers (NS) at its apex.", "type")];
  }
  return [];
}

/** What whoever signs the zone makes, and what stands above it (RFC 4035 §2.4). */
function dnssecRules({ name, type, after }: Change, apex: string, signed: boolean, report: Report): Finding[] {
  if (madeBySigner.has(type) || (type === "DNSKEY" && name === apex && signed))
    return [report("made_by_signer", `${type} records are made by the server that signs the zone.`, "type")];
  return type === "DS" && name === apex && after
    ? [report("ds_at_apex", "The DS of this zone stands in the zone above it.", "name")]
    : [];
}

const madeBySigner: ReadonlySet<string> = new Set(["RRSIG", "NSEC", "NSEC3", "NSEC3PARAM"]);

/** What a set has to be, wherever it stands. */
function setRules(set: RRset, apex: string, can: ProviderCapabilities, report: Report): Finding[] {
  const { name, type, ttl, records } = set;
  const findings: Finding[] = [];
  if (!isInZone(name, apex)) findings.push(report("out_of_zone", outOfZone(name, apex), "name"));
  if (!keepsType(can, type) && !madeBySigner.has(type))
    findings.push(report("type_not_offered", `${type} records cannot be kept at this provider.`, "type"));
  const ttlReason = ttlProblem(ttl, can);
  if (ttlReason !== null) findings.push(report("ttl_out_of_range", ttlReason, "ttl"));
  if (records.length === 0) findings.push(report("no_records", "At least one record is needed.", "content"));
  if (records.length > maxRecords) findings.push(report("too_many_records", tooMany(records.length), "content"));

  const seen = new Set<string>();
  for (const { content } of records) {
    const canonical = canonicalContent(type, content, apex);
    const before = seen.size;
    const problem = contentProblem(type, canonical, seen);
    if (problem === null) continue;
    const code = canonical.ok && seen.size === before ? "duplicate_record" : "invalid_content";
    findings.push(report(code, problem, "content"));
  }
  const offered = { disabled: can.disabled, comment: can.comments, proxied: can.proxied, tags: can.tags };
  for (const extra of ["disabled", "comment", "proxied", "tags"] as const) {
    if (offered[extra] || !records.some((record) => extrasOf(record)[extra] !== undefined)) continue;
    findings.push(report(`${extra}_not_offered`, `This provider has no ${extraNames[extra]}.`, "content"));
  }
  return findings;
}

const extraNames = { disabled: "disabled records", comment: "comments", proxied: "proxy", tags: "tags" };

/** A CNAME is one, and alone at its name (RFC 1034 §3.6.2, RFC 2181 §10.1). */
function cnameRules(set: RRset, apex: string, can: ProviderCapabilities, served: Served, report: Report): Finding[] {
  const { name, type } = set;
  const here = served.get(name);
  const mine = here?.get(type);
  if (!here || !mine) return [];
  const findings: Finding[] = [];
  // A CNAME that is proxied is answered with addresses too, wherever it stands.
  const flattened = can.proxied && (here.get("CNAME")?.records.every((record) => record.proxied) ?? false);
  const others = [...here.keys()].filter(
    (other) => other !== type && (flattened ? addressTypes.has(other) : !besideCname.has(other)),
  );

  if (type === "CNAME" && mine.records.length > 1) {
    findings.push(report("cname_single", "A name can have only one CNAME.", "content"));
  }
  if (type === "CNAME" && name === apex) {
    const instead = can.types.has("ALIAS") ? " Write ALIAS, which is answered with the addresses of its target." : "";
    const sentence = `The apex has SOA and NS records, so it cannot have a CNAME.${instead}`;
    findings.push(report("cname_at_apex", sentence, "type"));
  } else if (type === "CNAME" && others.length > 0) {
    findings.push(
      report(
        "cname_not_alone",
        `A CNAME stands alone at its name; ${shown(name, apex)} also has ${others.join(", ")}.`,
        "type",
      ),
    );
  } else if (type !== "CNAME" && here.has("CNAME") && (flattened ? addressTypes.has(type) : !besideCname.has(type))) {
    findings.push(
      report("cname_not_alone", `${shown(name, apex)} has a CNAME, which stands alone at its name.`, "type"),
    );
  }
  return findings;
}

/** Where an ALIAS is a CNAME that the provider flattens, it is one, at the apex, and beside no addresses. */
function flattenedRules(
  { name, type }: RRset,
  apex: string,
  can: ProviderCapabilities,
  served: Served,
  report: Report,
): Finding[] {
  const here = served.get(name);
  const aliases = here?.get("ALIAS")?.records.length ?? 0;
  if (!can.flattensApex || aliases === 0) return [];
  if (type === "ALIAS" && name !== apex)
    return [report("alias_below_apex", "ALIAS is for the apex alone here. At other names write CNAME.", "type")];
  if (type === "ALIAS" && aliases > 1) return [report("alias_single", "The apex can have only one ALIAS.", "content")];
  const others = [...addressTypes].filter((other) => here?.has(other));
  if (others.length === 0 || (type !== "ALIAS" && !addressTypes.has(type))) return [];
  const sentence =
    type === "ALIAS"
      ? `An ALIAS is answered with addresses, and the apex also has ${others.join(", ")}.`
      : "The apex has an ALIAS, which is answered with addresses.";
  return [report("alias_not_alone", sentence, "type")];
}

/** A DNAME is one, with nothing below it, and beside NS only at the apex (RFC 6672 §2.3, §2.4). */
function dnameRules(set: RRset, apex: string, served: Served, dnames: readonly string[], report: Report): Finding[] {
  const { name, type } = set;
  const here = served.get(name);
  const mine = here?.get(type);
  if (!here || !mine) return [];
  const findings: Finding[] = [];
  if (type === "DNAME" && mine.records.length > 1)
    findings.push(report("dname_single", "A name can have only one DNAME.", "content"));
  if (type === "DNAME") {
    const below = [...served.keys()].find((other) => isBelow(other, name));
    if (below)
      findings.push(
        report("dname_not_empty", `Nothing can stand below a DNAME; there is ${shown(below, apex)}.`, "type"),
      );
    if (name !== apex && here.has("NS"))
      findings.push(report("dname_beside_ns", "A delegated name cannot have a DNAME.", "type"));
  }
  const above = dnames.find((other) => isBelow(name, other));
  if (above)
    findings.push(report("below_dname", `Nothing can stand below the DNAME at ${shown(above, apex)}.`, "name"));
  return findings;
}

/** Types that DNSSEC puts beside a CNAME (RFC 4034 §3, §4). */
const besideCname: ReadonlySet<string> = new Set(["RRSIG", "NSEC"]);
/** What a flattened CNAME answers itself. */
const addressTypes: ReadonlySet<string> = new Set(["A", "AAAA", "CNAME"]);

/** Null if a TTL is one here. Without capabilities only what is a TTL anywhere is asked. */
function ttlProblem(ttl: Ttl, can?: ProviderCapabilities): string | null {
  if (ttl === "auto") return can && !can.autoTtl ? "This provider has no automatic TTL; write seconds." : null;
  if (typeof ttl !== "number" || !Number.isInteger(ttl) || ttl < 0 || ttl > maxTtl) {
    return `A TTL is a whole number of seconds from 0 to ${maxTtl}; ${ttl} is not.`;
  }
  if (can && (ttl < can.minTtl || ttl > can.maxTtl)) {
    return `This provider takes TTLs from ${can.minTtl} to ${can.maxTtl} seconds; ${ttl} is not.`;
  }
  return null;
}

/** Null if the content is right and not yet seen; then it has been seen. */
function contentProblem(type: string, content: Parsed<string>, seen: Set<string>): string | null {
  if (!content.ok) return content.reason;
  const compared = type === "SOA" ? soaWithoutSerial(content.value) : content.value;
  if (seen.has(compared)) return `${content.value.length > 80 ? "A record" : content.value} stands twice in this set.`;
  seen.add(compared);
  return null;
}

/** The extras that say something. */
const extrasOf = (record: Omit<RRsetInput["records"][number], "content">): Omit<DnsRecord, "content"> => ({
  ...(record.disabled ? { disabled: true } : {}),
  ...(record.comment ? { comment: record.comment } : {}),
  ...(record.proxied ? { proxied: true } : {}),
  ...(record.tags && record.tags.length > 0 ? { tags: [...new Set(record.tags)].sort() } : {}),
});

const tooMany = (count: number): string => `An RRset has at most ${maxRecords} records; here are ${count}.`;
const outOfZone = (name: string, apex: string): string => `${name} is not in the zone ${apex}`;
const shown = (name: string, apex: string): string => (name === apex ? "the apex" : relativeName(name, apex));
