/** How a server is. */
import type { Metadata } from "next";
import { Overview } from "#components/servers/overview.tsx";

export const metadata: Metadata = { title: "Server" };

type Props = { params: Promise<{ server: string }> };

export default async function Page({ params }: Props) {
  return <Overview server={(await params).server} />;
}
