/** The frame and the headings of the records table. */
import type { ReactNode } from "react";
import { type ListState, sortLink } from "#components/ui/list-state.ts";
import { Table, THead, Th } from "#components/ui/table.tsx";
import styles from "./records.module.css";

export interface RecordsTableProps {
  list: ListState;
  actions?: boolean;
  /** Takes all rows into a selection. */
  selectAll?: ReactNode;
  children: ReactNode;
}

export function RecordsTable({ list, actions, selectAll, children }: RecordsTableProps) {
  return (
    <Table label="Records" stack className={styles.records}>
      <THead>
        <Th sort={sortLink(list, "name")} before={selectAll}>
          Name
        </Th>
        <Th sort={sortLink(list, "type")}>Type</Th>
        <Th sort={sortLink(list, "ttl")} align="end">
          TTL
        </Th>
        <Th>Content</Th>
        {actions && <Th hidden>Actions</Th>}
      </THead>
      <tbody>{children}</tbody>
    </Table>
  );
}
