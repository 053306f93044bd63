/** All accounts of the panel. */
import type { Metadata } from "next";
import { Accounts } from "#components/accounts/accounts.tsx";
import type { SearchParams } from "#components/ui/list-state.ts";

export const metadata: Metadata = { title: "Accounts" };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return <Accounts params={await searchParams} />;
}
