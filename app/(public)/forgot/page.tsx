/** A forgotten password. */
import type { Metadata } from "next";
import { Forgot } from "#components/auth/forgot.tsx";

export const metadata: Metadata = { title: "Forgotten password", referrer: "no-referrer" };

export default function Page() {
  return <Forgot />;
}
