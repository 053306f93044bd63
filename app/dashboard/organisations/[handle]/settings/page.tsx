/** An organisation's settings. */
import type { Metadata } from "next";
import { openOrganisation } from "#components/organisations/access.ts";
import { OrganisationSettings } from "#components/organisations/settings.tsx";

type Props = { params: Promise<{ handle: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Settings · ${(await openOrganisation((await params).handle)).name}` };
}

export default async function Page({ params }: Props) {
  return <OrganisationSettings handle={(await params).handle} />;
}
