/** The servers that the account has a part in. */
import type { Metadata } from "next";
import { ServerList } from "#components/servers/server-list.tsx";
import type { SearchParams } from "#components/ui/list-state.ts";

export const metadata: Metadata = { title: "Servers" };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return <ServerList params={await searchParams} />;
}
