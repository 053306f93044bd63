/** The rows of the records table as plain elements: with the draft's marks and actions, or to read only. */
import type { ReactNode } from "react";
import { displayName } from "#lib/dns/name.ts";
import type { RRset, Ttl } from "#lib/dns/rrset.ts";
import { linesOf, ttlText } from "./draft.ts";
import type { EditorRow } from "./editor-rows.ts";
import { contentOf, extrasOf, nameOf } from "./record-content.tsx";
import type { EditableRRset } from "./zone-view.ts";

export type RowAction = "edit" | "remove" | "revert";

const tones = { added: "ok", changed: "warn", removed: "bad" } as const;
const words = { added: "Added", changed: "Changed", removed: "Removed" } as const;
/** What gives a draft's row back, by what the draft does with it. */
const reverts = { added: "Discard", changed: "Undo", removed: "Keep" } as const;
const revertNames = { added: "Discard", changed: "Undo changes to", removed: "Keep" } as const;

/** `www A` */
export const rowLabel = ({ relative, type }: { relative: string; type: string }): string =>
  `${displayName(relative)} ${type}`;

/** A row that nobody edits. */
export const readOnlyRow = ({ relative, type, ttl, records }: EditableRRset): ReactNode => (
  <tr key={`${relative} ${type}`}>
    <td data-label="Name">
      <div>{nameOf(relative)}</div>
    </td>
    <td data-label="Type">
      <span>{type}</span>
    </td>
    <td data-label="TTL">{ttlText(ttl)}</td>
    <td data-label="Content">
      <div>{linesOfContent(type, records)}</div>
    </td>
  </tr>
);

/** A row of the editor. */
export function editorRow(row: EditorRow, act: (action: RowAction, row: EditorRow) => void): ReactNode {
  const { key, kind, relative, type, before, after, moved } = row;
  return (
    <tr key={key} data-key={key} data-tone={kind ? tones[kind] : undefined} tabIndex={-1}>
      <td data-label="Name">
        <div>
          {kind && <span className="sr-only">{words[kind]}: </span>}
          {nameOf(relative)}
        </div>
      </td>
      <td data-label="Type">
        <span>{type}</span>
      </td>
      <td data-label="TTL">
        <div>{ttls(kind === "changed" ? before?.ttl : undefined, (after ?? before)?.ttl)}</div>
      </td>
      <td data-label="Content">
        <div>
          {kind === "changed"
            ? changedLines(type, before, after)
            : linesOfContent(type, (after ?? before)?.records ?? [])}
          {moved && (
            <span className="block font-sans text-xs text-warn">
              Changed by somebody else since. Review shows both.
            </span>
          )}
        </div>
      </td>
      <td>{actionsOf(row, act)}</td>
    </tr>
  );
}

function actionsOf(row: EditorRow, act: (action: RowAction, row: EditorRow) => void): ReactNode {
  const { kind } = row;
  const label = rowLabel(row);
  const button = (action: RowAction, text: string, name: string) => (
    <button key={action} type="button" aria-label={name} onClick={() => act(action, row)}>
      {text}
    </button>
  );
  const editable = row.fixed === null && (row.level === "edit" || row.level === "full");
  const buttons = [
    kind && button("revert", reverts[kind], `${revertNames[kind]} ${label}`),
    kind !== "removed" && editable && button("edit", "Edit", `Edit ${label}`),
    kind === null && editable && row.removable && button("remove", "Remove", `Remove ${label}`),
  ].filter((item) => item !== null && item !== false);
  if (buttons.length === 0) return row.fixed ?? <span className="sr-only">View only</span>;
  return buttons.flatMap((item, place) =>
    place === 0
      ? [item]
      : [
          <span key={`dot-${item.key}`} aria-hidden="true">
            ·
          </span>,
          item,
        ],
  );
}

function changedLines(type: string, before: RRset | null, after: RRset | null): ReactNode {
  return linesOf(before, after).map(({ mark, record }) =>
    mark === "before" ? (
      <del key={`-${record.content}`}>
        <span className="sr-only">was </span>
        {contentOf(type, record.content)}
        {extrasOf(record)}
      </del>
    ) : (
      contentLine(type, record)
    ),
  );
}

const linesOfContent = (type: string, records: RRset["records"]): ReactNode =>
  records.map((record) => contentLine(type, record));

const contentLine = (type: string, record: RRset["records"][number]): ReactNode => (
  <div key={record.content}>
    {contentOf(type, record.content)}
    {extrasOf(record)}
  </div>
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
