/** The list of a tab: search, filters, columns, parts, a file of it all, and acts on what is chosen. */
"use client";
import dynamic from "next/dynamic";
import { type ReactNode, useId, useState } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { cellsOf, type Column as PlainColumn } from "#components/ui/column-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { SearchX } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import type { SelectOption } from "#components/ui/select.tsx";
import { Table, TBody, THead, Th } from "#components/ui/table.tsx";
import { UrlSelect } from "#components/ui/url-control.tsx";
import { UrlPick, type UrlPickProps } from "#components/ui/url-pick.tsx";
import { useHydrated } from "#components/ui/use-hydrated.ts";
import { useRowLinks } from "#components/ui/use-row-links.ts";
import type { TabId } from "#lib/staff/tabs.ts";
import { type Act, ActBar, fits, targetsOf } from "./act-bar.tsx";
import { one, type Query, tabHref } from "./address.ts";
import { CsvLink } from "./csv-link.tsx";
import { Parts } from "./parts.tsx";

const ActDialog = dynamic(() => import("./act-dialog.tsx").then((module) => module.ActDialog), {
  loading: () => null,
});

export interface Column<R> extends PlainColumn<R> {
  /** The list can be sorted by it under this name. */
  sort?: string;
}

export interface Filter {
  param: string;
  label: string;
  /** What it says while it filters nothing. */
  all: string;
  /** What there is to choose from; where that is much, how it is found. */
  options?: readonly SelectOption[];
  pick?: Pick<UrlPickProps, "search" | "find">;
}

export interface StaffListProps<R extends { id: string }> {
  tab: TabId;
  title: string;
  description: string;
  /** What is listed, one and many: "account", "accounts". */
  noun: readonly [one: string, many: string];
  page: {
    items: readonly R[];
    total: number;
    capped: boolean;
    sorted: boolean;
    short: "beginnings" | "nothing" | null;
    previous: string | null;
    next: string | null;
  };
  query: Query;
  /** The order that nobody asks for, such as `-createdAt`. */
  defaultSort: string;
  /** The first is the row's name, and leads to the row if rows open. */
  columns: readonly [Column<R>, ...Column<R>[]];
  opens?: boolean;
  /** What names a row in a sentence. */
  nameOf: (row: R) => string;
  searches?: boolean;
  /** Says what the search looks at. */
  searchLabel?: string;
  filters?: readonly Filter[];
  acts?: readonly Act<R>[];
  /** Stands beside the title, such as the button that makes a row. */
  actions?: ReactNode;
  /** Between the title and the list. */
  before?: ReactNode;
  /** What stands there while there is nothing at all. */
  empty: ReactNode;
}

