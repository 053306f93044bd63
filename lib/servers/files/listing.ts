/** A folder as a daemon tells it, put into order. Where it is long, in a thread of its own: it may be of any length, and is not to be trusted. */
import * as z from "zod";
import { jsonWithin } from "../../wings/bounded-json.ts";

/** So many of one folder are shown. */
const SHOWN = 2000;
/** A file has a dozen: more than 80,000 of them are not read. */
const MOST_VALUES = 1_000_000;

const Entry = z
  .object({
    name: z.string(),
    modified: z.string(),
    mode_bits: z.string().catch(""),
    size: z.number().nonnegative().catch(0),
    directory: z.boolean(),
    symlink: z.boolean().catch(false),
    mime: z.string().catch(""),
  })
  .transform(({ name, modified, mode_bits, size, directory, symlink, mime }) => {
    const at = Date.parse(modified);
    return {
      name,
      modifiedAt: Number.isNaN(at) ? null : at,
      mode: /^[0-7]{3,4}$/.test(mode_bits) ? mode_bits : null,
      bytes: directory ? null : size,
      folder: directory,
      link: symlink,
      mime,
    };
  });

/** `hidden`: so many more there are. */
export interface Listing {
  items: z.output<typeof Entry>[];
  hidden: number;
}

const isNamed = (one: unknown): one is { name: string; directory: boolean } =>
  typeof one === "object" && one !== null && "name" in one && typeof one.name === "string" && "directory" in one;

/** In the order in which people look for them. */
const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Folders first; null: that is no list of files, or one beyond all bounds. */
export function listingOf(bytes: Uint8Array): Listing | null {
  const told = jsonWithin(bytes, MOST_VALUES);
  if (!Array.isArray(told) || !told.every(isNamed)) return null;
  const sorted = told.toSorted((a, b) => Number(b.directory) - Number(a.directory) || order.compare(a.name, b.name));
  const { success, data } = z.array(Entry).safeParse(sorted.slice(0, SHOWN));
  return success ? { items: data, hidden: sorted.length - data.length } : null;
}
