/** A claim begins: a zone that is asked for, and what would prove that it is the organisation's to have. */
import { randomBytes, randomInt } from "node:crypto";
import { and, eq, inArray, ne } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { zoneClaims, zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { audit } from "#lib/audit/audit.ts";
import { env } from "#lib/env.ts";
import { newId } from "#lib/id.ts";
import { setting } from "#lib/settings/settings.ts";
import type { Connection } from "../connections.ts";
import type { First } from "../templates/first.ts";
import { endWaiting } from "../transfer/waiting.ts";
import { tellEnded } from "./notices.ts";

export const CLAIM_DAYS = 7;
/** Host names that a claim is assigned where there are enough to choose from. */
const ASSIGNED = 2;
/** Claims of one name that are assigned name servers at a time: nobody collects every choice. */
const MAX_ASSIGNED = 3;

/** What a zone gets once it is there: `import` is the row of a zone file that waits for it. */
export type ClaimFirst = First | { import: string };

const ended = ["refused", "expired", "taken"] as const;
export type ClaimEnd = (typeof ended)[number];

/** The zone's row, which keeps nobody else from the name, and the claim. */
export function openClaim(
  tx: Tx,
  place: { organisationId: string; name: string; connection: Connection; first: ClaimFirst | null },
  actor: Actor,
  asStaff: boolean,
): string {
  const { organisationId, name, connection } = place;
  const now = Date.now();
  const id = newId(now);
  tx.insert(zones)
    .values({
      id,
      organisationId,
      connection: connection.id,
      name,
      origin: "created",
      reserved: 0,
      status: "pending",
      statusMessage: WAITING,
      createdAt: now,
    })
    .run();
  const nameservers = assign(tx, name, connection);
  tx.insert(zoneClaims)
    .values({
      zoneId: id,
      state: "pending",
      txt: `zonegate=${randomBytes(24).toString("base64url")}`,
      nameservers: JSON.stringify(nameservers),
      dueAt: now,
      claimedBy: actor.id,
      tokenId: actor.token?.id ?? null,
      first: place.first && JSON.stringify(place.first),
      createdAt: now,
      endsAt: now + CLAIM_DAYS * 86_400_000,
    })
    .run();
  audit(tx, actor, {
    target: { type: "zone", id, label: name },
    organisationId,
    after: { status: "pending", connection: connection.id, nameservers },
    asStaff,
  });
  return id;
}

export const WAITING = "Waiting for proof that this domain is yours.";

/** A claim that has come to its end makes room for another. */
export function dropEndedClaim(tx: Tx, organisationId: string, name: string): void {
  const over = tx
    .select({ id: zones.id })
    .from(zones)
    .innerJoin(zoneClaims, eq(zoneClaims.zoneId, zones.id))
    .where(and(eq(zones.organisationId, organisationId), eq(zones.name, name), inArray(zoneClaims.state, [...ended])))
    .get();
  if (over) tx.delete(zones).where(eq(zones.id, over.id)).run();
}

/** The zone could not be made although it was granted: the claim goes on. False where there is none. */
export function waitAgain(tx: Tx, zoneId: string, message: string): boolean {
  const granted = and(eq(zoneClaims.zoneId, zoneId), eq(zoneClaims.state, "granted"));
  const again = { state: "pending" as const, dueAt: Date.now() + 60_000 };
  if (tx.update(zoneClaims).set(again).where(granted).run().changes === 0) return false;
  tx.update(zones)
    .set({ reserved: 0, status: "pending", statusMessage: `Control is proved, but it could not be made: ${message}` })
    .where(eq(zones.id, zoneId))
    .run();
  return true;
}

/** It was not proved, or cannot be had. The row stays a while, to say so. */
export function endClaim(tx: Tx, zoneId: string, end: ClaimEnd, message: string): void {
  const pending = and(eq(zoneClaims.zoneId, zoneId), eq(zoneClaims.state, "pending"));
  if (tx.update(zoneClaims).set({ state: end, endsAt: Date.now() }).where(pending).run().changes === 0) return;
  tx.update(zones).set({ status: "error", statusMessage: message }).where(eq(zones.id, zoneId)).run();
  endWaiting(tx, zoneId, message);
  tellEnded(tx, zoneId, message);
}

/**
 * The name servers that a delegation to would prove something. What everybody's zones have proves nothing: whoever had
 * claimed the name first could take it from its owner, who only wanted to come here. So it is a choice by chance, other
 * than those of other claims of the name.
 */
function assign(tx: Tx, name: string, { kind }: Connection): string[] {
  const pool = [...new Set(env().nameservers)];
  const rule = setting("claims.delegation", tx);
  // Cloudflare chooses for itself, once the zone is there.
  if (rule === "never" || kind === "cloudflare" || pool.length === 0) return [];
  if (rule === "any") return pool;
  const others = tx
    .select({ nameservers: zoneClaims.nameservers })
    .from(zoneClaims)
    .innerJoin(zones, eq(zones.id, zoneClaims.zoneId))
    .where(and(eq(zones.name, name), ne(zoneClaims.nameservers, "[]")))
    .all();
  const given = new Set(others.map(({ nameservers }) => nameservers));
  const choices = pairsOf(pool).filter((pair) => !given.has(JSON.stringify(pair)));
  if (pool.length <= ASSIGNED || given.size >= MAX_ASSIGNED || choices.length === 0) return [];
  return choices[randomInt(choices.length)] ?? [];
}

const pairsOf = (names: readonly string[]): string[][] =>
  names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other].toSorted()));
