/** What the search found, and where each leads: the zone's records, narrowed to that one. Pure. */
import { zonePath } from "#components/zone/zone-view.ts";
import type { Outputs } from "#lib/api/outputs.ts";

export type Hit = Outputs["dns"]["search"]["items"][number];

export function hitPath({ zone, name, type }: Hit): string {
  const query = new URLSearchParams({ q: name.replace(/\.$/, ""), type });
  return `${zonePath(zone.organisation.handle, zone.name.replace(/\.$/, ""))}?${query}`;
}

export const hitKey = ({ zone, name, type }: Hit): string => `${zone.id} ${name} ${type}`;
