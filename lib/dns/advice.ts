/** The warnings about a plan: what is allowed, and yet probably not what somebody means. */
import { isBelow, isInZone, relativeName } from "./name.ts";
import type { Change, Plan, RRset } from "./rrset.ts";
import type { Finding, Served } from "./rules.ts";
import { recordTypes } from "./types/index.ts";

/**
 * Names besides its own that the warnings about a plan look at: what is above and pointed to, and where DMARC stands.
 */
export function namesToRead(plan: Plan, apex: string): string[] {
  const names = new Set<string>();
  for (const { name, type, after } of plan) {
    for (const above of ancestors(name, apex)) names.add(above);
    if (!after) continue;
    for (const target of targetsOf(after)) if (isInZone(target, apex)) names.add(target);
    if (type === "MX") for (const policy of dmarcNames(name, apex)) names.add(policy);
  }
  for (const { name } of plan) names.delete(name);
  return [...names].sort();
}

/** `read`: the names of which everything that is served is known. */
export function adviceFor(zone: { apex: string; plan: Plan; served: Served; read: ReadonlySet<string> }): Finding[] {
  const pointedAt = new Map<string, RRset[]>();
  for (const types of zone.served.values()) {
    for (const set of types.values()) {
      for (const target of targetsOf(set)) {
        const known = pointedAt.get(target);
        if (known) known.push(set);
        else pointedAt.set(target, [set]);
      }
    }
  }
  return zone.plan.flatMap((change) => {
    if (!change.after) return [];
    const report: Report = (code, message, field) => ({ code, name: change.name, type: change.type, message, field });
    const set = zone.served.get(change.name)?.get(change.type);
    return [
      ...ttlAdvice(change, report),
      ...(set
        ? [
            ...contentAdvice(set, report),
            ...typeAdvice(set, zone, report),
            ...targetAdvice(set, { ...zone, pointedAt }, report),
            ...cutAdvice(set, zone, report),
          ]
        : []),
      ...(set && change.kind === "create" ? mailAdvice(set, zone, report) : []),
    ];
  });
}

type Zone = { apex: string; served: Served; read: ReadonlySet<string> };
/** Sets by the hosts that they point to. */
type PointedAt = ReadonlyMap<string, readonly RRset[]>;
type Report = (code: string, message: string, field: NonNullable<Finding["field"]>) => Finding;

function ttlAdvice({ before, after }: Change, report: Report): Finding[] {
  const ttl = after?.ttl;
  if (typeof ttl !== "number" || before?.ttl === ttl) return [];
  if (ttl < 60) return [report("ttl_low", `With a TTL of ${ttl} seconds resolvers ask again all the time.`, "ttl")];
  if (ttl > 86_400)
    return [report("ttl_high", `With a TTL of ${ttl} seconds a mistake stays for more than a day.`, "ttl")];
  return [];
}

function contentAdvice(set: RRset, report: Report): Finding[] {
  const type = recordTypes.get(set.type);
  if (!type?.check) return [];
  const sentences = set.records.flatMap(({ content }) => {
    const rdata = type.parse(content, { apex: "." });
    return rdata.ok ? (type.check?.(rdata.value) ?? []) : [];
  });
  return [...new Set(sentences)].map((sentence) => report("content_advice", sentence, "content"));
}

/** What a type should not be, or stand beside. */
function typeAdvice(set: RRset, { apex, served }: Zone, report: Report): Finding[] {
  const { name, type } = set;
  const here = served.get(name);
  if (obsolete.has(type)) return [report("deprecated_type", `The type ${type} is deprecated.`, "type")];
  if (type === "DS" && name !== apex && !here?.has("NS")) {
    const sentence = "A DS belongs to a delegation, and there are no NS records here.";
    return [report("ds_without_delegation", sentence, "name")];
  }
  if (["DNSKEY", "CDNSKEY", "CDS"].includes(type) && name !== apex) {
    return [report("key_not_at_apex", `A ${type} counts only at the apex of a zone.`, "name")];
  }
  if (type === "SVCB" || type === "HTTPS") return serviceAdvice(set, report);
  const other = type === "ALIAS" ? ["A", "AAAA"].find((address) => here?.has(address)) : "ALIAS";
  if (["ALIAS", "A", "AAAA"].includes(type) && other !== undefined && here?.has(other)) {
    const sentence = `There is ${other === "ALIAS" ? "an ALIAS" : `an ${other}`} here too; which of them is answered is up to the server.`;
    return [report("alias_beside_address", sentence, "type")];
  }
  return [];
}

/** Alias mode is priority 0 (RFC 9460 §2.4.1, §2.4.2). */
function serviceAdvice(set: RRset, report: Report): Finding[] {
  const aliases = set.records.filter(({ content }) => content.startsWith("0 "));
  if (aliases.length === 0) return [];
  const findings: Finding[] = [];
  if (aliases.length < set.records.length) {
    const sentence = "With an alias (priority 0) here, the records with other priorities are not used.";
    findings.push(report("alias_beside_service", sentence, "content"));
  } else if (aliases.length > 1) {
    findings.push(report("several_aliases", "Of several aliases (priority 0) one is picked by chance.", "content"));
  }
  if (aliases.some(({ content }) => content === `0 ${set.name}`))
    findings.push(report("alias_of_itself", "An alias of its own name leads nowhere.", "content"));
  return findings;
}

/** Given up by RFC 973, 1035, 3755, 6563 and 8749; SPF says it itself. */
const obsolete: ReadonlySet<string> = new Set(["MD", "MF", "WKS", "SIG", "KEY", "NXT", "A6", "DLV"]);

