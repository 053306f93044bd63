/** The page that makes an organisation, for those who may. */
import { forbidden } from "next/navigation";
import { PageHeader } from "#components/ui/page-header.tsx";
import { mayCreateOrganisation } from "./access.ts";
import { CreateOrganisation } from "./create-organisation.tsx";

export async function NewOrganisation() {
  if (!(await mayCreateOrganisation())) forbidden();
  return (
    <>
      <PageHeader title="New organisation" description="An organisation owns zones. You will be its owner." />
      <CreateOrganisation />
    </>
  );
}
