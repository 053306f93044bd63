/** The records of a zone. */

import type { SearchParams } from "#components/ui/list-state.ts";
import { RecordsPage } from "#components/zone/records-page.tsx";
import type { ZoneParams } from "#components/zone/zone-data.ts";

export default function Page(props: { params: Promise<ZoneParams>; searchParams: Promise<SearchParams> }) {
  return <RecordsPage {...props} />;
}
