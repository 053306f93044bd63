/** The record form's values and what is wrong with them, by the same type modules that the server checks with. */
import { typeAtApex } from "#lib/dns/apex-alias.ts";
import { isInZone, parseName, relativeName } from "#lib/dns/name.ts";
import type { DnsRecord, RRset, Ttl } from "#lib/dns/rrset.ts";
import { readTtl } from "#lib/dns/ttl.ts";
import { canonicalContent, recordTypes } from "#lib/dns/types/index.ts";
import type { FieldSpec } from "#lib/dns/types/record-type.ts";
import { ttlText } from "./draft.ts";
import type { EditorRow } from "./editor-rows.ts";
import type { ZoneView } from "./zone-view.ts";

export interface ValueState {
  id: number;
  fields: Record<string, string>;
  extras: Omit<DnsRecord, "content">;
}

export interface FormState {
  name: string;
  type: string;
  ttl: string;
  values: ValueState[];
}

export interface FormProblems {
  name?: string;
  ttl?: string;
  /** Value id → field → sentence. */
  values: Record<number, Record<string, string>>;
}

export type Checked = { wanted: RRset; problems: null } | { wanted: null; problems: FormProblems };

const DEFAULT_TTL = "3600";
const MAX_TTL = 2 ** 31 - 1;

export function initialState(row: EditorRow | null, type: string): FormState {
  const set = row?.after ?? row?.before;
  if (!row || !set) return { name: "", type, ttl: DEFAULT_TTL, values: [emptyValue(0, type)] };
  const values = set.records.map(({ content, providerId: _, ...extras }, id) => ({
    id,
    extras,
    fields: fieldsOf(row.type, content),
  }));
  return { name: row.relative, type: row.type, ttl: ttlText(set.ttl), values };
}

export const emptyValue = (id: number, type: string): ValueState => ({
  id,
  extras: {},
  fields: Object.fromEntries(specsOf(type, {}).map((spec) => [spec.name, ""])),
});

/** The one thing that a value consists of, if it is one. */
const pointer = ({ fields }: ValueState): string => fields.address ?? fields.target ?? fields.host ?? "";

/** The same values under another type: what has the same name stays, and what is all there is of them. */
export const retyped = (state: FormState, type: string): FormState => ({
  ...state,
  type,
  values: state.values.map((value) => ({
    ...value,
    fields: Object.fromEntries(
      specsOf(type, {}).map((spec, index) => [
        spec.name,
        value.fields[spec.name] ?? (index === 0 ? pointer(value) : ""),
      ]),
    ),
  })),
});

/** The inputs of a value. Octets that are no text, and types without fields of their own, are edited as they are stored. */
export function specsOf(type: string, fields: Readonly<Record<string, string>>): readonly FieldSpec[] {
  const known = recordTypes.get(type);
  if (!known) return [rawContent];
  if (type === "TXT" && fields.text === undefined && fields.content !== undefined) return [rawContent];
  return known.fields;
}

const rawContent: FieldSpec = { name: "content", label: "Content", kind: "textarea", placeholder: "" };

const fieldsOf = (type: string, content: string): Record<string, string> =>
  recordTypes.get(type)?.toFields(content) ?? { content };

/** The RRset that the form says, or what is wrong by field. */
export function checkForm(state: FormState, zone: ZoneView): Checked {
  const problems: FormProblems = { values: {} };
  const name = parseName(state.name.trim() === "" ? "@" : state.name, zone.apex);
  if (!name.ok) problems.name = name.reason;
  else if (!isInZone(name.value, zone.apex)) problems.name = `${name.value} is not in this zone.`;
  const ttl = parseTtl(state.ttl, zone.offers.includes("autoTtl"));
  if (ttl === null)
    problems.ttl = `A TTL is a whole number of seconds from 0 to ${MAX_TTL}, or a time such as 5m, 1h or 1d.`;
  const records: DnsRecord[] = [];
  const seen = new Set<string>();
  for (const value of state.values) {
    const read = readValue(state.type, value, zone.apex);
    if (!read.ok) problems.values[value.id] = read.fields;
    else if (seen.has(read.content))
      problems.values[value.id] = { [firstField(state.type, value)]: "This value stands here twice." };
    else records.push({ ...value.extras, content: read.content });
    if (read.ok) seen.add(read.content);
  }
  if (!name.ok || ttl === null || problems.name || Object.keys(problems.values).length > 0)
    return { wanted: null, problems };
  const set = { name: name.value, type: state.type };
  const type = typeAtApex(set, zone.apex, zone.offers.includes("flattensApex"));
  return { wanted: { ...set, type, ttl, records }, problems: null };
}

