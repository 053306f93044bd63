/** The mounts of a server. */
import type { Metadata } from "next";
import { MountsPage } from "#components/servers/mounts/mounts-page.tsx";

export const metadata: Metadata = { title: "Mounts" };

export default async function Page({ params }: PageProps<"/dashboard/servers/[server]/mounts">) {
  return <MountsPage server={(await params).server} />;
}
