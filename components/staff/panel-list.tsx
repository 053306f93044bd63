/** A long list of what belongs to a row, in a panel of the row's page. */
"use client";
import type { ReactNode } from "react";
import { type Columns, ColumnTable } from "#components/ui/column-table.tsx";
import { Panel, type PanelProps } from "#components/ui/panel.tsx";
import { PartList, type PartListProps } from "./part-list.tsx";

export interface PanelListProps<T>
  extends Omit<PartListProps<T>, "children">,
    Pick<PanelProps, "description" | "actions"> {
  title: string;
  /** Names the table, where the title alone does not. */
  label?: string;
  columns: Columns<T>;
  /** What can be done with a row; `again` asks for the list once more. */
  acts?: ((row: T, again: () => void) => ReactNode) | false;
  /** Stands above the list. */
  before?: ReactNode;
}

export function PanelList<T extends { id: string }>(props: PanelListProps<T>) {
  const { title, description, actions, label = title, columns, acts, before, ...list } = props;
  return (
    <Panel title={title} description={description} actions={actions} flush>
      {before && <div className="border-line2 border-b p-4">{before}</div>}
      <PartList {...list}>
        {(items, again) => (
          <ColumnTable
            label={label}
            columns={columns}
            items={items}
            keyOf={({ id }) => id}
            acts={acts ? (row) => acts(row, again) : undefined}
            inPanel
          />
        )}
      </PartList>
    </Panel>
  );
}
