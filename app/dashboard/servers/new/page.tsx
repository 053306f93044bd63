/** Makes a server. */
import type { Metadata } from "next";
import { NewServer } from "#components/servers/new-server.tsx";

export const metadata: Metadata = { title: "New server" };

export default function Page() {
  return <NewServer />;
}
