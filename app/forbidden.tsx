/** Pages that are not for this account. */
import type { Metadata } from "next";
import { ForbiddenMessage } from "#components/frame/messages.tsx";

export const metadata: Metadata = { title: "Not allowed" };

export default function Forbidden() {
  return <ForbiddenMessage />;
}
