/** The words for roles and levels, and the addresses of an organisation. Pure. */
import type { OrganisationRole } from "#lib/access/organisation-role.ts";
import type { ZoneLevel } from "#lib/access/zone-level.ts";

export const roleNames: Record<OrganisationRole, string> = { owner: "Owner", admin: "Admin", member: "Member" };

export const levelNames: Record<ZoneLevel, string> = { none: "None", view: "View", edit: "Edit", full: "Full" };

export const organisationPath = (handle: string): string => `/dashboard/organisations/${handle}`;

/** Where all its zones go out and in. */
export const bundlePath = (handle: string): string => `${organisationPath(handle)}/bundle`;

export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en-GB")} ${n === 1 ? one : many}`;
