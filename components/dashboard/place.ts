/** Where in the dashboard an address is, and the breadcrumb to it. Pure. */
import type { Crumb } from "#components/frame/breadcrumb.tsx";
import { organisationPath } from "#components/organisations/words.ts";

export interface Place {
  /** Handle or id, as in the address. */
  organisation: string | null;
  /** What comes after the organisation's path, or after /dashboard. */
  rest: readonly string[];
}

export function placeOf(pathname: string): Place {
  const [section, ...rest] = pathname.split("/").slice(2).filter(Boolean).map(decoded);
  if (section === undefined) return { organisation: null, rest: [] };
  if (section === "organisations" && rest[0] !== undefined && rest[0] !== "new") {
    return { organisation: rest[0], rest: rest.slice(1) };
  }
  return { organisation: null, rest: [section, ...rest] };
}

/** The last step is the page itself, so that it has no address. `named` is what the page says that it is about. */
export function crumbsOf(
  { organisation, rest }: Place,
  current: { handle: string; name: string } | undefined,
  named: string | null,
): Crumb[] {
  const [section, below] = rest;
  const label = section === undefined ? undefined : labels[section];
  if (organisation !== null && current) {
    const path = organisationPath(current.handle);
    const start = { label: current.name, href: path };
    if (label === undefined) return [{ label: current.name }];
    if (section === "zones" && below !== undefined) return [start, { label, href: `${path}/zones` }, { label: below }];
    if (section === "bundle") return [start, { label: "DNS zones", href: `${path}/zones` }, { label }];
    if (section !== "settings") return [start, { label }];
    const lower = below === undefined ? undefined : labels[below];
    return lower === undefined
      ? [start, { label: "Settings" }]
      : [start, { label: "Settings", href: `${path}/settings` }, { label: lower }];
  }
  // A guest knows the zone, and nothing around it.
  if (organisation !== null && section === "zones" && below !== undefined)
    return [{ label: "DNS zones", href: "/dashboard/zones" }, { label: below }];
  if (section === undefined || label === undefined) return [{ label: "Overview" }];
  if (section === "servers" && below !== undefined)
    return [{ label, href: "/dashboard/servers" }, { label: below === "new" ? "New server" : (named ?? "Server") }];
  const lower = below === undefined ? undefined : labels[below];
  return lower === undefined ? [{ label }] : [{ label, href: `/dashboard/${section}` }, { label: lower }];
}

const labels: Readonly<Record<string, string>> = {
  zones: "DNS zones",
  bulk: "Change in many zones",
  bundle: "Import and export",
  members: "Members",
  settings: "Account settings",
  security: "Security",
  organisations: "Organisations",
  servers: "Servers",
  new: "New organisation",
  admin: "Staff Portal",
  connections: "Connections",
  templates: "Zone templates",
  claims: "Zone requests",
  announcements: "Announcements",
  feedback: "Feedback",
  data: "Your data",
};

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
