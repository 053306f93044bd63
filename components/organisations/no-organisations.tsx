/** What stands in place of one's organisations before there are any. */

import { EmptyState } from "#components/ui/empty-state.tsx";
import { Building2 } from "#components/ui/icons.tsx";
import { NewOrganisationLink } from "./new-organisation-link.tsx";

export const NoOrganisations = ({ mayCreate }: { mayCreate: boolean }) => (
  <EmptyState
    icon={<Building2 />}
    title="You are in no organisation yet"
    action={mayCreate && <NewOrganisationLink first />}
  >
    {mayCreate
      ? "An organisation owns zones, and its members edit their records. Create one, or ask to be invited to one."
      : "An organisation owns zones, and its members edit their records. Ask an admin of one to invite you."}
  </EmptyState>
);
