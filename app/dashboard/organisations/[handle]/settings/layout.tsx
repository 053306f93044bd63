/** The heading and the tabs of an organisation's settings. */
import type { ReactNode } from "react";
import { SettingsFrame } from "#components/organisations/settings-frame.tsx";

type Props = { params: Promise<{ handle: string }>; children: ReactNode };

export default async function Layout({ params, children }: Props) {
  return <SettingsFrame handle={(await params).handle}>{children}</SettingsFrame>;
}