/** What is wrong in the fields that have been left, or everywhere once the form was sent. */
export function shownProblems(problems: FormProblems | null, left: ReadonlySet<string>, all: boolean): FormProblems {
  if (problems === null || all) return problems ?? { values: {} };
  const values = Object.entries(problems.values).map(([id, fields]) => [
    Number(id),
    Object.fromEntries(Object.entries(fields).filter(([field]) => left.has(`${id}.${field}`))),
  ]);
  return {
    ...(problems.name && left.has("name") ? { name: problems.name } : {}),
    ...(problems.ttl && left.has("ttl") ? { ttl: problems.ttl } : {}),
    values: Object.fromEntries(values) as FormProblems["values"],
  };
}

/** What is allowed and yet probably a mistake. */
export function adviceOn(type: string, value: ValueState, apex: string): string[] {
  const known = recordTypes.get(type);
  const read = readValue(type, value, apex);
  const parsed = read.ok ? known?.parse(read.content, { apex }) : undefined;
  return parsed?.ok ? (known?.check?.(parsed.value) ?? []) : [];
}

export function readValue(type: string, { fields }: ValueState, apex: string) {
  const known = recordTypes.get(type);
  if (known) return known.fromFields(fields, { apex });
  const content = canonicalContent(type, fields.content ?? "", apex);
  return content.ok
    ? { ok: true as const, content: content.value }
    : { ok: false as const, fields: { content: content.reason } };
}

/** Types of which a name has one record at most. */
export const isSingle = (type: string): boolean => ["ALIAS", "CNAME", "DNAME", "SOA"].includes(type);

/** The type that the values belong to, where they are no values of the one that is chosen: addresses and names are mistaken for each other. */
export function betterType(state: FormState, offered: readonly string[], apex: string): string | null {
  const [{ address, target } = {}] = state.values.map(({ fields }) => fields);
  const typed = (address ?? target ?? "").trim();
  if (typed === "" || (state.type !== "A" && state.type !== "AAAA" && state.type !== "CNAME")) return null;
  const reads = (type: string): boolean => {
    const field = type === "CNAME" ? "target" : "address";
    return state.values.every(({ fields }) => {
      const text = fields.address ?? fields.target ?? "";
      return recordTypes.get(type)?.fromFields({ [field]: text }, { apex }).ok ?? false;
    });
  };
  const addresses = ["A", "AAAA"].filter(reads);
  if (addresses.includes(state.type)) return null;
  if (state.type === "CNAME") return addresses.find((type) => offered.includes(type)) ?? null;
  const [better] = addresses;
  if (better !== undefined) return offered.includes(better) ? better : null;
  // A host name with a dot: one label may be an address that is not finished.
  const single = state.values.length === 1 && /[a-z].*\./i.test(typed);
  return single && offered.includes("CNAME") && reads("CNAME") ? "CNAME" : null;
}

export const firstField = (type: string, value: ValueState): string =>
  specsOf(type, value.fields)[0]?.name ?? "content";

/** The absolute name for a hint, where it says more than what was typed. */
export function fullName(typed: string, apex: string): string | null {
  const name = typed.trim() === "" ? null : parseName(typed, apex);
  return name?.ok && isInZone(name.value, apex) ? name.value : null;
}

export const relativeTo = (name: string, apex: string): string => relativeName(name, apex);

/** Seconds, or times with units (`1h30m`). */
export function parseTtl(text: string, auto: boolean): Ttl | null {
  const written = text.trim().toLowerCase();
  return written === "auto" ? (auto ? "auto" : null) : readTtl(written);
}
