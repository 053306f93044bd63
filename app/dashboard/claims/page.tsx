/** Zones that wait for proof or approval. */
import type { Metadata } from "next";
import { Claims } from "#components/claims/claims.tsx";
import type { SearchParams } from "#components/ui/list-state.ts";

export const metadata: Metadata = { title: "Zone requests" };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return <Claims params={await searchParams} />;
}
