/** What staff find of everybody's things, as lines of the palette. */
import { tabHref } from "#components/staff/address.ts";
import { zonePath } from "#components/zone/zone-view.ts";
import type { Outputs } from "#lib/api/outputs.ts";

export interface StaffGroup {
  title: string;
  items: { href: string; label: string; hint: string }[];
}

export function staffGroups({
  users = [],
  organisations = [],
  servers = [],
  zones = [],
}: Partial<Outputs["staff"]["search"]>) {
  const groups: StaffGroup[] = [
    {
      title: "All users",
      items: users.map(({ id, name, email }) => ({
        href: tabHref("users", {}, { open: id }),
        label: name,
        hint: email,
      })),
    },
    {
      title: "All organisations",
      items: organisations.map(({ handle, name }) => ({
        href: `/dashboard/organisations/${handle}`,
        label: name,
        hint: handle,
      })),
    },
    {
      title: "All servers",
      items: servers.map(({ id, name, short, node }) => ({
        href: tabHref("servers", {}, { open: id }),
        label: name,
        hint: `${short} on ${node}`,
      })),
    },
    {
      title: "All zones",
      items: zones.map(({ name, displayName, organisation }) => ({
        href: zonePath(organisation.handle, name.replace(/\.$/, "")),
        label: displayName,
        hint: organisation.name,
      })),
    },
  ];
  return groups.filter(({ items }) => items.length > 0);
}
