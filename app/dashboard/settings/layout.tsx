/** The heading and the tabs of the account's settings. */
import type { ReactNode } from "react";
import { SettingsPage } from "#components/account/settings-page.tsx";

export default function Layout({ children }: { children: ReactNode }) {
  return <SettingsPage>{children}</SettingsPage>;
}
