/** The link that ends announcements by mail. */
import type { Metadata } from "next";
import { Unsubscribe } from "#components/announcements/unsubscribe.tsx";

export const metadata: Metadata = { title: "No more announcements", referrer: "no-referrer" };

export default function Page() {
  return <Unsubscribe />;
}
