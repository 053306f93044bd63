/** Refused acts on accounts, roles, tokens and nodes: an entry each, but not a flood of them. */
import { and, eq, gt, or, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { auditLog, deletions, exportJobs, nodes, roles, tokens, users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import type { ProblemDetails } from "#lib/api/errors.ts";
import { audit } from "./audit.ts";

/** A deletion and an export name the account that they are of. */
export type RefusalTarget = "account" | "role" | "token" | "node" | "deletion" | "export";

/** What was not allowed to this actor, rather than not possible, not complete or not confirmed yet. */
const noted: ReadonlySet<string> = new Set(["forbidden", "last_root", "token_refused"]);

interface Refusal {
  code: string;
  data: ProblemDetails;
}

/** One actor leaves at most this many entries for one action in the time. */
const AT_MOST = 20;
const WITHIN_MS = 10 * 60_000;

/** Notes that an act was refused. `input` is what was sent, unchecked: `user`, or what else the target is called, names it. */
export function noteRefusal(actor: Actor, type: RefusalTarget, input: unknown, problem: Refusal): void {
  if (actor.type === "anonymous" || !noted.has(problem.code)) return;
  if (actor.id !== null && refusalsOf(actor) >= AT_MOST) return;
  audit(db(), actor, {
    target: targetOf(type, input),
    outcome: "refused",
    after: { code: problem.code, missing: problem.data.missing },
  });
}

const refusalsOf = (actor: Actor): number =>
  db()
    .select({ n: sql<number>`count(*)` })
    .from(auditLog)
    .where(
      and(
        eq(auditLog.actorId, actor.id ?? ""),
        gt(auditLog.at, Date.now() - WITHIN_MS),
        eq(auditLog.action, actor.action),
        eq(auditLog.outcome, "refused"),
      ),
    )
    .get()?.n ?? 0;

function targetOf(type: RefusalTarget, input: unknown) {
  const key = type === "account" ? "user" : type;
  const given = typeof input === "object" && input !== null ? (input as Record<string, unknown>)[key] : undefined;
  const ref = typeof given === "string" ? given.slice(0, 100) : "";
  const row = named[type](ref);
  const what = type === "deletion" || type === "export" ? "account" : type;
  return { type: what, id: row?.id ?? null, label: row?.label ?? ref };
}

const accountNamed = (ref: string) =>
  db()
    .select({ id: users.id, label: users.email })
    .from(users)
    .where(or(eq(users.id, ref), eq(users.email, ref)))
    .get();

const roleNamed = (ref: string) =>
  db()
    .select({ id: roles.id, label: roles.name })
    .from(roles)
    .where(or(eq(roles.id, ref), eq(roles.name, ref)))
    .get();

const tokenNamed = (ref: string) =>
  db().select({ id: tokens.id, label: tokens.name }).from(tokens).where(eq(tokens.id, ref)).get();

const nodeNamed = (ref: string) =>
  db().select({ id: nodes.id, label: nodes.name }).from(nodes).where(eq(nodes.id, ref)).get();

const accountOf = (table: typeof deletions | typeof exportJobs) => (ref: string) =>
  db()
    .select({ id: users.id, label: users.email })
    .from(table)
    .innerJoin(users, eq(users.id, table.userId))
    .where(eq(table.id, ref))
    .get();

const named = {
  account: accountNamed,
  role: roleNamed,
  token: tokenNamed,
  node: nodeNamed,
  deletion: accountOf(deletions),
  export: accountOf(exportJobs),
};
