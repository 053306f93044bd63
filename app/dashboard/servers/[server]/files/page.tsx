/** The files of a server. */
import type { Metadata } from "next";
import { FilesPage } from "#components/servers/files/files-page.tsx";

export const metadata: Metadata = { title: "Files" };

export default function Page(props: PageProps<"/dashboard/servers/[server]/files">) {
  return <FilesPage {...props} />;
}
