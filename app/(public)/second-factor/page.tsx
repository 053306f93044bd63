/** The second factor that a role asks for: setting one up, or showing it. */
import type { Metadata } from "next";
import { SecondFactor } from "#components/auth/second-factor.tsx";

export const metadata: Metadata = { title: "Second factor" };

export default async function Page({ searchParams }: { searchParams: Promise<{ callbackUrl?: string | string[] }> }) {
  return <SecondFactor callbackUrl={(await searchParams).callbackUrl} />;
}
