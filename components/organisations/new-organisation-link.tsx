/** The way to a new organisation. */
import { Plus } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";

export const NewOrganisationLink = ({ first }: { first?: boolean }) => (
  <LinkButton href="/dashboard/organisations/new" variant="primary">
    <Plus aria-hidden="true" />
    {first ? "Create your first organisation" : "New organisation"}
  </LinkButton>
);
