/** Making one's own account: asking for a link, and the link. */
import type { Metadata } from "next";
import { Register } from "#components/auth/register.tsx";

export const metadata: Metadata = { title: "Register", referrer: "no-referrer" };

export default function Page() {
  return <Register />;
}
