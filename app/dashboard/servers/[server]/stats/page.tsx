/** What a server used. */
import type { Metadata } from "next";
import { StatsPage } from "#components/servers/stats/stats-page.tsx";

export const metadata: Metadata = { title: "Stats" };

export default async function Page({ params, searchParams }: PageProps<"/dashboard/servers/[server]/stats">) {
  const { range } = await searchParams;
  return <StatsPage server={(await params).server} range={typeof range === "string" ? range : ""} />;
}
