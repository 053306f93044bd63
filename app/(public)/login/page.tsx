/** Signing in. */
import type { Metadata } from "next";
import { Login } from "#components/auth/login.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function Page({ searchParams }: { searchParams: Promise<{ callbackUrl?: string | string[] }> }) {
  return <Login callbackUrl={(await searchParams).callbackUrl} />;
}
