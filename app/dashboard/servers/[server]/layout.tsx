/** The heading and the tabs of a server. */
import type { ReactNode } from "react";
import { ServerFrame } from "#components/servers/server-frame.tsx";

type Props = { params: Promise<{ server: string }>; children: ReactNode };

export default async function Layout({ params, children }: Props) {
  return <ServerFrame server={(await params).server}>{children}</ServerFrame>;
}
