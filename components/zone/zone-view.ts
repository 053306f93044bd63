/** What the pages of one zone know of it, and the addresses of its lists. Pure. */
import type { ZoneLevel } from "#lib/access/zone-level.ts";
import type { EditableRRset } from "#lib/dns/records.ts";

export type { EditableRRset };

/** The zone, as far as its editor needs it. */
export interface ZoneView {
  id: string;
  /** The handle of its organisation, and the apex without the final dot: how calls and addresses name it. */
  organisation: string;
  zone: string;
  /** Absolute. */
  apex: string;
  level: ZoneLevel;
  manage: boolean;
  narrowed: { names: string[]; types: string[] } | null;
  /** Record types that its provider can hold, and what it can hang on records. */
  types: string[];
  offers: string[];
}

export const zonePath = (organisation: string, zone: string): string =>
  `/dashboard/organisations/${organisation}/zones/${encodeURIComponent(zone)}`;

/** A page of a list as its address says it. */
export interface ListState {
  path: string;
  sort: string;
  page: number;
  /** Filters by parameter, empty ones included. */
  filters: Readonly<Record<string, string>>;
}

export type SearchParams = Readonly<Record<string, string | string[] | undefined>>;

/** Reads an address; what makes no sense in it is left out. The first of `sorts` is the default. */
export function listState(
  path: string,
  params: SearchParams,
  sorts: readonly string[],
  filters: readonly string[],
): ListState {
  const one = (name: string): string => [params[name]].flat()[0] ?? "";
  const sort = one("sort");
  const page = Number(one("page"));
  return {
    path,
    sort: sorts.includes(sort.replace(/^-/, "")) ? sort : (sorts[0] ?? ""),
    page: Number.isInteger(page) && page > 0 && page <= 100_000 ? page : 1,
    filters: Object.fromEntries(filters.map((name) => [name, one(name).trim().slice(0, 255)])),
  };
}

/** The address of the list with something changed. A new order or filter begins at page 1. */
export function listHref(
  list: ListState,
  change: { sort?: string; page?: number; filters?: Record<string, string> },
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...list.filters, ...change.filters }))
    if (value !== "") query.set(name, value);
  const sort = change.sort ?? list.sort;
  if (sort !== "" && sort !== "name") query.set("sort", sort);
  if (change.page !== undefined && change.page > 1) query.set("page", String(change.page));
  return query.size > 0 ? `${list.path}?${query}` : list.path;
}

/** What a heading of the column links to, and how the list is sorted by it now. */
export function sortLink(list: ListState, column: string): { href: string; direction?: "ascending" | "descending" } {
  if (list.sort === column) return { href: listHref(list, { sort: `-${column}` }), direction: "ascending" };
  const href = listHref(list, { sort: column });
  return list.sort === `-${column}` ? { href, direction: "descending" } : { href };
}

const levels: readonly ZoneLevel[] = ["none", "view", "edit", "full"];

/** Steps of the meter. */
export const stepsOfLevel = (level: ZoneLevel): 0 | 1 | 2 | 3 => levels.indexOf(level) as 0 | 1 | 2 | 3;

/** Made by whoever signs the zone. */
const derived: ReadonlySet<string> = new Set(["RRSIG", "NSEC", "NSEC3", "NSEC3PARAM"]);
/** At the apex these make the zone what it is: they are for who manages it. */
const managed: ReadonlySet<string> = new Set(["NS", "SOA", "DNSKEY", "CDS", "CDNSKEY", "CSYNC", "ZONEMD"]);

/** Why nobody at this level edits the RRset here, in a word; null if it can be edited. */
export function fixedReason(zone: ZoneView, relative: string, type: string): string | null {
  if (derived.has(type) || (relative === "@" && managed.has(type) && !zone.manage)) return "managed";
  return zone.types.includes(type) ? null : "read only";
}

/** The apex cannot be without these. */
export const isRequired = (relative: string, type: string): boolean =>
  relative === "@" && (type === "SOA" || type === "NS");

/** Types that can be added, those with fields of their own first. */
export function offeredTypes(zone: ZoneView): string[] {
  const narrowed = new Set(zone.narrowed?.types);
  const common = ["A", "AAAA", "CNAME", "MX", "TXT", "SRV", "CAA", "NS", "PTR"];
  const offered = zone.types.filter(
    (type) => type !== "SOA" && !derived.has(type) && (narrowed.size === 0 || narrowed.has(type)),
  );
  return [...common.filter((type) => offered.includes(type)), ...offered.filter((type) => !common.includes(type))];
}
