/** The connections that an organisation brought. */
import type { Metadata } from "next";
import { OwnConnections } from "#components/connections/own-connections.tsx";
import { openOrganisation } from "#components/organisations/access.ts";

type Props = { params: Promise<{ handle: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Connections · ${(await openOrganisation((await params).handle)).name}` };
}

export default async function Page({ params }: Props) {
  return <OwnConnections handle={(await params).handle} />;
}
