/** A draft of changes to a zone: what was seen, and what is wanted instead, RRset by RRset. Pure. */
import { type DnsRecord, type RRset, rrsetKey, type Ttl } from "#lib/dns/rrset.ts";

/** An RRset as it was when it was seen. */
export interface Seen {
  hash: string;
  rrset: RRset;
}

/** `seen` null: there was none. `wanted` null: there shall be none. */
export interface DraftEntry {
  name: string;
  type: string;
  seen: Seen | null;
  wanted: RRset | null;
}

/** By `rrsetKey`, in the order in which the entries were made. */
export type Draft = Readonly<Record<string, DraftEntry>>;

export const emptyDraft: Draft = Object.freeze({});

/** What a change expects of an RRset that was not there: the server's hash of nothing. */
export const NOTHING_SEEN = "MKCSSjNgvmh9Hfn8u_3_Ys";

export type DraftKind = "added" | "changed" | "removed";

export const kindOf = ({ seen, wanted }: DraftEntry): DraftKind =>
  wanted === null ? "removed" : seen === null ? "added" : "changed";

/** The draft with this entry; one that changes nothing is left out. */
export function withEntry(draft: Draft, entry: DraftEntry): Draft {
  const key = rrsetKey(entry);
  if (sameRRset(entry.seen?.rrset ?? null, entry.wanted)) return withoutEntry(draft, key);
  return { ...draft, [key]: entry };
}

/** What is left of it once another was applied: what came in meanwhile, from another tab too. */
export const withoutSent = (draft: Draft, sent: Draft): Draft =>
  Object.fromEntries(
    Object.entries(draft).filter(([key, { wanted }]) => {
      const was = sent[key];
      return was === undefined || !sameRRset(was.wanted, wanted);
    }),
  );

/** The same for many, in one go. */
export function withEntries(draft: Draft, entries: readonly DraftEntry[]): Draft {
  if (entries.length === 0) return draft;
  const next = new Map(Object.entries(draft));
  for (const entry of entries) {
    const key = rrsetKey(entry);
    if (sameRRset(entry.seen?.rrset ?? null, entry.wanted)) next.delete(key);
    else next.set(key, entry);
  }
  return Object.fromEntries(next);
}

/** The entry on top of what is there now, which somebody else has changed. */
export function rebased(draft: Draft, key: string, seen: { hash: string; rrset: RRset | null }): Draft {
  const entry = draft[key];
  if (!entry) return draft;
  return withEntry(draft, { ...entry, seen: seen.rrset === null ? null : { hash: seen.hash, rrset: seen.rrset } });
}

export function withoutEntry(draft: Draft, key: string): Draft {
  if (!(key in draft)) return draft;
  return Object.fromEntries(Object.entries(draft).filter(([other]) => other !== key));
}

export function countsOf(draft: Draft): Record<DraftKind, number> {
  const counts = { added: 0, changed: 0, removed: 0 };
  for (const entry of Object.values(draft)) counts[kindOf(entry)] += 1;
  return counts;
}

/** `1 added, 2 changed`; empty parts are left out. */
export function sentenceOf(counts: Readonly<Record<DraftKind, number>>): string {
  const parts = (["added", "changed", "removed"] as const).flatMap((kind) =>
    counts[kind] > 0 ? [`${counts[kind]} ${kind}`] : [],
  );
  return parts.join(", ");
}

/** The draft as the API takes it, entries in the order of `Object.values`, and where each of them stands in the request. */
export function requestOf(draft: Draft) {
  const entries = Object.values(draft);
  const wanted = entries.filter((entry) => entry.wanted !== null);
  const gone = entries.filter((entry) => entry.wanted === null);
  return {
    rrsets: wanted.flatMap(({ wanted: set }) =>
      set ? [{ name: set.name, type: set.type, ttl: set.ttl, records: set.records.map(sent) }] : [],
    ),
    deletions: gone.map(({ name, type }) => ({ name, type })),
    expect: entries.map(({ name, type, seen }) => ({ name, type, hash: seen?.hash ?? NOTHING_SEEN })),
    /** The key of the RRset that an input field such as `rrsets.0.records.1.content` is about. */
    keyOf: (field: string): string | null => {
      const [, list, index] = /^(rrsets|deletions|expect)\.(\d+)/.exec(field) ?? [];
      const entry = { rrsets: wanted, deletions: gone, expect: entries }[list ?? ""]?.[Number(index)];
      return entry ? rrsetKey(entry) : null;
    },
  };
}

const sent = ({ content, disabled, comment, proxied, tags }: DnsRecord) => ({
  content,
  ...(disabled ? { disabled } : {}),
  ...(comment ? { comment } : {}),
  ...(proxied ? { proxied } : {}),
  ...(tags && tags.length > 0 ? { tags } : {}),
});

/** Whether two RRsets say the same; the order of records makes no difference. */
export function sameRRset(a: RRset | null, b: RRset | null): boolean {
  if (a === null || b === null) return a === b;
  const said = (set: RRset) =>
    JSON.stringify([set.name, set.type, set.ttl, set.records.map((record) => JSON.stringify(sent(record))).sort()]);
  return said(a) === said(b);
}

export interface Line {
  mark: "kept" | "before" | "after";
  record: DnsRecord;
}

/** The records of both states: what goes, what stays and what comes, each state in its own order. */
export function linesOf(before: RRset | null, after: RRset | null): Line[] {
  const text = (record: DnsRecord) => JSON.stringify(sent(record));
  const old = new Set(before?.records.map(text));
  const fresh = new Set(after?.records.map(text));
  const gone = before?.records.filter((record) => !fresh.has(text(record))) ?? [];
  const rest = after?.records.map((record): Line => ({ mark: old.has(text(record)) ? "kept" : "after", record })) ?? [];
  return [...gone.map((record): Line => ({ mark: "before", record })), ...rest];
}

export const ttlText = (ttl: Ttl): string => (ttl === "auto" ? "auto" : String(ttl));

/** Reads what was stored; anything else than a draft is none. */
export function parseDraft(text: string | null): Draft {
  if (text === null) return emptyDraft;
  try {
    const entries = (JSON.parse(text) as { version: number; entries: DraftEntry[] }).entries;
    return Object.fromEntries(entries.map((entry) => [rrsetKey(entry), entry]));
  } catch {
    return emptyDraft;
  }
}

export const formatDraft = (draft: Draft): string => JSON.stringify({ version: 1, entries: Object.values(draft) });
