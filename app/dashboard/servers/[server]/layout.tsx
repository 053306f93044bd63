/** The heading and the tabs of a server. */
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { openServer } from "#components/servers/server-data.ts";
import { ServerFrame } from "#components/servers/server-frame.tsx";

type Props = { params: Promise<{ server: string }>; children: ReactNode };

export async function generateMetadata({ params }: Omit<Props, "children">): Promise<Metadata> {
  const { name } = await openServer((await params).server);
  return { title: { template: `%s · ${name} · Zonegate`, default: name } };
}

export default async function Layout({ params, children }: Props) {
  return <ServerFrame server={(await params).server}>{children}</ServerFrame>;
}
