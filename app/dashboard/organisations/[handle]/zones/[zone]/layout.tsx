/** A zone: its header and tabs. */
import type { ReactNode } from "react";
import { namesOf, type ZoneParams } from "#components/zone/zone-data.ts";
import { ZoneFrame } from "#components/zone/zone-frame.tsx";

export async function generateMetadata({ params }: { params: Promise<ZoneParams> }) {
  const { zone } = await namesOf(params);
  return { title: zone };
}

export default function ZoneLayout({ params, children }: { params: Promise<ZoneParams>; children: ReactNode }) {
  return <ZoneFrame params={params}>{children}</ZoneFrame>;
}
