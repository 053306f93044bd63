/** Loads what the frame shows on every page of the dashboard. Signed out, it leads to signing in. */
import type { ReactNode } from "react";
import { Banners } from "#components/announcements/banners.tsx";
import { mayCreateOrganisation } from "#components/organisations/access.ts";
import { currentActor, load, visit } from "#lib/api/caller.ts";
import { Navigation } from "./navigation.tsx";

export async function Shell({ children }: { children: ReactNode }) {
  const [frame, mayCreate, { grants }, { open }] = await Promise.all([
    load((api) => api.users.frame({})),
    mayCreateOrganisation(),
    currentActor(),
    visit(({ tabs }) => tabs()),
  ]);
  return (
    <Navigation
      user={{ name: frame.name, email: frame.email }}
      organisations={frame.organisations}
      mayCreateOrganisation={mayCreate}
      dns={frame.dns}
      feedback={frame.feedback}
      tabs={open.map(({ id, title }) => ({ id, title }))}
      reads={{
        portal: frame.staff,
        connections: frame.staff && grants.has("dns:connections"),
        claims: frame.staff && grants.has("dns:manage"),
        organisations: grants.has("org:write"),
        allOrganisations: grants.has("org:read") || grants.has("org:write"),
      }}
    >
      <Banners items={frame.banners} />
      <div data-records={frame.rollouts["records.density"]} className="contents">
        {children}
      </div>
    </Navigation>
  );
}
