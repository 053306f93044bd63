/** With what a server is started. */
import type { Metadata } from "next";
import { StartupPage } from "#components/servers/startup-page.tsx";

export const metadata: Metadata = { title: "Startup" };

type Props = { params: Promise<{ server: string }> };

export default async function Page({ params }: Props) {
  return <StartupPage server={(await params).server} />;
}
