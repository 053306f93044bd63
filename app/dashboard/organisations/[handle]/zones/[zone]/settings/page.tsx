/** The settings of a zone. */

import { ZoneSettings } from "#components/zone/settings-page.tsx";
import type { ZoneParams } from "#components/zone/zone-data.ts";

export default function Page(props: { params: Promise<ZoneParams> }) {
  return <ZoneSettings {...props} />;
}
