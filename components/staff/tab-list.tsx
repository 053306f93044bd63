/** The tabs of the portal in their groups, beside the tab that is open. On a narrow screen a select takes its place. */
"use client";
import { Badge } from "#components/ui/badge.tsx";
import { Link } from "#components/ui/link.tsx";
import type { TabId } from "#lib/staff/tabs.ts";
import { tabHref } from "./address.ts";
import { icons } from "./icons.ts";

export interface ListedTab {
  id: TabId;
  title: string;
  group: string;
  /** Rows that need attention. */
  badge: number | null;
}

export function TabList({ tabs, current }: { tabs: readonly ListedTab[]; current: TabId }) {
  const groups = [...new Set(tabs.map(({ group }) => group))];
  return (
    <nav
      aria-label="Staff Portal"
      className="max-lg:hidden lg:sticky lg:top-16 lg:max-h-[calc(100dvh-80px)] lg:self-start lg:overflow-y-auto"
    >
      {groups.map((group) => (
        <section key={group} aria-label={group} className="not-first:mt-3.5">
          <h2 className="mx-2 mb-1 text-2xs font-semibold text-faint">{group}</h2>
          <ul className="flex flex-col gap-0.5">
            {tabs
              .filter((tab) => tab.group === group)
              .map((tab) => (
                <li key={tab.id}>
                  <TabLink tab={tab} on={tab.id === current} />
                </li>
              ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

function TabLink({ tab: { id, title, badge }, on }: { tab: ListedTab; on: boolean }) {
  const Icon = icons[id];
  return (
    <Link href={tabHref(id)} prefetch={false} aria-current={on ? "page" : undefined} className="nav-link">
      <Icon aria-hidden="true" />
      <span>{title}</span>
      {badge !== null && (
        <Badge tone="warn">
          {badgeText(badge)}
          <span className="sr-only"> waiting</span>
        </Badge>
      )}
    </Link>
  );
}

const badgeText = (n: number): string => (n > 99 ? "99+" : String(n));
