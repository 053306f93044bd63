/** Rows of a table, told by its columns: the first names the row. */
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
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
  const cells = cellsOf(columns);
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
            {cells(row)}
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

/** The cells of a row, for as many rows as there are. `named`: what the row's name leads to. */
export function cellsOf<R>(columns: Columns<R>) {
  const plain = (name: ReactNode) => name;
  const dressed = columns.map(({ align, mono, dim, ...column }, place) => ({
    ...column,
    label: place === 0 ? undefined : column.label,
    key: column.label,
    className:
      cx(
        place === 0 && "font-medium wrap-anywhere sm:min-w-[180px]",
        align === "end" && "text-end",
        mono && "font-mono wrap-anywhere",
        dim && "text-dim",
      ) || undefined,
  }));
  return (row: R, named: (name: ReactNode) => ReactNode = plain): ReactNode =>
    dressed.map(({ key, label, className, cell, under }, place) => (
      <td key={key} data-label={label} className={className}>
        {place === 0 ? named(cell(row)) : cell(row)}
        {under && <span className="block text-xs font-normal text-dim">{under(row)}</span>}
      </td>
    ));
}
