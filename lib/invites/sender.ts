/** Whether whoever sent an invitation could still send it. What they can no longer give, nobody takes from them. */
import { and, eq } from "drizzle-orm";
import type { DbOrTx } from "#db/client.ts";
import { organisationMembers, users } from "#db/schema/index.ts";
import { organisationAccess } from "#lib/access/organisation-role.ts";
import { standingOf } from "#lib/roles/roles.ts";
import type { ServerRow } from "#lib/servers/load.ts";
import { isOwner } from "#lib/servers/people/invites.ts";
import { isShut } from "#lib/users/shut.ts";

interface Sent {
  senderId: string;
  organisationId: string | null;
  zoneId: string | null;
  into: ServerRow | null;
}

export function mayStillInvite(tx: DbOrTx, { senderId, organisationId, zoneId, into }: Sent): boolean {
  const sender = tx
    .select({ suspendedAt: users.suspendedAt, deletionDueAt: users.deletionDueAt })
    .from(users)
    .where(eq(users.id, senderId))
    .get();
  if (!sender || isShut(sender)) return false;
  if (into) return isOwner(tx, into, senderId);
  const member = and(
    eq(organisationMembers.organisationId, organisationId ?? ""),
    eq(organisationMembers.userId, senderId),
  );
  const role =
    tx.select({ role: organisationMembers.role }).from(organisationMembers).where(member).get()?.role ?? null;
  const { held } = standingOf(senderId, tx);
  if (zoneId !== null) return role === "owner" || role === "admin" || held.has("dns:manage");
  return organisationAccess({ grants: held, role }).has("admin");
}
