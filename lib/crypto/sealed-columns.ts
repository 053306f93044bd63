/** Every column that holds sealed values: found in the schema, so that none can be forgotten. */
import { eq, getTableColumns, getTableName, is, isNotNull } from "drizzle-orm";
import { type SQLiteColumn, SQLiteCustomColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { DbOrTx, Tx } from "#db/client.ts";
import * as schema from "#db/schema/index.ts";
import { type Place, seal, unseal } from "./seal.ts";
import { OtherSecretError } from "./secret.ts";

export interface SealedColumn {
  table: SQLiteTable;
  /** The property of the table. */
  key: string;
  column: SQLiteColumn;
  primaryKey: SQLiteColumn;
}

export const sealedColumns = (): SealedColumn[] =>
  Object.values(schema)
    .filter((value) => is(value, SQLiteTable))
    .flatMap((table) => {
      const columns = Object.entries(getTableColumns(table)) as [string, SQLiteColumn][];
      return columns
        .filter(([, column]) => is(column, SQLiteCustomColumn))
        .map(([key, column]) => {
          const primaryKey = columns.find(([, other]) => other.primary)?.[1];
          if (!primaryKey)
            throw new Error(`${getTableName(table)} has a sealed column and no primary key of one column.`);
          return { table, key, column, primaryKey };
        });
    });

/** Seals everything again with another secret. Returns how many values. Throws, in a transaction, at the first that does not open. */
export function resealAll(tx: Tx, from: string, to: string): number {
  let count = 0;
  for (const sealed of sealedColumns()) {
    for (const { place, value } of valuesOf(sealed, tx)) {
      const again = seal(unseal(value, place, from), place, to);
      tx.update(sealed.table)
        .set({ [sealed.key]: again })
        .where(eq(sealed.primaryKey, place.row))
        .run();
      count++;
    }
  }
  return count;
}

/** How many values there are, how many want another secret, and how many are damaged. */
export function countSealed(tx: DbOrTx, secret: string): { all: number; otherSecret: number; damaged: number } {
  const count = { all: 0, otherSecret: 0, damaged: 0 };
  for (const sealed of sealedColumns()) {
    for (const { place, value } of valuesOf(sealed, tx)) {
      count.all++;
      try {
        unseal(value, place, secret);
      } catch (error) {
        count[error instanceof OtherSecretError ? "otherSecret" : "damaged"]++;
      }
    }
  }
  return count;
}

function valuesOf({ table, column, primaryKey }: SealedColumn, tx: DbOrTx): { place: Place; value: string }[] {
  const rows = tx.select({ row: primaryKey, value: column }).from(table).where(isNotNull(column)).all();
  return rows.map(({ row, value }) => ({
    place: { table: getTableName(table), column: column.name, row: String(row) },
    value: String(value),
  }));
}
