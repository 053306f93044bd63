/** One's API tokens. */
import type { Metadata } from "next";
import { Tokens } from "#components/account/tokens.tsx";
import type { SearchParams } from "#components/ui/list-state.ts";

export const metadata: Metadata = { title: "API tokens" };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return <Tokens params={await searchParams} />;
}
