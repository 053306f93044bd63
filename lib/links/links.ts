/** One-time links to an account: an hour, once, kept as a hash. */

import { and, eq, gt, inArray, sql } from "drizzle-orm";
import { type DbOrTx, db, type Tx } from "#db/client.ts";
import { accountLinks, jobs, mailSecrets, mails, users } from "#db/schema/index.ts";
import { Problem } from "#lib/api/errors.ts";
import { hashToken, randomToken } from "#lib/crypto/secret.ts";
import { env } from "#lib/env.ts";
import { newId } from "#lib/id.ts";
import { isClosed, isShut } from "#lib/users/shut.ts";

const LINK_MS = 3_600_000;

type Kind = (typeof accountLinks.$inferSelect)["kind"];

export interface OneTimeLink {
  /** The token is in the fragment, which browsers keep to themselves. */
  url: string;
  expiresAt: number;
}

/** A token for a page that takes one. What is stored is its hash alone. */
export function newLink(page: "reset" | "verify" | "register"): OneTimeLink & { tokenHash: string } {
  const token = randomToken();
  const url = `${env().origin}/${page}#token=${token}`;
  return { url, tokenHash: hashToken(token), expiresAt: Date.now() + LINK_MS };
}

/** A link for an account. `email` is the address that whoever comes with it has shown to read; empty: none. */
export function issueLink(tx: Tx, kind: Kind, userId: string, email: string): OneTimeLink {
  const { url, tokenHash, expiresAt } = newLink(kind === "reset" ? "reset" : "verify");
  const now = Date.now();
  tx.insert(accountLinks)
    .values({ id: newId(now), kind, userId, email, tokenHash, createdAt: now, expiresAt })
    .run();
  return { url, expiresAt };
}

/** The link with its account. Throws if it is used, too old, of another kind, or its account is suspended. */
export function openLink(token: string, kinds: readonly Kind[], tx: DbOrTx = db()) {
  const found = tx
    .select({ link: accountLinks, user: users })
    .from(accountLinks)
    .innerJoin(users, eq(users.id, accountLinks.userId))
    .where(
      and(
        eq(accountLinks.tokenHash, hashToken(token)),
        gt(accountLinks.expiresAt, Date.now()),
        inArray(accountLinks.kind, [...kinds]),
      ),
    )
    .get();
  // A link that was mailed to an address is worth nothing once the account has another.
  const stale =
    found && found.link.kind !== "email" && found.link.email !== "" && found.link.email !== found.user.email;
  // Somebody who asked for the deletion of their account, and comes back for it, may have forgotten its password.
  const shut = found && (found.link.kind === "reset" ? isClosed(tx, found.user) : isShut(found.user));
  if (!found || stale || shut) throw usedUp();
  return found;
}

export const usedUp = (): Problem =>
  new Problem("wrong_token", "This link has been used, or is older than an hour. Ask for a new one.");

/** Links with which staff let somebody set a password: they prove no address. */
const fromStaff = and(eq(accountLinks.kind, "reset"), eq(accountLinks.email, ""));

/** Accounts that have such a link open. */
export const withLinksOfStaff = (tx: Tx): string[] =>
  tx
    .selectDistinct({ id: accountLinks.userId })
    .from(accountLinks)
    .where(and(fromStaff, gt(accountLinks.expiresAt, Date.now())))
    .all()
    .map(({ id }) => id);

export const voidLinksOfStaff = (tx: Tx, userId: string): void =>
  void tx
    .delete(accountLinks)
    .where(and(fromStaff, eq(accountLinks.userId, userId)))
    .run();

/** What is asked for and not mailed yet: a link to another address. */
export const NEW_ADDRESS = "links.email";

/** Whether a link is open still, for the account and to the address. */
export const isOpen = (tx: Tx, kind: Kind, userId: string, email: string): boolean =>
  tx
    .select({ id: accountLinks.id })
    .from(accountLinks)
    .where(
      and(
        eq(accountLinks.userId, userId),
        eq(accountLinks.kind, kind),
        eq(accountLinks.email, email),
        gt(accountLinks.expiresAt, Date.now()),
      ),
    )
    .get() !== undefined;

/** Ends links of an account, those in mails that have not left included. Without kinds all of them, and what is yet to become one. */
export function voidLinks(tx: Tx, userId: string, only?: readonly Kind[]): void {
  const kinds = only ?? (["reset", "verify", "email"] as const);
  const asked = and(eq(jobs.kind, NEW_ADDRESS), eq(jobs.state, "queued"));
  if (only === undefined)
    tx.delete(jobs)
      .where(and(asked, sql`json_extract(${jobs.payload}, '$.user') = ${userId}`))
      .run();
  tx.delete(accountLinks)
    .where(and(eq(accountLinks.userId, userId), inArray(accountLinks.kind, [...kinds])))
    .run();
  const waiting = and(eq(mails.userId, userId), eq(mails.status, "queued"), inArray(mails.template, [...kinds]));
  const ids = tx.select({ id: mails.id }).from(mails).where(waiting);
  tx.delete(mailSecrets).where(inArray(mailSecrets.mailId, ids)).run();
  tx.update(mails).set({ status: "cancelled", answer: "Its link was ended." }).where(waiting).run();
}
