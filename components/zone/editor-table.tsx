/** The table of the editor: its rows, and the form in the place of the row that is edited, or on top. */
"use client";
import type { ReactNode } from "react";
import type { ListState } from "#components/ui/list-state.ts";
import { ListeningGroup } from "#components/ui/listening.tsx";
import type { EditorRow } from "./editor-rows.ts";
import { editorRow, type RowHandlers } from "./record-rows.tsx";
import { RecordsTable } from "./records-table.tsx";
import type { Selection } from "./use-selection.ts";

export interface EditorTableProps {
  list: ListState;
  rows: readonly EditorRow[];
  selection: Selection;
  /** `row` null, or not among the rows: on top. */
  form: { row: EditorRow | null; node: ReactNode } | null;
  handlers: RowHandlers;
}

export function EditorTable({ list, rows, selection, form, handlers }: EditorTableProps) {
  const edited = form?.row?.key;
  const inPlace = rows.some((row) => row.key === edited);
  const formRow = form && (
    <tr key="form" data-form="">
      <td colSpan={5}>{form.node}</td>
    </tr>
  );
  const marked = selection.keys.size;
  const selectAll = (
    <input
      type="checkbox"
      aria-label="Select all records of this page"
      checked={marked > 0 && marked === rows.length}
      ref={(box) => {
        if (box) box.indeterminate = marked > 0 && marked < rows.length;
      }}
      onChange={(event) => selection.all(event.target.checked)}
    />
  );
  return (
    <ListeningGroup className="contents">
      <RecordsTable list={list} actions selectAll={selectAll}>
        {/* One list: as rows come and go, the form moves in it, and keeps what was typed. */}
        {[
          inPlace ? null : formRow,
          ...rows.map((row, place) =>
            row.key === edited
              ? formRow
              : editorRow(row, {
                  selected: selection.keys.has(row.key),
                  same: rows[place - 1]?.name === row.name && rows[place - 1]?.key !== edited,
                  first: place === 0,
                  handlers,
                }),
          ),
        ]}
      </RecordsTable>
    </ListeningGroup>
  );
}
