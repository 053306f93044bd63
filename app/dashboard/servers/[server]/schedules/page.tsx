/** What is done on a server by the clock. */
import type { Metadata } from "next";
import { SchedulesPage } from "#components/servers/schedules/schedules-page.tsx";

export const metadata: Metadata = { title: "Schedules" };

export default function Page(props: PageProps<"/dashboard/servers/[server]/schedules">) {
  return <SchedulesPage {...props} />;
}
