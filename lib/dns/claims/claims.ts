/** Claims as people see them: what to publish, who waits, and the ends that people make. */
import { and, asc, count, desc, eq, or, sql } from "drizzle-orm";
import { db, transaction } from "#db/client.ts";
import { organisations, users, zoneClaims, zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { type ListQuery, likeAnywhere, offsetOf, type Page, sortOf } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { takeRequest } from "#lib/auth/request-limit.ts";
import { connectionById } from "../connections.ts";
import { withZoneLock } from "../zone-lock.ts";
import { type LoadedZone, loadZone, shownName, summaryOfZone, type ZoneSummary } from "../zones.ts";
import { checkClaim, claimById } from "./check.ts";
import { grant } from "./grant.ts";
import { endClaim } from "./open.ts";
import { proofName } from "./proof.ts";

export interface ClaimView {
  state: "pending" | "granted" | "refused" | "expired" | "taken";
  /** The TXT record to publish. */
  txt: { name: string; value: string; found: string };
  /** The name servers to delegate to instead; none: a delegation would prove nothing. */
  delegation: { nameservers: string[]; found: string } | null;
  checks: number;
  checkedAt: number | null;
  dueAt: number;
  createdAt: number;
  endsAt: number;
  /** The caller may do without proof. */
  mayApprove: boolean;
}

export function viewClaim({ zone }: LoadedZone, actor: Actor): ClaimView {
  const { claim } = claimById(zone.id) ?? {};
  if (!claim) throw notFound("claim");
  const found = claim.found ? (JSON.parse(claim.found) as { txt: string; delegation: string }) : null;
  const nameservers = JSON.parse(claim.nameservers) as string[];
  return {
    state: claim.state,
    txt: { name: proofName(zone.name), value: claim.txt, found: found?.txt ?? "" },
    delegation: nameservers.length > 0 ? { nameservers, found: found?.delegation ?? "" } : null,
    checks: claim.checks,
    checkedAt: claim.checkedAt,
    dueAt: claim.dueAt,
    createdAt: claim.createdAt,
    endsAt: claim.endsAt,
    mayApprove: actor.grants.has("dns:manage"),
  };
}

/** Looks now. A name server is not to be asked more often than somebody would press a button. */
export async function checkNow(loaded: LoadedZone, actor: Actor): Promise<ReturnType<typeof claimNow>> {
  const { zone, organisation } = loaded;
  if (claimById(zone.id)?.claim.state !== "pending")
    throw new Problem("conflict", "This zone no longer waits for proof.");
  for (const [key, limit] of [
    [`claim:${zone.id}`, 6],
    [`claims:${organisation.id}`, 30],
  ] as const) {
    const { exceeded, reset } = takeRequest(key, limit, 60);
    if (exceeded)
      throw new Problem("rate_limited", "You have checked often enough for now. Try again in a minute.", {
        retryAfter: reset,
      });
  }
  await checkClaim(zone.id, actor);
  return claimNow(loaded, actor);
}

/** What a look has led to. */
export function claimNow(
  { organisation, zone }: LoadedZone,
  actor: Actor,
): { zone: ZoneSummary; claim: ClaimView | null } {
  const now = loadZone(organisation.id, zone.id, actor);
  return { zone: summaryOfZone(now, actor), claim: claimById(zone.id) ? viewClaim(now, actor) : null };
}

/** The organisation no longer asks for it, or has seen how it ended. */
export const withdraw = (loaded: LoadedZone, actor: Actor): Promise<{ withdrawn: string }> =>
  withZoneLock(loaded.zone.id, async () => {
    const { zone } = loaded;
    transaction((tx) => {
      const row = claimById(zone.id, tx);
      if (!row || row.claim.state === "granted") throw new Problem("conflict", "This zone no longer waits for proof.");
      tx.delete(zones).where(eq(zones.id, zone.id)).run();
      audit(tx, actor, {
        target: { type: "zone", id: zone.id, label: zone.name },
        organisationId: zone.organisationId,
        before: { status: zone.status },
        after: { withdrawn: true },
        asStaff: loaded.access.viaPlatform,
      });
    });
    return { withdrawn: zone.name };
  });

/** Null for a zone that is one. */
export function claimStateOf(zone: LoadedZone["zone"]): { state: ClaimView["state"]; endsAt: number } | null {
  const { claim } = (zone.reserved === 0 && claimById(zone.id)) || {};
  return claim ? { state: claim.state, endsAt: claim.endsAt } : null;
}

export interface PendingClaim {
  id: string;
  name: string;
  displayName: string;
  organisation: { id: string; handle: string; name: string };
  connectionLabel: string;
  claimedBy: string | null;
  checkedAt: number | null;
  found: string;
  createdAt: number;
  endsAt: number;
}

const sorts = { createdAt: zoneClaims.createdAt, endsAt: zoneClaims.endsAt, name: zones.name } as const;

export function pendingClaims(query: ListQuery): Page<PendingClaim> {
  const pattern = likeAnywhere(query.q);
  const matches = sql`${zones.name} like ${pattern} escape '\\' or ${organisations.name} like ${pattern} escape '\\'`;
  const where = and(eq(zoneClaims.state, "pending"), query.q ? or(matches) : undefined);
  const { column, descending } = sortOf(query);
  const by = sorts[column as keyof typeof sorts];
  const rows = db()
    .select({
      claim: zoneClaims,
      zone: zones,
      organisation: { id: organisations.id, handle: organisations.handle, name: organisations.name },
      email: users.email,
    })
    .from(zoneClaims)
    .innerJoin(zones, eq(zones.id, zoneClaims.zoneId))
    .innerJoin(organisations, eq(organisations.id, zones.organisationId))
    .leftJoin(users, eq(users.id, zoneClaims.claimedBy))
    .where(where)
    .orderBy(descending ? desc(by) : asc(by), asc(zones.id))
    .limit(query.perPage)
    .offset(offsetOf(query))
    .all();
  const total = db()
    .select({ n: count() })
    .from(zoneClaims)
    .innerJoin(zones, eq(zones.id, zoneClaims.zoneId))
    .innerJoin(organisations, eq(organisations.id, zones.organisationId))
    .where(where)
    .get();
  const items = rows.map(({ claim, zone, organisation, email }) => ({
    id: zone.id,
    name: zone.name,
    displayName: shownName(zone),
    organisation,
    connectionLabel: connectionById(zone.connection)?.label ?? zone.connection,
    claimedBy: email,
    checkedAt: claim.checkedAt,
    found: claim.found ? (JSON.parse(claim.found) as { txt: string }).txt : "",
    createdAt: claim.createdAt,
    endsAt: claim.endsAt,
  }));
  return { items, total: total?.n ?? 0, page: query.page, perPage: query.perPage };
}

/** Staff know whose it is: the zone is made without proof. */
export const approve = (id: string, actor: Actor): Promise<{ approved: string; organisation: string }> =>
  withZoneLock(id, async () => {
    const { claim, zone } = pending(id);
    await grant(zone, claim, "approved", actor, true);
    return approved(zone);
  });

/** The answer while the zone is still being made. */
export function approvedLater(id: string): ReturnType<typeof approved> {
  const row = claimById(id);
  if (!row) throw notFound("pending claim");
  return approved(row.zone);
}

const approved = ({ name, organisationId }: LoadedZone["zone"]) => ({ approved: name, organisation: organisationId });

export const refuse = (id: string, reason: string, actor: Actor): Promise<{ refused: string }> =>
  withZoneLock(id, async () => {
    const { zone } = pending(id);
    transaction((tx) => {
      endClaim(tx, id, "refused", reason ? `Refused by staff: ${reason}` : "Refused by staff.");
      audit(tx, actor, {
        target: { type: "zone", id, label: zone.name },
        organisationId: zone.organisationId,
        before: { status: "pending" },
        after: { ended: "refused", reason },
        asStaff: true,
      });
    });
    return { refused: zone.name };
  });

function pending(id: string) {
  const row = claimById(id);
  if (row?.claim.state !== "pending") throw notFound("pending claim");
  return row;
}
