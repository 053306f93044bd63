/** Pages that are for people who have signed in. Next would put a page of its own into every other. */
import type { Metadata } from "next";
import { UnauthorizedMessage } from "#components/frame/messages.tsx";

export const metadata: Metadata = { title: "Not signed in" };

export default function Unauthorized() {
  return <UnauthorizedMessage />;
}
