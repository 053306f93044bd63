/** Change records in many zones. */
import type { Metadata } from "next";
import { BulkPage } from "#components/bulk/bulk-pages.tsx";
import type { SearchParams } from "#components/ui/list-state.ts";

export const metadata: Metadata = { title: "Change in many zones" };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return <BulkPage params={await searchParams} />;
}
