/** All zones of an organisation as one file: out, and in. */
import type { Metadata } from "next";
import { BundlePage } from "#components/bundle/bundle-page.tsx";
import { openOrganisation } from "#components/organisations/access.ts";

type Props = { params: Promise<{ handle: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Import and export zones · ${(await openOrganisation((await params).handle)).name}` };
}

export default async function Page({ params }: Props) {
  return <BundlePage handle={(await params).handle} />;
}
