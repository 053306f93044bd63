/** Addresses in the Staff Portal: all that is on screen is in the query string, so that a link opens just that. Pure. */
import type { TabId } from "#lib/staff/tabs.ts";

export const PORTAL = "/dashboard/admin";

/** What the tab was asked for: its filters, order and part. */
export type Query = Readonly<Record<string, string | readonly string[]>>;

export type Change = Readonly<Record<string, string | undefined>>;

/** The tab as it is, with something changed; `undefined` takes a parameter away. Another order or filter begins at the first part. */
export function tabHref(tab: TabId, query: Query = {}, change: Change = {}): string {
  const params = new URLSearchParams({ tab });
  const kept = "at" in change || "open" in change ? query : { ...query, at: [] };
  for (const [name, value] of Object.entries(kept)) {
    if (name in change) continue;
    for (const one of [value].flat()) if (one !== "") params.append(name, one);
  }
  for (const [name, value] of Object.entries(change)) if (value !== undefined && value !== "") params.set(name, value);
  return `${PORTAL}?${params}`;
}

/** The same as the query of a CSV file: without the part, because a file has all of them. */
export function csvHref(tab: TabId, query: Query): string {
  const params = new URLSearchParams(tabHref(tab, query, {}).split("?")[1]);
  params.delete("tab");
  return `/api/admin/tabs/${tab}/csv?${new URLSearchParams({ query: params.toString() })}`;
}

/** A parameter that comes once. */
export const one = (query: Query, name: string): string => [query[name] ?? ""].flat()[0] ?? "";
