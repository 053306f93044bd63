/** The databases of a server. */
import type { Metadata } from "next";
import { DatabasesPage } from "#components/servers/databases/databases-page.tsx";

export const metadata: Metadata = { title: "Databases" };

export default function Page(props: PageProps<"/dashboard/servers/[server]/databases">) {
  return <DatabasesPage {...props} />;
}
