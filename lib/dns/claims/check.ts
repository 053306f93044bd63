/** Looks whether claims are proved: at once, then by and by, until they end. */

import { and, asc, eq, lte, ne, sql } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { zoneClaims, zones } from "#db/schema/index.ts";
import { type Actor, systemActor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { log } from "#lib/log/log.ts";
import { loadOrganisation } from "#lib/organisations/organisations.ts";
import { setting } from "#lib/settings/settings.ts";
import { unlessStopped } from "../large/pace.ts";
import { opensNewZones } from "../new-zone.ts";
import { withZoneLock } from "../zone-lock.ts";
import type { Zone } from "../zones.ts";
import { claimantOf } from "./claimant.ts";
import { type Claim, grant } from "./grant.ts";
import { CLAIM_DAYS, endClaim } from "./open.ts";
import { type Found, lookForProof } from "./proof.ts";

const AT_ONCE = 4;
const A_RUN = 40;
const FIRST_MS = 60_000;
const LAST_MS = 3_600_000;
const GONE = "Whoever asked for this zone may no longer add zones here. An owner or admin can check it instead.";

/**
 * One look, and the zone if it is proved. `actor` is who wants to know; without one it is whoever asked for the zone, as
 * far as they may still have it. Throws a Problem where it is proved and cannot be made.
 */
export const checkClaim = (zoneId: string, actor: Actor | null): Promise<void> =>
  withZoneLock(zoneId, async () => {
    const row = claimById(zoneId);
    if (row?.claim.state !== "pending") return;
    const { claim, zone } = row;
    if (claim.endsAt <= Date.now()) return expire(zone);
    const found = await unlessStopped(
      lookForProof({
        name: zone.name,
        txt: claim.txt,
        nameservers: JSON.parse(claim.nameservers) as string[],
        wasElsewhere: claim.elsewhereAt !== null,
        shared: isShared(zone, claim),
      }),
    );
    note(claim, found);
    if (found.proof === null) return;
    const by = actor ?? permitted(claimantOf(claim, "dns.proveClaim"), zone);
    if (by) return grant(zone, claim, found.proof, by, false);
    say(zoneId, GONE);
  });

/** The claimant, where they could still ask for the zone. */
function permitted(actor: Actor | null, zone: Zone): Actor | null {
  if (!actor || !opensNewZones(actor)) return null;
  return loadOrganisation(zone.organisationId, actor).access.has("admin") ? actor : null;
}

/** The first look at a claim. */
export const firstLook = jobKind({
  kind: "dns.claim",
  ready: () => setting("feature.dns"),
  payload: z.object({ zone: z.string() }),
  attempts: 2,
  forget: true,
  run: ({ zone }) => quietly(zone),
});

/** The looks that are due, and the ends. */
export const laterLooks = jobKind({
  kind: "dns.claims",
  ready: () => setting("feature.dns"),
  schedule: "* * * * *",
  payload: z.object({}),
  attempts: 1,
  async run(_payload, { signal }) {
    const due = db()
      .select({ id: zoneClaims.zoneId })
      .from(zoneClaims)
      .where(and(eq(zoneClaims.state, "pending"), lte(zoneClaims.dueAt, Date.now())))
      .orderBy(asc(zoneClaims.dueAt))
      .limit(A_RUN)
      .all();
    const look = async () => {
      for (let one = due.shift(); one && !signal.aborted; one = due.shift()) await quietly(one.id);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, look));
    const over = and(ne(zoneClaims.state, "pending"), ne(zoneClaims.state, "granted"));
    const longAgo = Date.now() - 30 * 86_400_000;
    const gone = sql`${zones.id} in (select zone_id from zone_claims where ${over} and ends_at < ${longAgo})`;
    db()
      .delete(zones)
      .where(and(eq(zones.reserved, 0), gone))
      .run();
  },
});

/** What went wrong is on the claim, or for another time. */
async function quietly(zoneId: string): Promise<void> {
  try {
    await checkClaim(zoneId, null);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    log().info({ zone: zoneId, reason: error.code }, "a claim was proved, and its zone was not made");
    later(zoneId);
  }
}

export const claimById = (zoneId: string, tx: DbOrTx = db()): { claim: Claim; zone: Zone } | undefined =>
  tx
    .select({ claim: zoneClaims, zone: zones })
    .from(zoneClaims)
    .innerJoin(zones, eq(zones.id, zoneClaims.zoneId))
    .where(eq(zoneClaims.zoneId, zoneId))
    .get();

/** Somebody else waits for the same name with the same name servers. */
const isShared = (zone: Zone, claim: Claim): boolean =>
  db()
    .select({ id: zones.id })
    .from(zoneClaims)
    .innerJoin(zones, eq(zones.id, zoneClaims.zoneId))
    .where(
      and(
        eq(zones.name, zone.name),
        eq(zoneClaims.state, "pending"),
        eq(zoneClaims.nameservers, claim.nameservers),
        ne(zones.organisationId, zone.organisationId),
      ),
    )
    .get() !== undefined;

function note(claim: Claim, found: Found): void {
  const now = Date.now();
  const wait = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(claim.checks, 10));
  db()
    .update(zoneClaims)
    .set({
      found: JSON.stringify({ txt: found.txt, delegation: found.delegation }),
      checks: claim.checks + 1,
      checkedAt: now,
      dueAt: Math.min(now + wait, claim.endsAt),
      ...(found.elsewhere ? { elsewhereAt: now } : {}),
    })
    .where(eq(zoneClaims.zoneId, claim.zoneId))
    .run();
}

const later = (zoneId: string): void => {
  const pending = and(eq(zoneClaims.zoneId, zoneId), lte(zoneClaims.dueAt, Date.now()));
  db()
    .update(zoneClaims)
    .set({ dueAt: Date.now() + FIRST_MS })
    .where(pending)
    .run();
};

const say = (zoneId: string, statusMessage: string): void => {
  db()
    .update(zones)
    .set({ statusMessage })
    .where(and(eq(zones.id, zoneId), eq(zones.reserved, 0)))
    .run();
};

function expire(zone: Zone): void {
  transaction((tx) => {
    endClaim(tx, zone.id, "expired", `Control was not proved within ${CLAIM_DAYS} days.`);
    audit(tx, systemActor("dns.claims"), {
      target: { type: "zone", id: zone.id, label: zone.name },
      organisationId: zone.organisationId,
      after: { ended: "expired" },
    });
  });
}
