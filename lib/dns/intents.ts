/** From what arrives at the API to what the pipeline takes: canonical RRsets, and the fields that findings belong to. */
import type { ZoneAccess } from "#lib/access/zone-level.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { typeAtApex } from "./apex-alias.ts";
import type { Intent } from "./changes.ts";
import { connectionById } from "./connections.ts";
import { recordId } from "./hash.ts";
import { parseName } from "./name.ts";
import { findRecord } from "./records.ts";
import { type DnsRecord, type RRset, rrsetKey, type Ttl } from "./rrset.ts";
import { normaliseRRset } from "./rules.ts";
import { canonicalType } from "./type-numbers.ts";
import { textToContent } from "./types/txt.ts";
import { sees } from "./visible.ts";
import type { LoadedZone, Zone } from "./zones.ts";

export interface RecordInput {
  content?: string | undefined;
  /** For TXT: plain text instead of presentation form. */
  text?: string | undefined;
  disabled?: boolean | undefined;
  comment?: string | undefined;
  proxied?: boolean | undefined;
  tags?: string[] | undefined;
}

export interface OneRecordInput extends RecordInput {
  name: string;
  type: string;
  /** Without one: the RRset's own; else what the provider chooses, or an hour. */
  ttl?: Ttl | undefined;
}

export interface ChangesInput {
  rrsets: { name: string; type: string; ttl: Ttl; records: RecordInput[] }[];
  deletions: { name: string; type: string }[];
  expect: { name: string; type: string; hash: string }[];
  confirm: boolean;
}

const DEFAULT_TTL = 3600;

type Place = Pick<LoadedZone, "zone" | "access">;

/** A set of wanted RRsets and deletions. */
export function wantedChanges({ zone, access }: Place, input: ChangesInput): Intent {
  const fields: Record<string, string> = {};
  const position = new Map<string, string>();
  const wanted: RRset[] = [];
  const take = (at: string, key: string) => {
    if (position.has(key)) fields[`${at}.name`] = "This name and type stands twice in this request.";
    position.set(key, at);
  };
  for (const [index, set] of input.rrsets.entries()) {
    const at = `rrsets.${index}`;
    const canonical = canonicalRRset(zone, set, `${at}.`, fields);
    if (!canonical) continue;
    take(at, rrsetKey(canonical));
    wanted.push(canonical);
  }
  const deletions = input.deletions.flatMap((deletion, index) => {
    const key = canonicalKey(zone, deletion, `deletions.${index}.`, fields);
    if (key) take(`deletions.${index}`, rrsetKey(key));
    return key ?? [];
  });
  const expect = input.expect.flatMap((seen, index) => {
    const key = canonicalKey(zone, seen, `expect.${index}.`, fields);
    return key ? { ...key, hash: seen.hash } : [];
  });
  if (Object.keys(fields).length > 0) throw invalid(fields);
  assertSeen(zone, access, [...wanted, ...deletions, ...expect]);
  const scope = new Set([...wanted, ...deletions].map(rrsetKey));
  return {
    names: [...wanted, ...deletions, ...expect].map((set) => set.name),
    build: () => ({ wanted, scope }),
    fieldOf: (finding) => `${position.get(rrsetKey(finding)) ?? "rrsets"}.${finding.field ?? "name"}`,
    expect,
    confirm: input.confirm,
  };
}

/** One more record in its RRset. */
export function oneMore({ zone, access }: Place, input: OneRecordInput): { intent: Intent; id: string; set: RRset } {
  const set = canonicalOne(zone, input);
  assertSeen(zone, access, [set]);
  const record = only(set);
  const key = rrsetKey(set);
  return {
    id: recordId(set.name, set.type, record.content),
    set,
    intent: {
      names: [set.name],
      fieldOf: (finding) => finding.field ?? "name",
      build: (current) => {
        const present = current.find((other) => rrsetKey(other) === key);
        if (present?.records.some((other) => other.content === record.content)) {
          throw new Problem("already_exists", "This record exists already.", {
            fields: { content: "This record exists already." },
          });
        }
        const ttl = input.ttl ?? present?.ttl ?? set.ttl;
        return { wanted: [{ ...set, ttl, records: [...(present?.records ?? []), record] }], scope: new Set([key]) };
      },
    },
  };
}

