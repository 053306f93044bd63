/** What one did in the panel. */
import type { Metadata } from "next";
import { Activity } from "#components/account/activity.tsx";

export const metadata: Metadata = { title: "Activity" };

export default async function Page({ searchParams }: { searchParams: Promise<{ at?: string | string[] }> }) {
  const { at } = await searchParams;
  return <Activity at={[at].flat()[0]} />;
}
