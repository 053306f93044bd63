/** The zones of one organisation. */
import type { Metadata } from "next";
import { openOrganisation } from "#components/organisations/access.ts";
import type { SearchParams } from "#components/ui/list-state.ts";
import { OrganisationZones } from "#components/zones/organisation-zones.tsx";

type Props = { params: Promise<{ handle: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `DNS zones · ${(await openOrganisation((await params).handle)).name}` };
}

export default async function Page({ params, searchParams }: Props) {
  return <OrganisationZones handle={(await params).handle} params={await searchParams} />;
}
