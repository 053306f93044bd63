/** Loads what the frame shows on every page of the dashboard. Signed out, it leads to signing in. */
import type { ReactNode } from "react";
import { Banners } from "#components/announcements/banners.tsx";
import { mayCreateOrganisation } from "#components/organisations/access.ts";
import { currentActor, load } from "#lib/api/caller.ts";
import { panel } from "#lib/panel-here.ts";
import { Navigation } from "./navigation.tsx";

export async function Shell({ children }: { children: ReactNode }) {
  const [frame, mayCreate, actor] = await Promise.all([
    load((api) => api.users.frame({})),
    mayCreateOrganisation(),
    currentActor(),
  ]);
  return (
    <Navigation
      user={{ name: frame.name, email: frame.email }}
      organisations={frame.organisations}
      mayCreateOrganisation={mayCreate}
      dns={frame.dns}
      feedback={frame.feedback}
      tabs={panel()
        .staff.tabsFor(actor.grants)
        .map(({ id, title }) => ({ id, title }))}
      reads={{
        portal: frame.staff,
        connections: frame.staff && actor.grants.has("dns:connections"),
        claims: frame.staff && actor.grants.has("dns:manage"),
        organisations: actor.grants.has("org:write"),
        allOrganisations: actor.grants.has("org:read") || actor.grants.has("org:write"),
      }}
    >
      <Banners items={frame.banners} />
      <div data-records={frame.rollouts["records.density"]} className="contents">
        {children}
      </div>
    </Navigation>
  );
}
