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

/** The zone is there, without what it was to begin with. Its claim is over by then. */
export function tellWithout(tx: Tx, zoneId: string, claimedBy: string | null, reason: string): void {
  const zone = tx
    .select({ name: zones.name, organisation: organisations.name })
    .from(zones)
    .innerJoin(organisations, eq(organisations.id, zones.organisationId))
    .where(eq(zones.id, zoneId))
    .get();
  if (!zone || claimedBy === null) return;
  const name = zone.name.replace(/\.$/, "");
  tell(tx, claimedBy, "claimGranted", {
    subject: `${name} is without its first records`,
    text: `The zone ${name} in ${zone.organisation} was made without the records that it was to begin with: ${reason} Where you still want them, apply the template or copy the records yourself.`,
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
