/** The link that verifies an address. */
import type { Metadata } from "next";
import { Verify } from "#components/auth/verify.tsx";

export const metadata: Metadata = { title: "Verify address", referrer: "no-referrer" };

export default function Page() {
  return <Verify />;
}
