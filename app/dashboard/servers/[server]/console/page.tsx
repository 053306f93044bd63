/** The console of a server. */
import type { Metadata } from "next";
import { ConsolePage } from "#components/servers/console/console-page.tsx";

export const metadata: Metadata = { title: "Console" };

export default function Page(props: PageProps<"/dashboard/servers/[server]/console">) {
  return <ConsolePage {...props} />;
}
