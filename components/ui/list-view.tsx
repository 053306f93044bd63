/** A list with its search, its rows, its pages, and what stands there when nothing does. */

import type { ReactNode } from "react";
import { EmptyState } from "./empty-state.tsx";
import { SearchX } from "./icons.tsx";
import { LinkButton } from "./link-button.tsx";
import { Pager } from "./pager.tsx";
import { SearchField } from "./search-field.tsx";

export interface ListViewProps {
  page: { page: number; perPage: number; total: number; items: readonly unknown[] };
  /** What was searched for; empty for everything. */
  q: string;
  /** What is listed, one and many: "zone", "zones". */
  noun: readonly [one: string, many: string];
  /** The search's label, where it finds more than what is listed. */
  search?: string;
  hrefFor: (page: number) => string;
  /** Without search and from the first page. */
  clearHref: string;
  /** Stands beside the search. */
  actions?: ReactNode;
  /** What stands there when there is nothing at all. */
  empty: ReactNode;
  /** The rows. */
  children: ReactNode;
}

export function ListView(props: ListViewProps) {
  const {
    page,
    q,
    noun: [one, many],
    search = `Search ${many}`,
    hrefFor,
    clearHref,
    actions,
    empty,
    children,
  } = props;
  const none = page.items.length === 0;
  if (none && q === "" && page.total === 0) return empty;
  return (
    <>
      <div className="mb-2.5 flex flex-wrap items-center gap-2">
        <SearchField label={search} />
        {actions && <div className="ms-auto flex gap-2">{actions}</div>}
      </div>
      {none ? (
        <EmptyState
          icon={<SearchX />}
          title={page.total === 0 ? `No ${many} match “${q}”` : `There are no ${many} on this page`}
          action={
            <LinkButton href={clearHref}>{page.total === 0 ? "Clear the search" : "Back to the first page"}</LinkButton>
          }
        />
      ) : (
        <>
          {children}
          <Pager
            page={page.page}
            perPage={page.perPage}
            total={page.total}
            noun={page.total === 1 ? one : many}
            hrefFor={hrefFor}
          />
        </>
      )}
    </>
  );
}
