/** The frame of the account's settings: its heading and the tabs. */
import type { ReactNode } from "react";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Tabs } from "#components/ui/tabs.tsx";

const TABS = [
  { href: "/dashboard/settings", label: "Profile" },
  { href: "/dashboard/settings/security", label: "Security" },
];

export const SettingsPage = ({ children }: { children: ReactNode }) => (
  <>
    <PageHeader title="Account settings" />
    <Tabs label="Account settings" items={TABS} className="mb-5" />
    {children}
  </>
);
