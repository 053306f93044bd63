/** Columns that hold sealed values, and nothing else: text that was not sealed cannot be written to them. */
import { customType } from "drizzle-orm/sqlite-core";

/** The only custom type of the schema: by it `lib/crypto/sealed-columns.ts` finds every column that a new secret re-encrypts. */
export const sealed = customType<{ data: string; driverData: string }>({
  dataType: () => "text",
  toDriver(value) {
    if (!/^v1\.[0-9a-f]{12}\.[\w-]{16}\.[\w-]{22,}$/.test(value))
      throw new Error("This column holds sealed values only.");
    return value;
  },
});
