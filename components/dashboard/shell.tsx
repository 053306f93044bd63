/** Loads what the frame shows on every page of the dashboard. Signed out, it leads to signing in. */
import type { ReactNode } from "react";
import { mayCreateOrganisation } from "#components/organisations/access.ts";
import { currentActor, load } from "#lib/api/caller.ts";
import { Navigation } from "./navigation.tsx";

export async function Shell({ children }: { children: ReactNode }) {
  const [user, organisations, mayCreate, actor] = await Promise.all([
    load((api) => api.users.me({})),
    load((api) => api.organisations.list({ perPage: 200 })),
    mayCreateOrganisation(),
    currentActor(),
  ]);
  return (
    <Navigation
      user={{ name: user.name, email: user.email }}
      organisations={organisations.items.map(({ id, handle, name, role }) => ({ id, handle, name, role }))}
      mayCreateOrganisation={mayCreate}
      reads={{
        accounts: user.staff && actor.grants.has("users:read"),
        organisations: actor.grants.has("org:write"),
        allOrganisations: actor.grants.has("org:read") || actor.grants.has("org:write"),
      }}
    >
      {children}
    </Navigation>
  );
}
