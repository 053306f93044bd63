/** The panel's connections to DNS providers. */
import type { Metadata } from "next";
import { SharedConnections } from "#components/connections/shared-connections.tsx";

export const metadata: Metadata = { title: "Connections" };

export default function Page() {
  return <SharedConnections />;
}
