/** The addresses of a server. */
import type { Metadata } from "next";
import { NetworkPage } from "#components/servers/network-page.tsx";

export const metadata: Metadata = { title: "Network" };

type Props = { params: Promise<{ server: string }> };

export default async function Page({ params }: Props) {
  return <NetworkPage server={(await params).server} />;
}
