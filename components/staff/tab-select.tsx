/** The tabs of the portal where there is no room for a column. */
"use client";
import { useRouter } from "next/navigation";
import { Select } from "#components/ui/select.tsx";
import type { TabId } from "#lib/staff/tabs.ts";
import { tabHref } from "./address.ts";
import type { ListedTab } from "./tab-list.tsx";

export function TabSelect({ tabs, current }: { tabs: readonly ListedTab[]; current: TabId }) {
  const router = useRouter();
  const groups = [...new Set(tabs.map(({ group }) => group))];
  return (
    <nav aria-label="Tabs" className="lg:hidden">
      <Select
        quiet
        aria-label="Tab"
        value={current}
        onChange={(event) => router.push(tabHref(event.target.value as TabId))}
        className="sm:max-w-[280px]"
      >
        {groups.map((group) => (
          <optgroup key={group} label={group}>
            {tabs
              .filter((tab) => tab.group === group)
              .map(({ id, title, badge }) => (
                <option key={id} value={id}>
                  {title}
                  {badge !== null && ` (${badge > 99 ? "99+" : badge})`}
                </option>
              ))}
          </optgroup>
        ))}
      </Select>
    </nav>
  );
}
