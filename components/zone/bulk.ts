/** What is done to many rows at once, in the draft. Pure. */
import type { Ttl } from "#lib/dns/rrset.ts";
import { type Draft, withEntry, withoutEntry } from "./draft.ts";
import type { EditorRow } from "./editor-rows.ts";
import { isEditable } from "./record-rows.tsx";

export const withTtl = (draft: Draft, rows: readonly EditorRow[], ttl: Ttl): Draft =>
  rows.reduce(
    (now, { name, type, seen, after }) =>
      after ? withEntry(now, { name, type, seen, wanted: { ...after, ttl } }) : now,
    draft,
  );

/** Whether the values are served. */
export const withServed = (draft: Draft, rows: readonly EditorRow[], served: boolean): Draft =>
  rows.reduce((now, { name, type, seen, after }) => {
    if (!after) return now;
    const records = after.records.map(({ disabled: _, ...record }) =>
      served ? record : { ...record, disabled: true },
    );
    return withEntry(now, { name, type, seen, wanted: { ...after, records } });
  }, draft);

/** What was only added is in the draft no more. */
export const withRemoved = (draft: Draft, rows: readonly EditorRow[]): Draft =>
  rows.reduce(
    (now, { key, name, type, seen, kind }) =>
      kind === "added" ? withoutEntry(now, key) : withEntry(now, { name, type, seen, wanted: null }),
    draft,
  );

/** The rows whose values this person may change, may stop being served, and may remove. */
export const changeable = (rows: readonly EditorRow[]) => rows.filter(isEditable);
export const switchable = (rows: readonly EditorRow[]) =>
  changeable(rows).filter((row) => row.kind === "added" || (row.level === "full" && row.removable));
export const removable = (rows: readonly EditorRow[]) =>
  changeable(rows).filter((row) => row.kind === "added" || row.removable);
