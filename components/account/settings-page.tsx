/** The frame of the account's settings: its heading and the tabs. */
import type { ReactNode } from "react";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { currentActor } from "#lib/api/caller.ts";

const TABS = [
  { href: "/dashboard/settings", label: "Profile" },
  { href: "/dashboard/settings/security", label: "Security" },
  { href: "/dashboard/settings/activity", label: "Activity" },
  { href: "/dashboard/settings/data", label: "Your data" },
];
const TOKENS = { href: "/dashboard/settings/tokens", label: "API tokens" };

export async function SettingsPage({ children }: { children: ReactNode }) {
  const { grants } = await currentActor();
  return (
    <>
      <PageHeader title="Account settings" />
      <Tabs label="Account settings" items={grants.has("apikeys:read") ? [...TABS, TOKENS] : TABS} className="mb-5" />
      {children}
    </>
  );
}