/** RFC 2181 §10.3: MX and NS name a host with addresses, not an alias; RFC 2782 says it of SRV. */
function targetAdvice(set: RRset, zone: Zone & { pointedAt: PointedAt }, report: Report): Finding[] {
  const { apex, served, read, pointedAt } = zone;
  if (set.type === "CNAME") {
    return (pointedAt.get(set.name) ?? []).map(({ name, type }) =>
      report(
        "target_is_cname",
        `The ${type} of ${shown(name, apex)} points here, and may not point to a CNAME.`,
        "type",
      ),
    );
  }
  return targetsOf(set).flatMap((target) => {
    const types = served.get(target);
    if (types?.has("CNAME")) {
      return [
        report(
          "target_is_cname",
          `${target} is a CNAME; ${set.type} needs a name with addresses of its own.`,
          "content",
        ),
      ];
    }
    const own = set.type === "NS" && set.name !== apex && isInZone(target, set.name);
    const known = own || (isInZone(target, apex) && (read.has(target) || served.has(target)));
    if (
      !known ||
      coveredByWildcard(target, apex, served) ||
      types?.has("A") ||
      types?.has("AAAA") ||
      types?.has("ALIAS")
    )
      return [];
    const delegation =
      set.type !== "NS" &&
      [...ancestors(target, apex), target].some((name) => name !== apex && served.get(name)?.has("NS"));
    if (delegation) return [];
    return set.type === "NS" && (own || set.name === apex)
      ? [report("missing_glue", `${target} has no A or AAAA here, so nobody finds this name server.`, "content")]
      : [report("target_without_address", `${target} has no A or AAAA in this zone.`, "content")];
  });
}

/**
 * What a delegation hides: everything at and below it but its own records and glue (RFC 1034 §4.2.1, RFC 2181 §6.1).
 */
function cutAdvice(set: RRset, { apex, served }: Zone, report: Report): Finding[] {
  const findings: Finding[] = [];
  const cut = [...ancestors(set.name, apex), set.name].find((name) => name !== apex && served.get(name)?.has("NS"));
  if (cut !== undefined && !visible(set, cut, served)) {
    findings.push(
      report(
        "below_delegation",
        `${shown(cut, apex)} is delegated (NS), so nobody asks this zone for ${set.type} at ${shown(set.name, apex)}.`,
        "name",
      ),
    );
  }
  if (set.type === "NS" && set.name !== apex && cut === set.name) {
    const hidden = new Set<string>();
    for (const [name, types] of served) {
      if (name !== set.name && !isBelow(name, set.name)) continue;
      if ([...types.values()].some((other) => !visible(other, set.name, served))) hidden.add(name);
    }
    if (hidden.size > 0) {
      findings.push(
        report("hides_names", `This delegation hides records of this zone at ${some([...hidden], apex)}.`, "type"),
      );
    }
  }
  return findings;
}

function visible(set: RRset, cut: string, served: Served): boolean {
  if (set.name === cut && ["NS", "DS", "NSEC", "RRSIG"].includes(set.type)) return true;
  const delegation = served.get(cut)?.get("NS");
  return ["A", "AAAA"].includes(set.type) && delegation !== undefined && targetsOf(delegation).includes(set.name);
}

/** Mail that this zone lets in, without saying who may send in its name (RFC 7208, RFC 7489). */
function mailAdvice(set: RRset, { apex, served, read }: Zone, report: Report): Finding[] {
  if (set.type !== "MX" || targetsOf(set).length === 0) return [];
  const says = (name: string, start: string) =>
    served
      .get(name)
      ?.get("TXT")
      ?.records.some(({ content }) => content.toLowerCase().startsWith(`"${start}`)) ?? false;
  const findings: Finding[] = [];
  if (read.has(set.name) && !says(set.name, "v=spf1")) {
    findings.push(report("no_spf", `There is no SPF record (TXT with v=spf1) at ${shown(set.name, apex)}.`, "content"));
  }
  const policies = dmarcNames(set.name, apex);
  if (policies.every((name) => read.has(name) && !says(name, "v=dmarc1"))) {
    findings.push(
      report(
        "no_dmarc",
        `There is no DMARC record (TXT with v=DMARC1) at ${shown(policies[0] ?? apex, apex)}.`,
        "content",
      ),
    );
  }
  return findings;
}

const dmarcNames = (name: string, apex: string): string[] =>
  name.startsWith("*.") ? [`_dmarc.${apex}`] : [...new Set([`_dmarc.${name}`, `_dmarc.${apex}`])];

/** Hosts that a set points to and that have to have addresses. */
function targetsOf(set: RRset): string[] {
  if (!["MX", "NS", "SRV"].includes(set.type)) return [];
  return set.records
    .map(({ content }) => content.slice(content.lastIndexOf(" ") + 1))
    .filter((target) => target !== ".");
}

/** The names between the name and the apex, both left out, from the top. */
function ancestors(name: string, apex: string): string[] {
  const above: string[] = [];
  const relative = relativeName(name, apex);
  if (relative === "@" || relative === name) return above;
  for (const match of name.matchAll(/\\(?:\d{3}|.)|\./g)) {
    if (match[0] !== ".") continue;
    const parent = name.slice(match.index + 1);
    if (parent === apex || parent === "") break;
    above.unshift(parent);
  }
  return above;
}

/** A wildcard may answer for a name that is not there (RFC 4592). */
const coveredByWildcard = (name: string, apex: string, served: Served): boolean =>
  !served.has(name) && [...ancestors(name, apex), apex].some((above) => served.has(`*.${above}`));

const shown = (name: string, apex: string): string => (name === apex ? "the apex" : relativeName(name, apex));

const some = (names: readonly string[], apex: string): string => {
  const first = names
    .slice(0, 3)
    .map((name) => shown(name, apex))
    .join(", ");
  return names.length > 3 ? `${first} and ${names.length - 3} more names` : first;
};
