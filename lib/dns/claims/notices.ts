/** Whoever asked for a zone is told how that ended, by mail. */
import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { organisations, zoneClaims, zones } from "#db/schema/index.ts";
import { tell } from "#lib/mail/news.ts";

/** In the transaction in which its zone is made. A zone that was not asked for is nobody's news. */
export function tellGranted(tx: Tx, zoneId: string): void {
  const claim = claimOf(tx, zoneId);
  if (claim)
    tell(tx, claim.claimedBy, "claimGranted", {
      subject: `${claim.name} is yours`,
      text: `You asked for the zone ${claim.name} in ${claim.organisation}. It is made now, and its records can be edited.`,
    });
}

/** In the transaction in which it was refused, ran out, or went to somebody else. */
export function tellEnded(tx: Tx, zoneId: string, reason: string): void {
  const claim = claimOf(tx, zoneId);
  if (claim)
    tell(tx, claim.claimedBy, "claimEnded", {
      subject: `${claim.name} was not made`,
      text: `You asked for the zone ${claim.name} in ${claim.organisation}. It was not made, and no longer waits: ${reason}`,
    });
}

function claimOf(tx: Tx, zoneId: string) {
  const row = tx
    .select({ claimedBy: zoneClaims.claimedBy, name: zones.name, organisation: organisations.name })
    .from(zoneClaims)
    .innerJoin(zones, eq(zones.id, zoneClaims.zoneId))
    .innerJoin(organisations, eq(organisations.id, zones.organisationId))
    .where(eq(zoneClaims.zoneId, zoneId))
    .get();
  if (!row || row.claimedBy === null) return null;
  return { ...row, claimedBy: row.claimedBy, name: row.name.replace(/\.$/, "") };
}
