/** One organisation. */
import type { Metadata } from "next";
import { openOrganisation } from "#components/organisations/access.ts";
import { OrganisationOverview } from "#components/organisations/overview.tsx";

type Props = { params: Promise<{ handle: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await openOrganisation((await params).handle)).name };
}

export default async function Page({ params }: Props) {
  return <OrganisationOverview handle={(await params).handle} />;
}
