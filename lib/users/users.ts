/** Accounts: making and finding them, and what each does with its own profile and password. */
import { and, eq, isNull, sql } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, type Tx, transaction } from "#db/client.ts";
import { prepared } from "#db/hot.ts";
import { users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { hashPassword, passwordProblem } from "#lib/auth/password.ts";
import { endOtherSessions } from "#lib/auth/session.ts";
import { tell } from "#lib/factors/factors.ts";
import { newId } from "#lib/id.ts";
import { voidLinks } from "#lib/links/links.ts";
import { asOfNow } from "#lib/roles/gate.ts";

export const emailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, "An e-mail address has at most 254 characters.")
  .pipe(z.email("Enter an e-mail address, such as name@example.org."));
export const personName = z
  .string()
  .trim()
  .min(1, "Enter a name.")
  .max(100, "A name has at most 100 characters.")
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, "A name cannot contain control characters.");
/** Not trimmed: spaces belong to a password. */
export const newPassword = z
  .string()
  .max(1000)
  .superRefine((value, context) => {
    const message = passwordProblem(value);
    if (message) context.addIssue({ code: "custom", message });
  });

export interface NewAccount {
  name: string;
  email: string;
  password: string;
}

export interface AccountSummary {
  id: string;
  name: string;
  email: string;
  suspended: boolean;
  /** Will be deleted. */
  deleting: boolean;
  /** Whether the address was shown to be theirs. */
  verified: boolean;
  roles: string[];
  createdAt: number;
}

/** Makes an account. Whoever makes it vouches for the address, so it counts as verified. */
export async function createAccount(input: NewAccount, actor: Actor): Promise<AccountSummary> {
  const passwordHash = await hashPassword(input.password, input);
  return transaction((tx) => {
    asOfNow(tx, actor, ["users:write"]);
    return insertAccount(tx, { ...input, passwordHash }, actor);
  });
}

export function insertAccount(
  tx: Tx,
  input: { name: string; email: string; passwordHash: string },
  actor: Actor,
): AccountSummary {
  if (tx.select({ id: users.id }).from(users).where(eq(users.email, input.email)).get()) {
    throw new Problem("already_exists", "An account with this e-mail address exists.", {
      fields: { email: "An account with this e-mail address exists." },
    });
  }
  const now = Date.now();
  const account = { id: newId(now), ...input, emailVerifiedAt: now, createdAt: now, updatedAt: now };
  tx.insert(users).values(account).run();
  const { id, name, email } = account;
  audit(tx, actor, { target: { type: "account", id, label: email }, after: { name, email } });
  return { id, name, email, suspended: false, deleting: false, verified: true, roles: [], createdAt: now };
}

const profileById = prepared((handle) =>
  handle
    .select({
      id: users.id,
      name: users.name,
      email: users.email,
      emailVerifiedAt: users.emailVerifiedAt,
      createdAt: users.createdAt,
    })
    .from(users)
    .where(eq(users.id, sql.placeholder("id")))
    .prepare(),
);

export function profileOf(userId: string) {
  const row = profileById().get({ id: userId });
  if (!row) throw notFound("account");
  return row;
}

export function renameAccount(userId: string, name: string, actor: Actor) {
  transaction((tx) => {
    const before = tx.select({ name: users.name, email: users.email }).from(users).where(eq(users.id, userId)).get();
    if (!before) throw notFound("account");
    if (before.name === name) return;
    tx.update(users).set({ name, updatedAt: Date.now() }).where(eq(users.id, userId)).run();
    audit(tx, actor, {
      target: { type: "account", id: userId, label: before.email },
      before: { name: before.name },
      after: { name },
    });
  });
  return profileOf(userId);
}

/** Sets one's password, in place of the one there was, if there was one; ends all other sessions. */
export async function setPassword(actor: Actor & { id: string }, next: string): Promise<{ sessionsEnded: number }> {
  const user = db().select().from(users).where(eq(users.id, actor.id)).get();
  if (!user) throw notFound("account");
  const passwordHash = await hashPassword(next, user, "newPassword");
  return transaction((tx) => {
    // Whoever has signed this session out, or shut the account, has done so for good.
    asOfNow(tx, actor, []);
    // It may have been reset or removed while the new one was hashed, by somebody whom this must not undo.
    const before = user.passwordHash;
    const unchanged = and(
      eq(users.id, user.id),
      before === null ? isNull(users.passwordHash) : eq(users.passwordHash, before),
    );
    if (tx.update(users).set({ passwordHash, updatedAt: Date.now() }).where(unchanged).run().changes === 0)
      throw new Problem("conflict", "Your password was changed elsewhere just now. Nothing was changed here.");
    voidLinks(tx, user.id);
    audit(tx, actor, {
      target: { type: "account", id: user.id, label: user.email },
      before: { password: before === null ? null : "[set]" },
      after: { password: before === null ? "[set]" : "[changed]" },
    });
    tell(tx, actor, before === null ? "A password was set" : "The password was changed");
    return { sessionsEnded: endOtherSessions(user.id, actor.sessionId, tx) };
  });
}

export function accountByEmail(email: string, tx: DbOrTx = db()) {
  return tx.select().from(users).where(eq(users.email, email.trim().toLowerCase())).get();
}
