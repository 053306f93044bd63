/** The link that sets a new password. */
import type { Metadata } from "next";
import { Reset } from "#components/auth/reset.tsx";

export const metadata: Metadata = { title: "New password", referrer: "no-referrer" };

export default function Page() {
  return <Reset />;
}
