/** What waits in each tab for somebody of staff. Each count stops at 100 and is found by an index. */
import type { TabId } from "./tabs.ts";

const counts: Partial<Record<TabId, () => number>> = {};

export function badgesOf(ids: readonly TabId[]): Partial<Record<TabId, number>> {
  const found: Partial<Record<TabId, number>> = {};
  for (const id of ids) {
    const n = counts[id]?.();
    if (n) found[id] = n;
  }
  return found;
}
