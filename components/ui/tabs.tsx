/** Tabs that are links: each has its own address, and the current one is marked. Where they have no room they scroll. */
"use client";
import { type ReactNode, useEffect, useRef } from "react";
import { Badge } from "./badge.tsx";
import { cx } from "./cx.ts";
import { Link } from "./link.tsx";
import { useCurrentPath, useCurrentQuery } from "./use-current.ts";

export interface TabItem {
  href: string;
  label: ReactNode;
  badge?: ReactNode;
  exact?: boolean;
}

export interface TabsProps {
  label: string;
  items: readonly TabItem[];
  /** The current tab's href, where the address alone does not say. */
  current?: string;
  className?: string;
}

export function Tabs({ label, items, current, className }: TabsProps) {
  return (
    <nav aria-label={label} className={cx("tab-strip -mx-1 px-1", className)}>
      <ul className="flex min-w-max gap-[18px] border-line border-b">
        {items.map((item) => (
          <li key={item.href}>
            {current !== undefined ? (
              <Tab {...item} on={item.href === current} />
            ) : item.href.includes("?") ? (
              <QueryTab {...item} />
            ) : (
              <PathTab {...item} exact={item.exact ?? isRoot(item, items)} />
            )}
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Scrolls so that the tab stands in the middle, if it can; the page itself stays where it is. */
function reveal(tab: HTMLElement): void {
  const strip = tab.closest("nav");
  if (!strip) return;
  const { left, width } = tab.getBoundingClientRect();
  strip.scrollLeft += left - strip.getBoundingClientRect().left - (strip.clientWidth - width) / 2;
}

/** A tab whose path is the start of another's is current only on itself. */
const isRoot = (tab: TabItem, all: readonly TabItem[]): boolean =>
  all.some((other) => other !== tab && other.href.startsWith(`${tab.href}/`));

const PathTab = (item: TabItem) => <Tab {...item} on={useCurrentPath(item)} />;

const QueryTab = (item: TabItem) => <Tab {...item} on={useCurrentQuery(item)} />;

function Tab({ href, label, badge, on }: TabItem & { on: boolean }) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (on && link.current) reveal(link.current);
  }, [on]);
  return (
    <Link ref={link} href={href} aria-current={on ? "page" : undefined} className="tab">
      {label}
      {badge !== undefined && <Badge>{badge}</Badge>}
    </Link>
  );
}
