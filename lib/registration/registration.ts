/** Making one's own account: an address first, and the account once whoever reads it comes back with the link. */
import { and, eq, gt } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, type Tx, transaction } from "#db/client.ts";
import { registrations } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { hashPassword } from "#lib/auth/password.ts";
import { hashToken } from "#lib/crypto/secret.ts";
import { env } from "#lib/env.ts";
import { assertOpenTo } from "#lib/geo/geo.ts";
import { newId } from "#lib/id.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { newLink, usedUp } from "#lib/links/links.ts";
import { countRequest, mayMail } from "#lib/links/requests.ts";
import { LINK } from "#lib/mail/message.ts";
import { queueMail } from "#lib/mail/outbox.ts";
import { setting } from "#lib/settings/settings.ts";
import { accountByEmail, insertAccount } from "#lib/users/users.ts";

/** Without mail nobody would ever get the link. */
export const registrationOpen = (): boolean => setting("feature.registration") && env().mail !== undefined;

/** Asks for a link by mail. Says and does the same whether or not the address has an account. */
export function requestRegistration(email: string, actor: Actor): void {
  if (!registrationOpen()) throw new Problem("feature_disabled", "Registration needs mail, and this panel sends none.");
  assertOpenTo(actor.address, "register");
  assertDomain(email);
  countRequest(actor);
  transaction((tx) => {
    mailRegistration.enqueue(tx, { email });
    audit(tx, actor, { target: { type: "account", id: null, label: email } });
  });
}

export const mailRegistration = jobKind({
  kind: "registration.mail",
  payload: z.object({ email: z.string() }),
  attempts: 5,
  forget: true,
  run: ({ email }) => transaction((tx) => sendRegistration(tx, email)),
});

function sendRegistration(tx: Tx, email: string): void {
  if (!mayMail(tx, email, "registration")) return;
  const panel = new URL(env().origin).host;
  const mail = { template: "registration", recipient: email };
  const user = accountByEmail(email, tx);
  if (user) {
    queueMail(tx, {
      ...mail,
      userId: user.id,
      subject: "You have an account",
      text: [
        `Somebody, most likely you, asked for an account at ${panel} with this address. You have one: sign in with it at ${env().origin}/login.`,
        "If you have forgotten your password, the sign-in page lets you set a new one. If it was not you, there is nothing to do.",
      ].join("\n\n"),
    });
    return;
  }
  const { url, tokenHash, expiresAt } = newLink("register");
  const now = Date.now();
  tx.insert(registrations)
    .values({ id: newId(now), email, tokenHash, createdAt: now, expiresAt })
    .run();
  queueMail(tx, {
    ...mail,
    userId: null,
    subject: "Make your account",
    text: [
      `Somebody, most likely you, asked for an account at ${panel} with this address. Make it here, within an hour:`,
      LINK,
      "If it was not you, there is nothing to do: no account is made.",
    ].join("\n\n"),
    link: { url, expiresAt },
  });
}

/** Whose account the link makes. */
export const registrationOf = (token: string): { email: string } => ({ email: open(token).email });

/** Makes the account that the link is for. Its address is verified, because the link was mailed there; it has no role. */
export async function register(input: { token: string; name: string; password: string }, actor: Actor) {
  const { token, name, password } = input;
  const passwordHash = await hashPassword(password, { name, email: open(token).email });
  return transaction((tx) => {
    const { email } = open(token, tx);
    tx.delete(registrations).where(eq(registrations.email, email)).run();
    return insertAccount(tx, { name, email, passwordHash }, actor);
  });
}

function open(token: string, tx: DbOrTx = db()) {
  const found = tx
    .select()
    .from(registrations)
    .where(and(eq(registrations.tokenHash, hashToken(token)), gt(registrations.expiresAt, Date.now())))
    .get();
  if (!found) throw usedUp();
  // The list may have become shorter since.
  assertDomain(found.email);
  return found;
}

/** Exact domains: one that is allowed allows none below it. */
function assertDomain(email: string): void {
  const allowed = setting("registration.domains");
  const domain = email.slice(email.lastIndexOf("@") + 1);
  if (allowed.length > 0 && !allowed.includes(domain)) {
    throw invalid({ email: `Accounts are for addresses at ${allowed.join(", ")} here.` });
  }
}
