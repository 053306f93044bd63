/** What a plan does, record by record, and whether somebody's access to the zone allows each of it. */
import type { DnsRecord, Plan, RRset } from "#lib/dns/rrset.ts";
import { canonicalType, typeNumber } from "#lib/dns/type-numbers.ts";
import { splitLabels } from "./name-pattern.ts";
import { atLeast, type ZoneAccess, type ZoneLevel } from "./zone-level.ts";

export { canonicalType, typeNumber };

/** One thing in a plan that the access does not allow. To be shown only to who has view at that name and type. */
export interface RefusedChange {
  /** Absolute, as in the plan. */
  name: string;
  /** Canonical. */
  type: string;
  act: "change" | "delete" | "manage" | "forbidden";
  /** Null where no access would do. */
  needs: ZoneLevel | "manage" | null;
  /** A sentence. */
  reason: string;
}

/** Whether anybody can write records of the type. Unknown mnemonics: no. Whether ALIAS is offered the provider says. */
export function isWritableType(type: string): boolean {
  const number = typeNumber(type);
  if (number === null || number === 0 || number === opt) return false;
  if (number >= 128 && number <= 255) return false;
  if (number >= 65280 && number <= 65534) return number === alias;
  return !derived.has(canonicalType(type));
}

/**
 * What the plan asks for beyond the access; empty if all of it is allowed. Names in the plan and `apex` are absolute
 * and canonical. `hiddenBelow` gives the RRsets that exist before the plan at names below the one given; where it also
 * gives those at the name itself, a new delegation counts as deleting what it hides there too (RFC 2181 §6).
 */
export function authorisePlan(input: {
  plan: Plan;
  apex: string;
  access: ZoneAccess;
  hiddenBelow: (name: string) => readonly RRset[];
}): RefusedChange[] {
  const { apex, access } = input;
  const refused = new Map<string, RefusedChange>();
  const refuse = (change: RefusedChange) => {
    const key = `${change.name} ${change.type} ${change.act}`;
    if (!refused.has(key)) refused.set(key, change);
  };

  for (const step of stepsOf(input.plan)) {
    const { name, type } = step;
    const at = relativeName(name, apex);
    if (at === null || !isWritableType(type)) {
      const reason = at === null ? `${name} is not in this zone.` : `${type} records cannot be written here.`;
      refuse({ name, type, act: "forbidden", needs: null, reason });
      continue;
    }
    const act = step.after.length < step.before.length ? "delete" : "change";
    const needs = act === "delete" || type === "DS" ? "full" : "edit";
    const verb = act === "delete" ? "Deleting" : "Changing";
    const makesZone = at === "@" && managed.has(type);
    if (makesZone && !access.manage) {
      const reason = `Changing ${type} at the apex needs the right to manage the zone.`;
      refuse({ name, type, act: "manage", needs: "manage", reason });
      continue;
    }
    if (!atLeast(access.levelAt(at, type), needs)) {
      refuse({ name, type, act, needs, reason: `${verb} ${type} records at ${name} needs the level ${needs} there.` });
    } else if (!makesZone && reachesBelow.has(type) && !atLeast(access.subtreeLevel(at), needs)) {
      const reason = `${verb} ${type} records at ${name} needs the level ${needs} for every type there and below.`;
      refuse({ name, type, act, needs, reason });
    }
    for (const set of makesZone ? [] : newlyHidden(step, input.hiddenBelow)) {
      const below = relativeName(set.name, apex);
      const lost = canonicalType(set.type);
      if (below !== null && atLeast(access.levelAt(below, lost), "full")) continue;
      const reason = `The ${type} records at ${name} would hide ${lost} records at ${set.name}, which needs the level full there.`;
      refuse({ name: set.name, type: lost, act: "delete", needs: "full", reason });
    }
  }
  return [...refused.values()];
}

const opt = 41;
const alias = 65401;

/** Made by whoever signs the zone. */
const derived: ReadonlySet<string> = new Set(["RRSIG", "NSEC", "NSEC3", "NSEC3PARAM"]);

/** At the apex these make the zone what it is. */
const managed: ReadonlySet<string> = new Set(["NS", "SOA", "DNSKEY", "CDS", "CDNSKEY", "CSYNC", "ZONEMD"]);

/** These act on their name and everything below it. */
const reachesBelow: ReadonlySet<string> = new Set(["NS", "DNAME", "DS"]);

/** One owner name and canonical type, with its served contents before and after. */
interface Step {
  name: string;
  type: string;
  before: string[];
  after: string[];
}

/** A type written by number and by mnemonic is one type, so what a plan does to both is one step. */
function stepsOf(plan: Plan): Step[] {
  const steps = new Map<string, Step>();
  for (const change of plan) {
    const type = canonicalType(change.type);
    const key = `${change.name.toLowerCase()} ${type}`;
    const step = steps.get(key) ?? { name: change.name, type, before: [], after: [] };
    step.before = served(step.before, change.before?.records);
    step.after = served(step.after, change.after?.records);
    steps.set(key, step);
  }
  return [...steps.values()];
}

const served = (already: readonly string[], records: readonly DnsRecord[] = []): string[] => [
  ...new Set([...already, ...records.filter((record) => !record.disabled).map((record) => record.content)]),
];

/** What the step hides that it did not hide before, by a delegation or a DNAME. */
function newlyHidden(step: Step, existing: (name: string) => readonly RRset[]): RRset[] {
  if (step.after.length === 0 || (step.type !== "NS" && step.type !== "DNAME")) return [];
  return existing(step.name).filter(
    (set) =>
      set.records.some((record) => !record.disabled) &&
      hides(step, step.after, set) &&
      !(step.before.length > 0 && hides(step, step.before, set)),
  );
}

function hides(step: Step, contents: readonly string[], set: RRset): boolean {
  const type = canonicalType(set.type);
  // Signatures and denials follow the records they are about.
  if (derived.has(type)) return false;
  const own = set.name.toLowerCase() === step.name.toLowerCase();
  // A DNAME redirects what is below its owner, not the owner (RFC 6672 §2.3).
  if (step.type === "DNAME") return !own;
  if (own && (type === "NS" || type === "DS")) return false;
  const glue = (type === "A" || type === "AAAA") && contents.some((host) => sameName(host, set.name));
  return !glue;
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** `@` for the apex, null outside the zone. */
function relativeName(name: string, apex: string): string | null {
  const labels = splitLabels(name.toLowerCase());
  const suffix = splitLabels(apex.toLowerCase());
  const count = labels.length - suffix.length;
  if (count < 0 || suffix.some((label, index) => label !== labels[count + index])) return null;
  if (count === 0) return "@";
  const relative = labels.slice(0, count).join(".");
  return relative === "@" ? "\\@" : relative;
}
