/** The organisations that the account is in. */
import type { Metadata } from "next";
import { OrganisationList } from "#components/organisations/organisation-list.tsx";
import type { SearchParams } from "#components/ui/list-state.ts";

export const metadata: Metadata = { title: "Organisations" };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return <OrganisationList params={await searchParams} />;
}
