/** What was done on a server. */
import type { Metadata } from "next";
import { ActivityPage } from "#components/servers/activity/activity-page.tsx";

export const metadata: Metadata = { title: "Activity" };

export default async function Page({ params, searchParams }: PageProps<"/dashboard/servers/[server]/activity">) {
  const { before } = await searchParams;
  return <ActivityPage server={(await params).server} before={typeof before === "string" ? before : undefined} />;
}
