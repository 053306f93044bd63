/** The link of an invitation. */
import type { Metadata } from "next";
import { InvitePage } from "#components/invites/invite-page.tsx";

export const metadata: Metadata = { title: "Invitation", referrer: "no-referrer", robots: { index: false } };

export default function Page() {
  return <InvitePage />;
}
