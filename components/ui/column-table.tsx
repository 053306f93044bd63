/** Rows of a table, told by its columns: the first names the row. */
import type { ReactNode } from "react";
import { Table, TBody, Td, THead, Th, Tr } from "./table.tsx";

export interface Column<R> {
  label: string;
  align?: "end";
  mono?: boolean;
  dim?: boolean;
  cell: (row: R) => ReactNode;
  /** Stands below it, quieter: where the row is found, say. */
  under?: (row: R) => ReactNode;
}

export type Columns<R> = readonly [Column<R>, ...Column<R>[]];

export interface ColumnTableProps<R> {
  /** Names the table for assistive technology. */
  label: string;
  columns: Columns<R>;
  items: readonly R[];
  keyOf: (row: R) => string;
  /** What can be done with a row, at its end. */
  acts?: ((row: R) => ReactNode) | undefined;
  /** It fills a panel, which has the frame. */
  inPanel?: boolean;
}

export function ColumnTable<R>({ label, columns, items, keyOf, acts, inPanel }: ColumnTableProps<R>) {
  return (
    <Table label={label} stack className={inPanel ? "rounded-none border-0" : undefined}>
      <THead>
        {columns.map((column) => (
          <Th key={column.label} align={column.align}>
            {column.label}
          </Th>
        ))}
        {acts && <Th hidden>Actions</Th>}
      </THead>
      <TBody>
        {items.map((row) => (
          <Tr key={keyOf(row)}>
            <ColumnCells columns={columns} row={row} />
            {acts && (
              <Td align="end" className="py-[3px]!">
                {acts(row)}
              </Td>
            )}
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

export interface ColumnCellsProps<R> {
  columns: Columns<R>;
  row: R;
  /** What the row's name leads to. */
  named?: (name: ReactNode) => ReactNode;
}

export const ColumnCells = <R,>({ columns, row, named = (name) => name }: ColumnCellsProps<R>) =>
  columns.map(({ label, cell, under, align, mono, dim }, place) => (
    <Td
      key={label}
      label={place === 0 ? undefined : label}
      align={align}
      mono={mono}
      dim={dim}
      className={place === 0 ? "font-medium wrap-anywhere sm:min-w-[180px]" : "wrap-anywhere"}
    >
      {place === 0 ? named(cell(row)) : cell(row)}
      {under && <span className="block text-xs font-normal text-dim">{under(row)}</span>}
    </Td>
  ));
