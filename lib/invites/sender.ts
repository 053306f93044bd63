/** Whether whoever sent an invitation could still send it. What they can no longer give, nobody takes from them. */
import { and, eq } from "drizzle-orm";
import { type DbOrTx, db } from "#db/client.ts";
import { organisationMembers, users } from "#db/schema/index.ts";
import { organisationAccess } from "#lib/access/organisation-role.ts";
import { standingOf } from "#lib/roles/roles.ts";
import type { ServerRow } from "#lib/servers/load.ts";
import { isOwner } from "#lib/servers/people/owner.ts";
import { isShut } from "#lib/users/shut.ts";

interface Sent {
  senderId: string;
  organisationId: string | null;
  zoneId: string | null;
  into: ServerRow | null;
}

/** Of a list of invitations to one place: which senders they still have. Each is looked at once. */
export function standingSenders(place: Omit<Sent, "senderId">): (senderId: string) => boolean {
  const known = new Map<string, boolean>();
  return (senderId) => {
    const stands = known.get(senderId) ?? mayStillInvite(db(), { ...place, senderId });
    known.set(senderId, stands);
    return stands;
  };
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
