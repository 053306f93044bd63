/** Who has which level in a zone. */

import type { SearchParams } from "#components/ui/list-state.ts";
import { AccessPage } from "#components/zone/access-page.tsx";
import type { ZoneParams } from "#components/zone/zone-data.ts";

export default function Page(props: { params: Promise<ZoneParams>; searchParams: Promise<SearchParams> }) {
  return <AccessPage {...props} />;
}
