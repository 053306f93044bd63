/** Addresses that lead nowhere. */
import type { Metadata } from "next";
import { NotFoundMessage } from "#components/frame/messages.tsx";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return <NotFoundMessage />;
}