/** One record replaced, possibly by one of another name or type. */
export function replaceRecord(
  { zone, access }: Place,
  id: string,
  input: OneRecordInput,
): { intent: Intent; id: string; set: RRset } {
  const old = findRecord(zone, access, id);
  const set = canonicalOne(zone, input);
  assertSeen(zone, access, [set]);
  const record = only(set);
  const key = rrsetKey(set);
  return {
    id: recordId(set.name, set.type, record.content),
    set,
    intent: {
      names: [old.set.name, set.name],
      fieldOf: (finding) => finding.field ?? "name",
      build: (current) => {
        const rest = without(current, old.set, id);
        const target = rest.find((other) => rrsetKey(other) === key);
        const ttl = input.ttl ?? target?.ttl ?? (key === rrsetKey(old.set) ? old.set.ttl : set.ttl);
        const others = target?.records.filter((other) => other.content !== record.content) ?? [];
        const left = rest.find((other) => rrsetKey(other) === rrsetKey(old.set) && rrsetKey(other) !== key);
        const wanted = [
          ...(left && left.records.length > 0 ? [left] : []),
          { ...set, ttl, records: [...others, record] },
        ];
        return { wanted, scope: new Set([rrsetKey(old.set), key]) };
      },
    },
  };
}

export function withoutRecord({ zone, access }: Place, id: string): Intent {
  const old = findRecord(zone, access, id);
  return {
    names: [old.set.name],
    fieldOf: (finding) => finding.field ?? "record",
    build: (current) => ({
      wanted: without(current, old.set, id).filter(
        (set) => rrsetKey(set) === rrsetKey(old.set) && set.records.length > 0,
      ),
      scope: new Set([rrsetKey(old.set)]),
    }),
  };
}

/** Nothing is tried at what is hidden: already whether it would change anything says what is there. */
export function assertSeen(zone: Zone, access: ZoneAccess, places: readonly { name: string; type: string }[]): void {
  const hidden = places.find((place) => !sees(access, zone.name, place));
  if (hidden)
    throw new Problem("forbidden", `You have no access to ${hidden.type} records at ${hidden.name}.`, {
      missing: "view",
    });
}

/** The RRset that holds the record, without it. What is gone by now is not found. */
function without(current: readonly RRset[], old: RRset, id: string): RRset[] {
  const present = current.find((set) => rrsetKey(set) === rrsetKey(old));
  const records = present?.records.filter((record) => recordId(old.name, old.type, record.content) !== id) ?? [];
  if (!present || records.length === present.records.length) throw notFound("record");
  return [...current.filter((set) => set !== present), { ...present, records }].filter(
    (set) => set.name === old.name || set.records.length > 0,
  );
}

function canonicalOne(zone: Zone, { name, type, ttl, ...record }: OneRecordInput): RRset {
  const fields: Record<string, string> = {};
  const chosen = connectionById(zone.connection)?.provider.capabilities.autoTtl ? "auto" : DEFAULT_TTL;
  const set = canonicalRRset(zone, { name, type, ttl: ttl ?? chosen, records: [record] }, "", fields);
  const flat = Object.entries(fields).map(([field, message]) => [field.replace(/^records\.0\./, ""), message]);
  if (!set || flat.length > 0) throw invalid(Object.fromEntries(flat));
  return set;
}

const only = (set: RRset): DnsRecord => {
  const record = set.records[0];
  if (!record) throw invalid({ content: "Enter a value." });
  return record;
};

const flattens = (zone: Zone): boolean => connectionById(zone.connection)?.provider.capabilities.flattensApex ?? false;

function canonicalRRset(
  zone: Zone,
  input: { name: string; type: string; ttl: Ttl; records: RecordInput[] },
  at: string,
  fields: Record<string, string>,
): RRset | null {
  const type = canonicalType(input.type.trim().toUpperCase());
  const records = input.records.map(({ content, text, ...extras }, index) => {
    const plain = type === "TXT" && text !== undefined;
    if (!plain && content === undefined) fields[`${at}records.${index}.content`] = "Enter a value.";
    const present = Object.fromEntries(
      Object.entries(extras).filter(([, value]) => value !== undefined && value !== false && value !== ""),
    );
    return { content: plain ? textToContent(text) : (content ?? ""), ...present };
  });
  if (Object.keys(fields).some((field) => field.startsWith(`${at}records`))) return null;
  const result = normaliseRRset({ name: input.name, type, ttl: input.ttl, records }, zone.name);
  if (result.ok) return { ...result.rrset, type: typeAtApex(result.rrset, zone.name, flattens(zone)) };
  for (const { path, message } of result.problems) fields[`${at}${path.join(".")}`] ??= message;
  return null;
}

function canonicalKey(zone: Zone, input: { name: string; type: string }, at: string, fields: Record<string, string>) {
  const name = parseName(input.name, zone.name);
  if (name.ok) {
    const key = { name: name.value, type: canonicalType(input.type.trim().toUpperCase()) };
    return { ...key, type: typeAtApex(key, zone.name, flattens(zone)) };
  }
  fields[`${at}name`] = name.reason;
  return null;
}
