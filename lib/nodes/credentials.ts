/** What a node and the panel know each other by. Sealed at rest, compared without telling by the time it takes. */
import { createHash, randomInt, timingSafeEqual } from "node:crypto";
import { and, eq, gt, or } from "drizzle-orm";
import { db } from "#db/client.ts";
import { nodes } from "#db/schema/index.ts";
import { seal, unseal } from "#lib/crypto/seal.ts";

export type NodeRow = typeof nodes.$inferSelect;

/** Both pairs of credentials count for so long after a rotation. */
export const OVERLAP_MS = 60_000;

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Letters and digits alone: daemons expand anything else. */
export const randomText = (length: number): string =>
  Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join("");

export const newCredentials = () => ({ tokenId: randomText(16), token: randomText(64) });

export const sealedToken = (id: string, token: string): string => seal(token, ofToken(id));
export const tokenOf = (row: Pick<NodeRow, "id" | "token">): string => unseal(row.token, ofToken(row.id));

/** The one before the last rotation, while it counts. */
export function previousTokenOf(row: Pick<NodeRow, "id" | "previousToken" | "previousUntil">): string | null {
  if (row.previousToken === null || (row.previousUntil ?? 0) <= Date.now()) return null;
  return unseal(row.previousToken, ofPrevious(row.id));
}

/** What a rotation writes. The place of a sealed value is its column, so the old one is sealed again. */
export function rotated(row: NodeRow, now: number) {
  const { tokenId, token } = newCredentials();
  return {
    tokenId,
    token: sealedToken(row.id, token),
    previousTokenId: row.tokenId,
    previousToken: seal(tokenOf(row), ofPrevious(row.id)),
    previousUntil: now + OVERLAP_MS,
    rotatedAt: now,
  };
}

/** The node that proves itself with an id and a token, or undefined. */
export function nodeWith(tokenId: string, token: string): NodeRow | undefined {
  const row = db()
    .select()
    .from(nodes)
    .where(or(eq(nodes.tokenId, tokenId), and(eq(nodes.previousTokenId, tokenId), gt(nodes.previousUntil, Date.now()))))
    .get();
  const known = row && (row.tokenId === tokenId ? tokenOf(row) : previousTokenOf(row));
  // Whoever names no node waits as long as whoever names one.
  const same = timingSafeEqual(digest(known ?? tokenId), digest(token));
  return known != null && same ? row : undefined;
}

export const hashOf = (secret: string): string => digest(secret).toString("hex");

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
const ofToken = (node: string) => ({ table: "nodes", column: "token", row: node });
const ofPrevious = (node: string) => ({ table: "nodes", column: "previous_token", row: node });
