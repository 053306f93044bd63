/** The Staff Portal. */
import type { Metadata } from "next";
import { StaffPortal } from "#components/staff/portal.tsx";
import type { SearchParams } from "#components/ui/list-state.ts";

export const metadata: Metadata = { title: "Staff Portal" };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return <StaffPortal params={await searchParams} />;
}
