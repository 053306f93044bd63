/** An organisation's zone templates. */
import type { Metadata } from "next";
import { openOrganisation } from "#components/organisations/access.ts";
import { Templates } from "#components/templates/templates-page.tsx";

type Props = { params: Promise<{ handle: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Zone templates · ${(await openOrganisation((await params).handle)).name}` };
}

export default async function Page({ params }: Props) {
  return <Templates handle={(await params).handle} />;
}
