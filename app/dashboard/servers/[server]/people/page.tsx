/** The sub-users of a server. */
import type { Metadata } from "next";
import { PeoplePage } from "#components/servers/people/people-page.tsx";

export const metadata: Metadata = { title: "Sub-users" };

export default async function Page({ params }: PageProps<"/dashboard/servers/[server]/people">) {
  return <PeoplePage server={(await params).server} />;
}
