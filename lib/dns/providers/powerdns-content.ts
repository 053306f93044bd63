/**
 * What differs between versions of PowerDNS: how content is escaped, whether single records can be added and removed,
 * and what a filter hides. Pure.
 */
import type { Change, DnsRecord, RRset } from "../rrset.ts";
import { readFileStrings, tokensOf } from "../types/strings.ts";
import { wireOf } from "../types/wire.ts";

/** What a version can do. */
export interface PowerDnsFeatures {
  /**
   * From 5.1 the API takes one level of RFC 1035 §5.1 escapes off the content of every type before it reads it (the
   * generic `\# …` form excepted), so a canonical `"a\\b"` would be stored as `"a\b"` and served as `ab`.
   */
  unescapesContent: boolean;
  /** The change types EXTEND and PRUNE: 4.9.12 and later of 4.9, and from 5.0.2. */
  extendAndPrune: boolean;
  /** Before 5.0 a zone filtered by `rrset_name` comes without its disabled records (seen with 4.7.3 and 4.9.17). */
  filterShowsDisabled: boolean;
  /**
   * From 5.1 the parameters of SVCB that came after RFC 9460 are printed by name and LOC is counted without fractions; before,
   * they are printed by number, and LOC as `inFloats` has it (seen with 4.7.3, 4.9.17 and 5.1.5). Each takes its own only.
   */
  newSpelling: boolean;
}

/** One member of `rrsets` in a PATCH. */
export interface RRsetPatch {
  name: string;
  type: string;
  changetype: "REPLACE" | "DELETE" | "EXTEND" | "PRUNE";
  ttl?: number;
  records?: { content: string; disabled: boolean }[];
}

/** Reads a version as the API states it, such as `4.9.12`; builds without such a number count as the newest. */
export function powerDnsFeatures(version: string): PowerDnsFeatures {
  const [, major = 0, minor = 0, patch = 0] = (/^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? []).map(Number);
  const newest = major === 0;
  const atLeast = (...wanted: [number, number, number]) => {
    const [a, b, c] = wanted;
    return newest || major > a || (major === a && (minor > b || (minor === b && patch >= c)));
  };
  return {
    unescapesContent: atLeast(5, 1, 0),
    extendAndPrune: atLeast(5, 0, 2) || (major === 4 && atLeast(4, 9, 12)),
    filterShowsDisabled: atLeast(5, 0, 0),
    newSpelling: atLeast(5, 1, 0),
  };
}

/** Canonical content as this version has to be told it. */
export function encodeContent(content: string, features: PowerDnsFeatures): string {
  if (!features.unescapesContent || content.startsWith("\\#")) return content;
  // A quote needs its own escape as well, for a bare one would end the string. `\DDD` becomes `\\DDD` so that the
  // octet never stands raw in between: 5.1.3 mangles those above 127.
  return content.replace(/\\(.)/gs, (_, escaped: string) => {
    if (escaped === '"') return '\\\\\\"';
    return escaped === "\\" ? "\\\\\\\\" : `\\\\${escaped}`;
  });
}

/**
 * One planned change as a member of a PATCH. Adding one record to a set, or taking one away, is EXTEND or PRUNE where
 * they exist: unlike REPLACE they leave alone what somebody else stored in the meantime. Not so in a set with disabled
 * records, which they do not see and drop; and not for a new set, since EXTEND is not checked for conflicts and puts a
 * CNAME beside anything (both seen with 5.1.5). No member carries comments, which leaves those of the set as they are.
 */
export function encodeChange(change: Change, features: PowerDnsFeatures): RRsetPatch {
  const { name, type, before, after } = change;
  const encode = (records: readonly DnsRecord[]) =>
    records.map(({ content, disabled = false }) => ({
      content: encodeContent(asPrinted[type]?.(content, features) ?? content, features),
      disabled,
    }));

  const allServed = [before, after].every((set) => set?.records.every((record) => !record.disabled) ?? true);
  if (features.extendAndPrune && allServed && before !== null && !ALONE.has(type)) {
    const added = after === null ? undefined : onlyDifference(before, after);
    if (added !== undefined)
      return { name, type, changetype: "EXTEND", ttl: seconds(before), records: encode([added]) };
    const removed = onlyDifference(after, before);
    if (removed !== undefined)
      return { name, type, changetype: "PRUNE", ttl: seconds(before), records: encode([removed]) };
  }
  if (after === null) return { name, type, changetype: "DELETE" };
  return { name, type, changetype: "REPLACE", ttl: seconds(after), records: encode(after.records) };
}

