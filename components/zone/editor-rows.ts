/** The rows of the editor: a page of RRsets with the draft laid over it. Pure. */
import type { ZoneLevel } from "#lib/access/zone-level.ts";
import { relativeName } from "#lib/dns/name.ts";
import { type RRset, rrsetKey } from "#lib/dns/rrset.ts";
import { type Draft, type DraftEntry, type DraftKind, kindOf, type Seen } from "./draft.ts";
import { type EditableRRset, fixedReason, isRequired, type ZoneView } from "./zone-view.ts";

export interface EditorRow {
  key: string;
  name: string;
  relative: string;
  type: string;
  /** What the draft does with it; null if nothing. */
  kind: DraftKind | null;
  before: RRset | null;
  after: RRset | null;
  /** What an edit expects to find. */
  seen: Seen | null;
  level: ZoneLevel;
  /** Why it cannot be edited, in a word. */
  fixed: string | null;
  removable: boolean;
  /** Somebody else changed it after the draft saw it. */
  moved: boolean;
}

export interface EditorRows {
  /** Added in the draft. */
  added: EditorRow[];
  page: EditorRow[];
  /** Changed or removed in the draft, and not on this page. */
  elsewhere: EditorRow[];
}

export function editorRows(items: readonly EditableRRset[], draft: Draft, zone: ZoneView): EditorRows {
  const here = new Set(items.map(rrsetKey));
  const others = Object.values(draft).filter((entry) => !here.has(rrsetKey(entry)));
  return {
    added: others.filter((entry) => entry.seen === null).map((entry) => draftRow(entry, zone)),
    page: items.map((item) => pageRow(item, draft[rrsetKey(item)], zone)),
    elsewhere: others.filter((entry) => entry.seen !== null).map((entry) => draftRow(entry, zone)),
  };
}

function pageRow(item: EditableRRset, entry: DraftEntry | undefined, zone: ZoneView): EditorRow {
  const { relative, hash, level, ...rrset } = item;
  const seen = entry ? entry.seen : { hash, rrset };
  const before = entry?.seen?.rrset ?? rrset;
  return {
    ...identity(item.name, item.type, relative, zone),
    kind: entry ? (entry.wanted === null ? "removed" : "changed") : null,
    before,
    after: entry ? entry.wanted : rrset,
    seen,
    level,
    removable: level === "full" && !isRequired(relative, item.type),
    moved: entry !== undefined && entry.seen?.hash !== hash,
  };
}

function draftRow(entry: DraftEntry, zone: ZoneView): EditorRow {
  const relative = relativeName(entry.name, zone.apex);
  return {
    ...identity(entry.name, entry.type, relative, zone),
    kind: kindOf(entry),
    before: entry.seen?.rrset ?? null,
    after: entry.wanted,
    seen: entry.seen,
    level: zone.level,
    removable: false,
    moved: false,
  };
}

const identity = (name: string, type: string, relative: string, zone: ZoneView) => ({
  key: rrsetKey({ name, type }),
  name,
  relative,
  type,
  fixed: fixedReason(zone, relative, type),
});
