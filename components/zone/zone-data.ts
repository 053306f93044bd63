/** What the pages of a zone load. The layout and the page of one request share the zone. */
import "server-only";
import { cache } from "react";
import { load } from "#lib/api/caller.ts";
import { type ZoneView, zonePath } from "./zone-view.ts";

export interface ZoneParams {
  handle: string;
  zone: string;
}

/** Parameters of an address as the API takes them. */
export async function namesOf(params: Promise<ZoneParams>): Promise<{ organisation: string; zone: string }> {
  const { handle, zone } = await params;
  return { organisation: decoded(handle), zone: decoded(zone).replace(/\.$/, "") };
}

export const openZone = cache((organisation: string, zone: string) =>
  load((api) => api.dns.open({ organisation, zone })),
);

export type OpenZone = Awaited<ReturnType<typeof openZone>>;

export const viewOf = ({ id, name, organisation, level, manage, narrowed, types, offers }: OpenZone): ZoneView => ({
  id,
  organisation: organisation.handle,
  zone: name.replace(/\.$/, ""),
  apex: name,
  level,
  manage,
  narrowed,
  types,
  offers,
});

export const pathOf = ({ organisation, name }: OpenZone): string =>
  zonePath(organisation.handle, name.replace(/\.$/, ""));

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
