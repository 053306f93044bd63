/** What was announced. */
import type { Metadata } from "next";
import { OwnAnnouncements } from "#components/announcements/own-announcements.tsx";

export const metadata: Metadata = { title: "Announcements" };

export default function Page() {
  return <OwnAnnouncements />;
}
