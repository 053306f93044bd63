/** Every zone that the account can view. */
import type { Metadata } from "next";
import type { SearchParams } from "#components/ui/list-state.ts";
import { AllZones } from "#components/zones/all-zones.tsx";

export const metadata: Metadata = { title: "DNS zones" };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return <AllZones params={await searchParams} />;
}
