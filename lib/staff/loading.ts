/** Calls the procedures that the registry of tabs names, as somebody: their own guards decide. */
import { call, isProcedure, type Procedure } from "@orpc/server";
import * as z from "zod";
import type { RequestContext } from "#lib/api/context.ts";
import { notFound } from "#lib/api/errors.ts";
import { privatePaths } from "#lib/api/masked.ts";
import { opensTab } from "./admission.ts";
import { type StaffTab, type TabId, tabById } from "./tabs.ts";

type AnyProcedure = Procedure<RequestContext, RequestContext, never, never, never, never>;

/** Query strings and values alike: a parameter that came twice is a list. */
export type Params = Readonly<Record<string, string | string[] | undefined>>;

/** The tab, if the actor may open it. What is not there and what is not theirs look alike. */
export function tabOf(id: string, context: RequestContext): StaffTab & { id: TabId } {
  const tab = tabById(id);
  if (!tab || !opensTab(context.actor.grants, tab)) throw notFound("tab");
  return tab;
}

/** A procedure of the router by its path, such as `accounts.list`. */
export async function procedureAt(path: string): Promise<AnyProcedure> {
  // The router holds the portal's own procedures, and those get here.
  const { router } = await import("#lib/api/router.ts");
  let found: unknown = router;
  for (const step of path.split(".")) found = (found as Record<string, unknown> | undefined)?.[step];
  if (!isProcedure(found)) throw new Error(`The registry of tabs names ${path}, which is no procedure.`);
  return found as AnyProcedure;
}

/** What fills the tab, for what a query string asks; what makes no sense in it is left out. */
export async function loadTab(
  { list }: Pick<StaffTab, "list">,
  params: Params,
  context: RequestContext,
): Promise<unknown> {
  const procedure = await procedureAt(list);
  return run(procedure, readable(procedure, params), context);
}

/** What of a query string the tab's list takes. */
export const queryOf = async ({ list }: Pick<StaffTab, "list">, params: Params) =>
  readable(await procedureAt(list), params);

/** One row of the tab. Throws `not_found`. */
export async function loadOne(tab: StaffTab, id: string, context: RequestContext): Promise<unknown> {
  if (!tab.open) throw notFound("row");
  const procedure = await procedureAt(tab.open.procedure);
  const input = readable(procedure, { [tab.open.key]: id });
  // What is no id of such a row names none.
  if (!(tab.open.key in input)) throw notFound("row");
  return run(procedure, input, context);
}

/** The fields of one row that privacy mode hides, as paths. */
export async function privateFields(tab: StaffTab): Promise<ReadonlySet<string>> {
  if (!tab.open) return new Set();
  return new Set(privatePaths((await procedureAt(tab.open.procedure))["~orpc"].outputSchema).keys());
}

const run = (procedure: AnyProcedure, input: unknown, context: RequestContext): Promise<unknown> =>
  call(procedure, input as never, { context });

/** The parameters that the procedure takes, and takes as they are. */
function readable(procedure: AnyProcedure, params: Params): Record<string, string | string[]> {
  const schema: unknown = procedure["~orpc"].inputSchema;
  if (!(schema instanceof z.ZodObject)) return {};
  const taken: Record<string, string | string[]> = {};
  for (const [key, field] of Object.entries(schema.shape)) {
    const value = params[key];
    if (value === undefined || value === "") continue;
    const fits = [value, [value].flat()[0] ?? ""].find((one) => z.safeParse(field, one).success);
    if (fits !== undefined) taken[key] = fits;
  }
  return taken;
}
