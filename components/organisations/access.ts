/** Organisations as a page needs them: read once, with what the account may do there. */
import { cache } from "react";
import { type OrganisationAccess, organisationAccess } from "#lib/access/organisation-role.ts";
import { currentActor, load } from "#lib/api/caller.ts";
import type { Outputs } from "#lib/api/outputs.ts";

export type Organisation = Outputs["organisations"]["open"];

/** By handle or id. Leads to not-found for those who are not in it. */
export const openOrganisation = cache(
  async (handle: string): Promise<Organisation> => load((api) => api.organisations.open({ organisation: handle })),
);

/** What to offer; the procedures decide. */
export async function accessTo(organisation: Organisation): Promise<OrganisationAccess> {
  return organisationAccess({ grants: (await currentActor()).grants, role: organisation.role });
}

/** Whether the account may make organisations. */
export const mayCreateOrganisation = async (): Promise<boolean> => (await currentActor()).grants.has("org:create");