/** Where PowerDNS prints something else than the canonical form, which it then insists on. */
const asPrinted: Readonly<Record<string, (content: string, features: PowerDnsFeatures) => string>> = {
  SVCB: withParameters,
  HTTPS: withParameters,
  LOC: (content, { newSpelling }) =>
    newSpelling ? content : content.replace(/(\d+) (\d+) ([\d.]+) ([NSEW])/g, inFloats),
};

/** It counts in floating point, so that 36 0.000 may come out as 35 60.000, and 0 is in the south and west. */
function inFloats(_: string, degrees: string, minutes: string, seconds: string, direction: string): string {
  const angle = ((Number(degrees) * 60 + Number(minutes)) * 60_000 + Math.round(Number(seconds) * 1000)) / 3_600_000;
  const inMinutes = (angle - Math.floor(angle)) * 60;
  const inSeconds = (inMinutes - Math.floor(inMinutes)) * 60;
  const half = "NS".includes(direction) ? "S" : "W";
  return `${Math.floor(angle)} ${Math.floor(inMinutes)} ${inSeconds.toFixed(3)} ${angle === 0 ? half : direction}`;
}

/** Parameters after those of RFC 9460, which a version knows either by name or by number. */
const LATER: readonly [name: string, number: string][] = [
  ["dohpath", "key7"],
  ["ohttp", "key8"],
  ["tls-supported-groups", "key9"],
];
const numbers: ReadonlyMap<string, string> = new Map(LATER);
const names: ReadonlyMap<string, string> = new Map(LATER.map(([name, number]) => [number, name]));

function withParameters(content: string, { newSpelling }: PowerDnsFeatures): string {
  const spelled = newSpelling ? names : numbers;
  const parameters = tokensOf(content).map((token) => {
    const [, name = "", value = ""] = /^([a-z0-9-]+)(?:=(.*))?$/s.exec(token) ?? [];
    if (name === "mandatory")
      return `mandatory=${value
        .split(",")
        .map((one) => spelled.get(one) ?? one)
        .join(",")}`;
    const told = spelled.get(name);
    if (told === undefined) return token;
    if (told === "key8") return 'key8=""';
    return told === "tls-supported-groups" ? `${told}=${groupsOf(value)}` : `${told}=${value}`;
  });
  return parameters.join(" ");
}

/** The value of key9 as the list of numbers that it is; one that is none stays, for PowerDNS to refuse. */
function groupsOf(value: string): string {
  const read = readFileStrings([value]);
  const octets = (read.ok && read.value[0]) || new Uint8Array();
  if (octets.length === 0 || octets.length % 2 === 1) return value;
  const wire = wireOf(octets);
  return Array.from({ length: octets.length / 2 }, () => wire.number(2)).join(",");
}

/** Types of which a name has one record or none. */
const ALONE = new Set(["SOA", "CNAME", "DNAME"]);

/** The one record by which `larger` exceeds `smaller`, if nothing else tells the two sets apart. */
function onlyDifference(smaller: RRset | null, larger: RRset): DnsRecord | undefined {
  if (larger.records.length !== (smaller?.records.length ?? 0) + 1) return undefined;
  if (smaller !== null && smaller.ttl !== larger.ttl) return undefined;
  const left = new Map(larger.records.map((record) => [record.content, record]));
  for (const record of smaller?.records ?? []) {
    if (!left.delete(record.content)) return undefined;
  }
  return left.size === 1 ? left.values().next().value : undefined;
}

/** PowerDNS has no `auto`; a set that comes from elsewhere with one gets the usual hour. */
const seconds = (set: RRset): number => (set.ttl === "auto" ? 3600 : set.ttl);
