/** The rows of the records table as plain elements: with the draft's marks and actions, or to read only. */
import type { ReactNode } from "react";
import { displayName } from "#lib/dns/name.ts";
import type { DnsRecord, RRset, Ttl } from "#lib/dns/rrset.ts";
import { linesOf, ttlText } from "./draft.ts";
import type { EditorRow } from "./editor-rows.ts";
import { contentOf, extrasOf, nameOf, readingsOf } from "./record-content.tsx";
import type { EditableRRset } from "./zone-view.ts";

export type RowAction = "edit" | "remove" | "revert";

/** What a row of the editor tells it. */
export interface RowHandlers {
  act(action: RowAction, row: EditorRow): void;
  /** Takes the row into the selection or out of it; with `range`, all from the last one on. */
  select(row: EditorRow, range: boolean): void;
}

const tones = { added: "ok", changed: "warn", removed: "bad" } as const;
const words = { added: "Added", changed: "Changed", removed: "Removed" } as const;
/** What gives a draft's row back, by what the draft does with it. */
const reverts = { added: "Discard", changed: "Undo", removed: "Keep" } as const;
const revertNames = { added: "Discard", changed: "Undo changes to", removed: "Keep" } as const;

/** More values are opened. */
const FEW_VALUES = 5;

/** `www A` */
export const rowLabel = ({ relative, type }: { relative: string; type: string }): string =>
  `${displayName(relative)} ${type}`;

/** Whether the row may be changed by this person. */
export const isEditable = (row: EditorRow): boolean =>
  row.fixed === null && row.kind !== "removed" && (row.level === "edit" || row.level === "full");

/** A row that nobody edits. */
export const readOnlyRow = (
  { relative, type, ttl, records }: EditableRRset,
  place: number,
  all: readonly EditableRRset[],
): ReactNode => (
  <tr key={`${relative} ${type}`} data-same={all[place - 1]?.relative === relative ? "" : undefined}>
    <td>
      <div>{nameOf(relative)}</div>
    </td>
    <td>
      <span>{type}</span>
    </td>
    <td>{ttlText(ttl)}</td>
    <td>{valuesOf(relative, type, records)}</td>
  </tr>
);

/** A row of the editor. `same`: the row above has the same name. */
export function editorRow(
  row: EditorRow,
  { selected, same, first, handlers }: { selected: boolean; same: boolean; first: boolean; handlers: RowHandlers },
): ReactNode {
  const { key, kind, relative, type, before, after, moved } = row;
  return (
    <tr
      key={key}
      data-key={key}
      data-tone={kind ? tones[kind] : undefined}
      data-same={same ? "" : undefined}
      data-fixed={isEditable(row) ? undefined : ""}
      aria-selected={selected || undefined}
      // The keyboard enters the table here, and moves in it with the arrows.
      tabIndex={first ? 0 : -1}
    >
      <td>
        <input
          type="checkbox"
          aria-label={`Select ${rowLabel(row)}`}
          checked={selected}
          tabIndex={-1}
          onChange={(event) => handlers.select(row, (event.nativeEvent as MouseEvent).shiftKey)}
        />
        <div>
          {kind && <span className="sr-only">{words[kind]}: </span>}
          {nameOf(relative)}
        </div>
      </td>
      <td>
        <span>{type}</span>
      </td>
      <td>
        {kind ? (
          <div>{ttls(kind === "changed" ? before?.ttl : undefined, (after ?? before)?.ttl)}</div>
        ) : (
          ttls(undefined, (after ?? before)?.ttl)
        )}
      </td>
      <td>
        {kind === "changed"
          ? changedLines(relative, type, before, after)
          : valuesOf(relative, type, (after ?? before)?.records ?? [])}
        {moved && (
          <span className="block font-sans text-xs text-warn">Changed by somebody else since. Review shows both.</span>
        )}
      </td>
      <td>{actionsOf(row, handlers.act)}</td>
    </tr>
  );
}

function actionsOf(row: EditorRow, act: RowHandlers["act"]): ReactNode {
  const { kind } = row;
  const label = rowLabel(row);
  const button = (action: RowAction, text: string, name: string) => (
    <button key={action} type="button" aria-label={name} onClick={() => act(action, row)}>
      {text}
    </button>
  );
  const editable = isEditable(row);
  const buttons = [
    kind && button("revert", reverts[kind], `${revertNames[kind]} ${label}`),
    editable && button("edit", "Edit", `Edit ${label}`),
    kind === null && editable && row.removable && button("remove", "Remove", `Remove ${label}`),
  ].filter((item) => item !== null && item !== false);
  return buttons.length > 0 ? buttons : (row.fixed ?? (kind === null ? "view only" : null));
}

function changedLines(relative: string, type: string, before: RRset | null, after: RRset | null): ReactNode {
  const lines = linesOf(before, after);
  const readings = readingsOf(relative, type, after?.records ?? []);
  return lines.map(({ mark, record }) =>
    mark === "before" ? (
      <del key={`-${record.content}`}>
        <span className="sr-only">was </span>
        {contentOf(type, record.content)}
        {extrasOf(record)}
      </del>
    ) : (
      valueLine(type, record, readings?.[after?.records.indexOf(record) ?? -1])
    ),
  );
}

/** All values; of many only the first until one opens them. */
function valuesOf(relative: string, type: string, records: readonly DnsRecord[]): ReactNode {
  const readings = readingsOf(relative, type, records);
  const [only] = records;
  // Nothing round the one value that most names have: a page of records has a tenth less to make.
  if (only && records.length === 1 && !only.disabled) return readValue(type, only, readings?.[0]);
  const line = (record: DnsRecord, place: number) => valueLine(type, record, readings?.[place]);
  if (records.length <= FEW_VALUES) return records.map(line);
  return (
    <>
      {records.slice(0, FEW_VALUES - 1).map(line)}
      <details>
        <summary>and {records.length - FEW_VALUES + 1} more values</summary>
        {records.slice(FEW_VALUES - 1).map((record, place) => line(record, place + FEW_VALUES - 1))}
      </details>
    </>
  );
}

const valueLine = (type: string, record: DnsRecord, reading: ReactNode): ReactNode => (
  <div key={record.content} data-off={record.disabled ? "" : undefined}>
    {readValue(type, record, reading)}
  </div>
);

const readValue = (type: string, record: DnsRecord, reading: ReactNode): ReactNode => (
  <>
    {contentOf(type, record.content)}
    {extrasOf(record)}
    {reading}
  </>
);

function ttls(before: Ttl | undefined, after: Ttl | undefined): ReactNode {
  const shown = after === undefined ? "" : ttlText(after);
  if (before === undefined || before === after) return shown;
  return (
    <>
      <del>
        <span className="sr-only">was </span>
        {ttlText(before)}
      </del>
      {shown}
    </>
  );
}
