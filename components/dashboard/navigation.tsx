/** The frame, filled in from the address: which organisation we are in, where its pages are, and the breadcrumb. */
"use client";
import { usePathname } from "next/navigation";
import { type ReactNode, useState } from "react";
import { BULK } from "#components/bulk/words.ts";
import { AppFrame, type NavGroup } from "#components/frame/app-frame.tsx";
import type { NavItem } from "#components/frame/nav-link.tsx";
import { NamePage } from "#components/frame/page-name.tsx";
import { organisationPath } from "#components/organisations/words.ts";
import type { PalettePage } from "#components/search/palette.tsx";
import { SearchButton } from "#components/search/search-button.tsx";
import { PORTAL, tabHref } from "#components/staff/address.ts";
import {
  Building2,
  Cable,
  Globe,
  Hourglass,
  LayoutDashboard,
  Megaphone,
  MessageSquareHeart,
  Server,
  Settings,
  ShieldCheck,
  UserCog,
  Users,
} from "#components/ui/icons.tsx";
import type { OrganisationRole } from "#lib/access/organisation-role.ts";
import type { TabId } from "#lib/staff/tabs.ts";
import { crumbsOf, placeOf } from "./place.ts";

export interface NavigationProps {
  user: { name: string; email: string };
  organisations: readonly { id: string; handle: string; name: string; role: OrganisationRole | null }[];
  mayCreateOrganisation: boolean;
  /** DNS is switched on. */
  dns: boolean;
  /** So is feedback. */
  feedback: boolean;
  /** What the account reaches beyond its own. */
  reads: {
    /** The Staff Portal. */
    portal: boolean;
    connections: boolean;
    claims: boolean;
    organisations: boolean;
    allOrganisations: boolean;
  };
  /** Those of the Staff Portal that the account may open. */
  tabs: readonly { id: TabId; title: string }[];
  children: ReactNode;
}

export function Navigation(props: NavigationProps) {
  const { user, organisations, mayCreateOrganisation, dns, feedback, reads, tabs, children } = props;
  const place = placeOf(usePathname());
  const [named, setNamed] = useState<string | null>(null);
  const own = organisations.find(({ id, handle }) => place.organisation === handle || place.organisation === id);
  // Staff are in organisations that are not theirs; the address is all that the frame knows of those. Guests are in none.
  const foreign = place.organisation && reads.allOrganisations ? place.organisation : undefined;
  const current = own ?? (foreign ? { handle: foreign, name: foreign } : undefined);
  const manages = own ? own.role !== "member" : reads.organisations;
  const nav: NavGroup[] = [
    ...(current ? [organisationNav(current, manages, dns)] : []),
    ownNav(current !== undefined, current ? null : place.organisation, dns, feedback),
    ...administration(dns ? reads : { ...reads, connections: false, claims: false }),
  ];

  return (
    <AppFrame
      user={user}
      organisations={organisations}
      current={current}
      newOrganisationHref={mayCreateOrganisation ? "/dashboard/organisations/new" : undefined}
      nav={nav}
      crumbs={crumbsOf(place, current, named)}
      bar={
        <SearchButton
          pages={[...organisationPages(organisations), ...pagesOf(nav, current?.name, dns), ...tabPages(tabs)]}
          staff={reads.portal}
        />
      }
    >
      <NamePage value={setNamed}>{children}</NamePage>
    </AppFrame>
  );
}

/** What the search can lead to: everything in the sidebar, and what lies one step below. */
function pagesOf(nav: readonly NavGroup[], organisation: string | undefined, dns: boolean): PalettePage[] {
  const inOrganisation = nav.length > 1 || nav[0]?.title !== undefined ? nav[0]?.items : undefined;
  const listed = nav.flatMap(({ items }) =>
    items.map(({ href, label }): PalettePage => {
      const hint = organisation !== undefined && items === inOrganisation ? { hint: organisation } : {};
      return { href, label, kind: "page", ...hint };
    }),
  );
  return [...listed, ...below.filter(({ href }) => dns || href !== BULK)];
}

const below: PalettePage[] = [
  { href: BULK, label: "Change records in many zones", kind: "page" },
  { href: "/dashboard/settings/security", label: "Security", kind: "page", hint: "Account settings" },
  { href: "/dashboard/settings/tokens", label: "API tokens", kind: "page", hint: "Account settings" },
];

const organisationPages = (organisations: NavigationProps["organisations"]): PalettePage[] =>
  organisations.map(({ handle, name }) => ({ href: organisationPath(handle), label: name, kind: "organisation" }));

function organisationNav({ handle }: { handle: string }, manages: boolean, dns: boolean): NavGroup {
  const path = organisationPath(handle);
  return {
    items: [
      { href: path, label: "Overview", icon: <LayoutDashboard aria-hidden="true" /> },
      ...(dns ? [{ href: `${path}/zones`, label: "DNS zones", icon: <Globe aria-hidden="true" /> }] : []),
      { href: `${path}/members`, label: "Members", icon: <Users aria-hidden="true" /> },
      ...(manages ? [{ href: `${path}/settings`, label: "Settings", icon: <Settings aria-hidden="true" /> }] : []),
    ],
  };
}

/** For a guest, the zones of the organisation at hand belong to one's own zones. */
const ownNav = (below: boolean, hostedBy: string | null, dns: boolean, feedback: boolean): NavGroup => ({
  title: below ? "Your account" : undefined,
  items: [
    { href: "/dashboard", label: below ? "Your overview" : "Overview", icon: <LayoutDashboard aria-hidden="true" /> },
    ...(dns
      ? [
          {
            href: "/dashboard/zones",
            label: below ? "All your zones" : "DNS zones",
            icon: <Globe aria-hidden="true" />,
            match: hostedBy === null ? [] : [organisationPath(hostedBy)],
          },
        ]
      : []),
    {
      href: "/dashboard/servers",
      label: below ? "Your servers" : "Servers",
      icon: <Server aria-hidden="true" />,
    },
    {
      href: "/dashboard/organisations",
      label: "Organisations",
      icon: <Building2 aria-hidden="true" />,
      ...(hostedBy === null ? {} : { exact: true }),
    },
    { href: "/dashboard/settings", label: "Account settings", icon: <UserCog aria-hidden="true" /> },
    { href: "/dashboard/announcements", label: "Announcements", icon: <Megaphone aria-hidden="true" /> },
    ...(feedback
      ? [{ href: "/dashboard/feedback", label: "Feedback", icon: <MessageSquareHeart aria-hidden="true" /> }]
      : []),
  ],
});

const tabPages = (tabs: NavigationProps["tabs"]): PalettePage[] =>
  tabs.map(({ id, title }) => ({ href: tabHref(id), label: title, kind: "page", hint: "Staff Portal" }));

function administration({ portal, connections, claims }: NavigationProps["reads"]): NavGroup[] {
  const items: NavItem[] = [
    ...(portal
      ? [
          {
            href: PORTAL,
            label: "Staff Portal",
            icon: <ShieldCheck aria-hidden="true" />,
            badge: "Staff",
            badgeTone: "warn" as const,
          },
        ]
      : []),
    ...(connections
      ? [{ href: "/dashboard/connections", label: "Connections", icon: <Cable aria-hidden="true" /> }]
      : []),
    ...(claims ? [{ href: "/dashboard/claims", label: "Zone requests", icon: <Hourglass aria-hidden="true" /> }] : []),
  ];
  return items.length > 0 ? [{ title: "Administration", items }] : [];
}
