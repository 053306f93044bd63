/** What was announced. */
import type { Metadata } from "next";
import { OwnAnnouncements } from "#components/announcements/own-announcements.tsx";

export const metadata: Metadata = { title: "Announcements" };

export default async function Page({ searchParams }: { searchParams: Promise<{ after?: string | string[] }> }) {
  const { after } = await searchParams;
  return <OwnAnnouncements after={[after].flat()[0]} />;
}