export function StaffList<R extends { id: string }>(props: StaffListProps<R>) {
  const {
    tab,
    title,
    description,
    noun,
    page,
    query,
    columns,
    filters = [],
    acts = [],
    actions,
    before,
    empty,
  } = props;
  const { nameOf, opens = false, searches = true, searchLabel = `Search ${noun[1]}`, defaultSort } = props;
  const shortId = useId();
  const hears = useHydrated();
  const follow = useRowLinks();
  const cells = cellsOf(columns);
  const open = tabHref(tab, query, { open: undefined });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [acting, setActing] = useState<{ act: Act<R>; rows: readonly R[] } | null>(null);
  // What is chosen before that nobody would be told of.
  const filtered = [...filters.map(({ param }) => param), "q"].some((param) => one(query, param) !== "");
  // What nothing can be done with would be left out without a word.
  const choosable = page.items.filter((row) => acts.some((act) => fits(act, row)));
  const rows = choosable.filter(({ id }) => chosen.has(id));
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const close = (done: boolean) => {
    setActing(null);
    if (done) setChosen(new Set());
  };
  const nothing = page.items.length === 0;
  const all = rows.length === choosable.length;
  const chooses = choosable.length > 0;

  return (
    <>
      <PageHeader title={title} description={description} actions={actions} />
      {before}
      <div className="mb-2.5 flex flex-wrap items-center gap-2">
        {searches && (
          <SearchField
            label={searchLabel}
            shortcut={false}
            className="w-[320px]"
            describedBy={page.short ? shortId : undefined}
          />
        )}
        {filters.map(({ param, label, all: none, options = [], pick }) =>
          pick ? (
            <UrlPick key={param} param={param} label={label} all={none} {...pick} />
          ) : (
            <UrlSelect key={param} param={param} label={label} all={none} options={options} className="w-[172px]" />
          ),
        )}
        {!nothing && <CsvLink tab={tab} query={query} className="ms-auto" />}
      </div>
      {page.short && (
        <p id={shortId} className="mb-2 text-dim">
          {page.short === "beginnings"
            ? "One or two letters find what begins with them. Type three or more to search everywhere."
            : "Type three letters or more to search."}
        </p>
      )}
      {!page.sorted && (
        <p className="mb-2 text-dim">
          Too many {noun[1]} were found to sort them. Type more of what you look for to see fewer.
        </p>
      )}
      {nothing && !filtered && one(query, "at") === "" && empty}
      {nothing && (filtered || one(query, "at") !== "") && (
        <EmptyState
          icon={<SearchX />}
          title={
            page.next
              ? `No ${noun[1]} match so far`
              : filtered
                ? `No ${noun[1]} match`
                : `There are no ${noun[1]} on this page`
          }
          action={
            page.next ? (
              <LinkButton href={tabHref(tab, query, { at: page.next })}>Look further</LinkButton>
            ) : (
              <LinkButton href={tabHref(tab)}>
                {filtered ? "Clear the search and filters" : "Back to the first page"}
              </LinkButton>
            )
          }
        />
      )}
      {!nothing && (
        <Table label={title} stack>
          <THead>
            {chooses && (
              <Th className="w-8 max-sm:hidden">
                <Checkbox
                  aria-label={`Choose all ${noun[1]} on this page`}
                  checked={all}
                  partly={rows.length > 0}
                  onChange={() => setChosen(new Set(all ? [] : choosable.map(({ id }) => id)))}
                />
              </Th>
            )}
            {columns.map(({ label, sort, align }) => (
              <Th
                key={label}
                align={align}
                sort={sort ? sortOf(tab, query, sort, defaultSort, page.sorted) : undefined}
              >
                {label}
              </Th>
            ))}
          </THead>
          <TBody onClick={follow}>
            {page.items.map((row) => (
              <tr key={row.id}>
                {chooses && (
                  <td data-choice="">
                    {choosable.includes(row) && (
                      <input
                        type="checkbox"
                        aria-label={`Choose ${nameOf(row)}`}
                        checked={chosen.has(row.id)}
                        onChange={() => toggle(row.id)}
                        disabled={!hears}
                        data-waits={hears ? undefined : ""}
                      />
                    )}
                  </td>
                )}
                {cells(row, (name) =>
                  opens ? (
                    <a data-row="" href={`${open}&open=${encodeURIComponent(row.id)}`}>
                      {name}
                    </a>
                  ) : (
                    name
                  ),
                )}
              </tr>
            ))}
          </TBody>
        </Table>
      )}
      {!nothing && <Parts tab={tab} query={query} page={page} noun={noun} />}
      {rows.length > 0 && (
        <ActBar
          rows={rows}
          noun={noun}
          acts={acts}
          onAct={(act, some) => setActing({ act, rows: some })}
          onClear={() => setChosen(new Set())}
        />
      )}
      {acting?.act.dialog?.({ rows: acting.rows, onClose: close })}
      {acting && !acting.act.dialog && (
        <ActDialog act={acting.act} targets={targetsOf(acting.act, acting.rows, nameOf)} noun={noun} onClose={close} />
      )}
    </>
  );
}

/** What a heading leads to, and how the list is sorted by it now. */
function sortOf(tab: TabId, query: Query, sort: string, defaultSort: string, sorted: boolean) {
  const now = sorted ? one(query, "sort") || defaultSort : "";
  const next = now === sort ? `-${sort}` : sort;
  const href = tabHref(tab, query, { sort: next === defaultSort ? undefined : next, at: undefined });
  if (now === sort) return { href, direction: "ascending" as const };
  return now === `-${sort}` ? { href, direction: "descending" as const } : { href };
}
