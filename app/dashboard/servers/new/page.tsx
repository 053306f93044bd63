/** Makes a server. */
import type { Metadata } from "next";
import { NewServer, NewServerForAnybody } from "#components/servers/new-server.tsx";

export const metadata: Metadata = { title: "New server" };

export default async function Page({ searchParams }: PageProps<"/dashboard/servers/new">) {
  const { owner } = await searchParams;
  return typeof owner === "string" ? <NewServerForAnybody owner={owner} /> : <NewServer />;
}
