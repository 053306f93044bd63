/** One's password and sessions. */
import type { Metadata } from "next";
import { Security } from "#components/account/security.tsx";

export const metadata: Metadata = { title: "Security" };

export default function Page() {
  return <Security />;
}
