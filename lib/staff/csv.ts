/** A tab's rows as a CSV file (RFC 4180): all that its filters find, read part by part as the file is fetched. */
import { stringify } from "csv-stringify/sync";
import * as z from "zod";
import type { RequestContext } from "#lib/api/context.ts";
import { notFound } from "#lib/api/errors.ts";
import { stillThere } from "#lib/tokens/actor-again.ts";
import { loadTab, type Params, procedureAt } from "./loading.ts";
import type { StaffTab } from "./tabs.ts";

const PER_PART = 200;

/** Columns are the fields of a row, `a.b` for those of an object in it. Cells that a spreadsheet would calculate are defused. */
export async function tabAsCsv(
  { list, file = list }: StaffTab,
  params: Params,
  context: RequestContext,
): Promise<ReadableStream> {
  const columns = columnsOf((await procedureAt(file))["~orpc"].outputSchema);
  if (columns.length === 0) throw notFound("list");
  const encoder = new TextEncoder();
  const part = async (at: string | undefined, as: RequestContext) => {
    const { items, next } = Part.parse(await loadTab({ list: file }, { ...params, perPage: String(PER_PART), at }, as));
    const text = stringify(items, {
      columns,
      header: at === undefined,
      escape_formulas: true,
      cast: { object: textOf, boolean: String },
      record_delimiter: "windows",
    });
    return { octets: encoder.encode(text), next };
  };
  // What is refused is an answer, and not the beginning of a file.
  let first: Awaited<ReturnType<typeof part>> | null = await part(undefined, context);
  let at: string | undefined;
  return new ReadableStream({
    async pull(controller) {
      const { octets, next } = first ?? (await part(at, asOfNow(context)));
      first = null;
      controller.enqueue(octets);
      if (next === null) return controller.close();
      at = next;
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
}

/** Whoever reads slowly is asked with each part whether they still may. */
const asOfNow = ({ actor, ...context }: RequestContext): RequestContext => ({ ...context, actor: stillThere(actor) });

/** A short list comes whole. */
const Part = z.object({ items: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable().default(null) });

/** Lists of plain values in one cell, and anything else as JSON. */
const textOf = (value: object): string =>
  Array.isArray(value) && value.every((one) => typeof one !== "object") ? value.join("; ") : JSON.stringify(value);

/** From the schema of a list's answer, so that a field that is not in it is in no file. */
function columnsOf(schema: unknown): { key: string; header: string }[] {
  if (!(schema instanceof z.ZodObject)) return [];
  const items: unknown = schema.shape.items;
  return items instanceof z.ZodArray && items.element instanceof z.ZodObject ? fieldsOf(items.element, "") : [];
}

function fieldsOf(schema: z.ZodObject, path: string): { key: string; header: string }[] {
  return Object.entries(schema.shape).flatMap(([name, field]) => {
    const key = `${path}${name}`;
    const inner = field instanceof z.ZodNullable ? field.unwrap() : field;
    return inner instanceof z.ZodObject ? fieldsOf(inner, `${key}.`) : [{ key, header: key }];
  });
}
