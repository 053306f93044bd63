/** As what somebody is in an organisation. */
import { Badge } from "#components/ui/badge.tsx";
import type { OrganisationRole } from "#lib/access/organisation-role.ts";
import { roleNames } from "./words.ts";

export const RoleBadge = ({ role }: { role: OrganisationRole }) => (
  <Badge tone={role === "owner" ? "accent" : "neutral"}>{roleNames[role]}</Badge>
);
