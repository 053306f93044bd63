/** What happened to a zone. */
import { HistoryPage } from "#components/zone/history-page.tsx";
import type { ZoneParams } from "#components/zone/zone-data.ts";
import type { SearchParams } from "#components/zone/zone-view.ts";

export default function Page(props: { params: Promise<ZoneParams>; searchParams: Promise<SearchParams> }) {
  return <HistoryPage {...props} />;
}
