/** A page of a list and its address: how it is sorted, filtered and paged. Pure. */

/** A page of a list as its address says it. */
export interface ListState {
  path: string;
  /** The order that no parameter asks for. */
  defaultSort: string;
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
  const defaultSort = sorts[0] ?? "";
  const page = Number(one("page"));
  return {
    path,
    defaultSort,
    sort: sorts.includes(sort.replace(/^-/, "")) ? sort : defaultSort,
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
  if (sort !== list.defaultSort) query.set("sort", sort);
  if (change.page !== undefined && change.page > 1) query.set("page", String(change.page));
  return query.size > 0 ? `${list.path}?${query}` : list.path;
}

/** What a heading of the column links to, and how the list is sorted by it now. */
export function sortLink(list: ListState, column: string): { href: string; direction?: "ascending" | "descending" } {
  if (list.sort === column) return { href: listHref(list, { sort: `-${column}` }), direction: "ascending" };
  const href = listHref(list, { sort: column });
  return list.sort === `-${column}` ? { href, direction: "descending" } : { href };
}
