/** What a server is called, and its end. */
import type { Metadata } from "next";
import { SettingsPage } from "#components/servers/settings-page.tsx";

export const metadata: Metadata = { title: "Settings" };

type Props = { params: Promise<{ server: string }> };

export default async function Page({ params }: Props) {
  return <SettingsPage server={(await params).server} />;
}
