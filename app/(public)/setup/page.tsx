/** The first start. */
import type { Metadata } from "next";
import { Setup } from "#components/auth/setup.tsx";

export const metadata: Metadata = { title: "Set up", referrer: "no-referrer" };

export default function Page() {
  return <Setup />;
}
