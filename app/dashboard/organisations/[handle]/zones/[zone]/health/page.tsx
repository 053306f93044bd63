/** How a zone fares in the world. */
import { HealthPage } from "#components/zone/health-page.tsx";
import type { ZoneParams } from "#components/zone/zone-data.ts";

export default function Page({ params }: { params: Promise<ZoneParams> }) {
  return <HealthPage params={params} />;
}
