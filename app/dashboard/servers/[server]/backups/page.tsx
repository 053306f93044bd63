/** The backups of a server. */
import type { Metadata } from "next";
import { BackupsPage } from "#components/servers/backups/backups-page.tsx";

export const metadata: Metadata = { title: "Backups" };

export default function Page(props: PageProps<"/dashboard/servers/[server]/backups">) {
  return <BackupsPage {...props} />;
}
