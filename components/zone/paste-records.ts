/** Zone-file lines that were pasted: what they add to the draft, and line by line what they do not. */
import { typeAtApex } from "#lib/dns/apex-alias.ts";
import { relativeName } from "#lib/dns/name.ts";
import { type RRset, rrsetKey } from "#lib/dns/rrset.ts";
import { type Extras, type Offered, withExtras } from "#lib/dns/zonefile/extras.ts";
import { parseZoneFile } from "#lib/dns/zonefile/parse.ts";
import type { Draft, DraftEntry } from "./draft.ts";
import { type Existing, joinedWith, lookUp } from "./existing.ts";
import { isSingle } from "./form-state.ts";
import { fixedReason, type ZoneView } from "./zone-view.ts";

export interface Pasted {
  entries: DraftEntry[];
  /** How many records the entries hold of what was pasted. */
  records: number;
  /** What was left out or read otherwise than it stands there, and why. In the order of the lines. */
  notes: PasteNote[];
}

export interface PasteNote {
  line: number;
  column: number;
  /** The line itself. */
  text: string;
  reason: string;
  /** It is in the draft all the same. */
  taken: boolean;
}

/** More is for an import. */
const MAX_RECORDS = 2000;
const MAX_OCTETS = 2_000_000;
/** No TTL was written. */
const NO_TTL = -1;

interface Group {
  set: RRset;
  /** What the paste says that hangs on each record. */
  extras: (Extras | undefined)[];
  written: boolean;
  line: number;
  column: number;
}

export async function readPaste(text: string, zone: ZoneView, draft: Draft): Promise<Pasted> {
  const lines = text.split(/\r\n|\n|\r/);
  const notes: PasteNote[] = [];
  const note = ({ line, column }: { line: number; column: number }, reason: string, taken = false) =>
    notes.push({ line, column, reason, taken, text: lines[line - 1] ?? "" });

  const groups = new Map<string, Group>();
  const options = { apex: zone.apex, maxRecords: MAX_RECORDS, maxOctets: MAX_OCTETS, defaultTtl: NO_TTL };
  for (const item of parseZoneFile([text], options)) {
    if (item.error) note(item.error, item.error.reason);
    else take(item, groups, zone, note);
  }

  const unknown = [...groups.values()].filter(({ set }) => !(rrsetKey(set) in draft));
  const found = await lookUp(
    zone,
    unknown.map(({ set }) => set),
  );
  const there = new Map(unknown.map(({ set }, index) => [rrsetKey(set), found[index]]));
  const entries: DraftEntry[] = [];
  for (const [key, group] of groups) {
    const entry = draft[key];
    const existing: Existing = entry
      ? { set: entry.wanted, seen: entry.seen, level: "full" }
      : (there.get(key) ?? { set: null, seen: null, level: "none" });
    if (existing.level !== "edit" && existing.level !== "full") {
      note(group, `Your level for ${relativeName(group.set.name, zone.apex)} ${group.set.type} is ${existing.level}.`);
      continue;
    }
    entries.push({
      name: group.set.name,
      type: group.set.type,
      seen: existing.seen,
      wanted: wantedOf(group, existing, zone),
    });
  }
  const kept = new Set(entries.map(rrsetKey));
  const records = [...groups].reduce((sum, [key, { set }]) => sum + (kept.has(key) ? set.records.length : 0), 0);
  return { entries, records, notes: notes.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

type Note = (place: { line: number; column: number }, reason: string, taken?: boolean) => void;
interface Item {
  name: string;
  type: string;
  ttl: number;
  content: string;
  extras?: Extras;
  line: number;
  column: number;
}

/** One record of the paste into its RRset, or a note of why not. */
function take(item: Item, groups: Map<string, Group>, zone: ZoneView, note: Note): void {
  const name = undoubled(item.name, zone.apex);
  if (name !== item.name)
    note(item, `There is no final dot, so this would be ${item.name} It is taken as ${name}`, true);
  const type = typeAtApex({ name, type: item.type }, zone.apex, zone.offers.includes("flattensApex"));
  const refusal = refusalOf(name, type, zone);
  if (refusal !== null) {
    note(item, refusal);
    return;
  }
  if (type !== item.type) note(item, `A ${item.type} cannot stand at the apex. It is taken as an ${type}.`, true);
  const offers = (what: Offered) => zone.offers.includes(what);
  const { record, left } = withExtras({ content: item.content }, item.extras, offers);
  if (!record) {
    note(item, "It is not served, and this provider keeps no such records.");
    return;
  }
  if (left.length > 0) note(item, `This provider keeps no ${left.map((what) => LEFT[what]).join(" and no ")}.`, true);
  const key = rrsetKey({ name, type });
  const group = groups.get(key);
  if (!group) {
    const set = { name, type, ttl: item.ttl, records: [{ content: item.content }] };
    groups.set(key, { set, extras: [item.extras], written: item.ttl !== NO_TTL, line: item.line, column: item.column });
  } else if (group.set.records.some(({ content }) => content === item.content)) {
    note(item, "This record stands here twice.");
  } else if (isSingle(type)) {
    note(item, `There can be only one ${type} at a name, and it is there already.`);
  } else {
    group.set.records.push({ content: item.content });
    group.extras.push(item.extras);
    if (item.ttl !== group.set.ttl && item.ttl !== NO_TTL)
      note(item, `All ${type} of a name have one TTL: this one gets the one of line ${group.line}.`, true);
  }
}

const LEFT: Record<Offered, string> = {
  disabled: "records that are not served",
  comments: "comments",
  proxied: "proxy",
  tags: "tags",
};

/** Why a record is not taken, wherever it stands. */
function refusalOf(name: string, type: string, zone: ZoneView): string | null {
  const relative = relativeName(name, zone.apex);
  if (type === "SOA") return "The zone keeps its own SOA.";
  if (type === "NS" && relative === "@") return "The zone keeps its own name servers. Add this by hand if you mean it.";
  if (!zone.types.includes(type)) return `${type} cannot be kept at this provider.`;
  const fixed = fixedReason(zone, relative, type);
  return fixed === null ? null : `${type} is ${fixed} here.`;
}

/** What is there with what was pasted. A type of which there is one is replaced. */
function wantedOf({ set, extras, written }: Group, existing: Existing, zone: ZoneView): RRset {
  const auto = zone.offers.includes("autoTtl");
  const own = existing.set?.ttl ?? (auto ? "auto" : 3600);
  const ttl = extras[0]?.auto && auto ? "auto" : written ? set.ttl : own;
  const there = new Map(existing.set?.records.map((record) => [record.content, record]));
  const offers = (what: Offered) => zone.offers.includes(what);
  const records = set.records.flatMap((record, index) => {
    const said = extras[index];
    const present = there.get(record.content);
    return (said || !present ? withExtras(present ?? record, said, offers).record : present) ?? [];
  });
  const fresh = { ...set, ttl, records };
  if (!existing.set || isSingle(set.type)) return fresh;
  const pasted = new Map(records.map((record) => [record.content, record]));
  const kept = existing.set.records.map((record) => pasted.get(record.content) ?? record);
  return joinedWith({ ...existing.set, records: kept }, fresh, true);
}

/** `www.example.com.example.com.` is hardly ever meant. */
function undoubled(name: string, apex: string): string {
  const twice = `${apex.replace(/\.$/, "")}.${apex}`;
  return name === twice || name.endsWith(`.${twice}`) ? name.slice(0, -apex.length) : name;
}
