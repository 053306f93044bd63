/** Asking for a mail: the same answer and the same work for every address, because what differs is done by a job. */
import { and, count, eq, gt } from "drizzle-orm";
import type { DbOrTx, Tx } from "#db/client.ts";
import { mails } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { assertNotLocked, type Limit, networkOf, recordFailure } from "#lib/auth/throttle.ts";

const HOUR_MS = 3_600_000;
const MAILS_AN_HOUR = 5;

/** Counts a request for a mail from this network, and refuses it beyond ten in a while. */
export function countRequest(actor: Actor): void {
  const limit: Limit = {
    key: `mail:${networkOf(actor.address ?? "unknown")}`,
    free: 11,
    lockSeconds: () => 900,
    forgetSeconds: 3600,
  };
  assertNotLocked([limit]);
  recordFailure([limit]);
}

/** Nobody's mailbox is filled by somebody else: at most five of a kind go to an address within an hour. */
export function mayMail(tx: DbOrTx, recipient: string, template: string): boolean {
  const lately = and(
    eq(mails.recipient, recipient),
    eq(mails.template, template),
    gt(mails.createdAt, Date.now() - HOUR_MS),
  );
  return (tx.select({ n: count() }).from(mails).where(lately).get()?.n ?? 0) < MAILS_AN_HOUR;
}

/** The same for somebody who is signed in, and may be told. */
export function assertMayMail(tx: Tx, recipient: string, template: string): void {
  if (!mayMail(tx, recipient, template))
    throw new Problem("rate_limited", "Several mails went there within the hour. Look there, or wait.", {
      retryAfter: HOUR_MS / 1000,
    });
}
