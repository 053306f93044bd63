/** What happened to a zone. */

import type { SearchParams } from "#components/ui/list-state.ts";
import { HistoryPage } from "#components/zone/history-page.tsx";
import type { ZoneParams } from "#components/zone/zone-data.ts";

export default function Page(props: { params: Promise<ZoneParams>; searchParams: Promise<SearchParams> }) {
  return <HistoryPage {...props} />;
}
