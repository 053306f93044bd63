/** Who is in an organisation. */
import type { Metadata } from "next";
import { openOrganisation } from "#components/organisations/access.ts";
import { Members } from "#components/organisations/members.tsx";
import type { SearchParams } from "#components/ui/list-state.ts";

type Props = { params: Promise<{ handle: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Members · ${(await openOrganisation((await params).handle)).name}` };
}

export default async function Page({ params, searchParams }: Props) {
  return <Members handle={(await params).handle} params={await searchParams} />;
}
