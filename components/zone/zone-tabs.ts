/** The tabs of a zone, in their order. Each is a page of its own, and there for whom its page opens. */
import type { TabItem } from "#components/ui/tabs.tsx";
import type { OpenZone } from "./zone-data.ts";
import { zonePath } from "./zone-view.ts";

interface ZoneTab {
  /** After the zone's path; empty for the records. */
  segment: string;
  label: string;
  /** Whom it is for, if not for everybody who sees the zone. */
  when?: (zone: OpenZone) => boolean;
}

const tabs: readonly ZoneTab[] = [
  { segment: "", label: "Records" },
  { segment: "history", label: "History" },
  { segment: "health", label: "Health", when: ({ manage }) => manage },
  { segment: "dnssec", label: "DNSSEC", when: ({ manage }) => manage },
  { segment: "access", label: "Access", when: ({ manage }) => manage },
  { segment: "files", label: "Import / export" },
  { segment: "settings", label: "Settings", when: ({ manage }) => manage },
];

export function tabsOf(zone: OpenZone): TabItem[] {
  // There is nothing in it yet.
  if (zone.claim !== null) return [];
  const path = zonePath(zone.organisation.handle, zone.name.replace(/\.$/, ""));
  return tabs
    .filter(({ when }) => when?.(zone) ?? true)
    .map(({ segment, label }) => ({
      href: segment === "" ? path : `${path}/${segment}`,
      label,
      exact: segment === "",
    }));
}
