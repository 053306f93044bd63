/** How many there are, and the way to the parts of the list before and after. */

import type { ReactNode } from "react";
import { buttonClass } from "#components/ui/button-class.ts";
import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from "#components/ui/icons.tsx";
import { Link } from "#components/ui/link.tsx";
import type { TabId } from "#lib/staff/tabs.ts";
import { type Query, tabHref } from "./address.ts";

export interface PartsProps {
  tab: TabId;
  query: Query;
  page: { total: number; capped: boolean; previous: string | null; next: string | null };
  noun: readonly [one: string, many: string];
}

export function Parts({ tab, query, page: { total, capped, previous, next }, noun }: PartsProps) {
  const to = (at: string | undefined) => tabHref(tab, query, { at });
  return (
    <nav
      aria-label="Pages"
      className="flex min-h-[30px] items-center justify-between gap-4 pt-2.5 text-dim tabular-nums"
    >
      <p>
        {total.toLocaleString("en-GB")}
        {capped && "+"} {total === 1 && !capped ? noun[0] : noun[1]}
      </p>
      {(previous !== null || next !== null) && (
        <div className="flex gap-1">
          <Step label="First page" href={previous === null ? null : to(undefined)} icon={<ChevronFirst />} />
          <Step label="Previous page" href={previous === null ? null : to(previous)} icon={<ChevronLeft />} />
          <Step label="Next page" href={next === null ? null : to(next)} icon={<ChevronRight />} />
          <Step label="Last page" href={next === null ? null : to("last")} icon={<ChevronLast />} />
        </div>
      )}
    </nav>
  );
}

function Step({ label, href, icon }: { label: string; href: string | null; icon: ReactNode }) {
  if (href === null)
    return (
      <span aria-hidden="true" className={buttonClass({ size: "icon-sm" }, "pointer-events-none text-faint")}>
        {icon}
      </span>
    );
  return (
    <Link href={href} prefetch={false} scroll={false} aria-label={label} className={buttonClass({ size: "icon-sm" })}>
      {icon}
    </Link>
  );
}
