/** Making an organisation. */
import type { Metadata } from "next";
import { NewOrganisation } from "#components/organisations/new-organisation.tsx";

export const metadata: Metadata = { title: "New organisation" };

export default function Page() {
  return <NewOrganisation />;
}
