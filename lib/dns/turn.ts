/** Where an organisation's next call stands in the queue of a provider that takes only so many. */
import { connectionById } from "./connections.ts";
import type { LoadedZone } from "./zones.ts";

export interface TurnView {
  counted: boolean;
  ahead: number | null;
  seconds: number | null;
}

/** `bulk`: of its large work; otherwise of single edits, which go first. */
export function turnAt({ zone, organisation }: LoadedZone, bulk: boolean): TurnView {
  const provider = connectionById(zone.connection)?.provider;
  if (!provider?.placeOf) return { counted: false, ahead: null, seconds: null };
  const place = provider.placeOf({ organisation: organisation.id, bulk });
  if (place === null) return { counted: true, ahead: null, seconds: null };
  return { counted: true, ahead: place.ahead, seconds: Math.max(0, Math.ceil((place.opensAt - Date.now()) / 1000)) };
}
