/** DNSSEC of a zone. */
import { DnssecPage } from "#components/zone/dnssec-page.tsx";
import type { ZoneParams } from "#components/zone/zone-data.ts";

export default function Page({ params }: { params: Promise<ZoneParams> }) {
  return <DnssecPage params={params} />;
}
