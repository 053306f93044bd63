/** The raw procedure builder. Only `guards.ts` may import it, so that no procedure exists without a guard. */
import { ORPCError, os, ValidationError } from "@orpc/server";
import { noteRefusal, type RefusalTarget } from "#lib/audit/refusals.ts";
import { stage } from "#lib/log/stages.ts";
import { unforeseen } from "#lib/log/unforeseen.ts";
import { askedBy } from "./asker.ts";
import type { RequestContext, Trace } from "./context.ts";
import { invalid, isProblem, Problem } from "./errors.ts";

export interface ProcedureMeta {
  guard:
    | "none"
    | "anyone"
    | "signedIn"
    | "can"
    | "staff"
    | "inOrganisation"
    | "inZone"
    | "inDeletedZone"
    | "onServer"
    | "node";
  /** Permission, role or level. */
  argument: string;
  /** This read leaves an audit entry. */
  audit?: boolean;
  /** Not a GET, but it changes nothing that anyone asked to change, so nothing is audited. */
  reads?: boolean;
  /** An API token may call it, as far as its own rights go. Where this is not said, none may. */
  tokens?: boolean;
  /** Only within ten minutes of a sign-in or confirmation. */
  fresh?: boolean;
  /** Opens to an account that still has to enrol the second factor that a role asks of it. */
  enrolling?: boolean;
  /** Refused attempts leave an audit entry about the account or role that the path names. */
  refusals?: RefusalTarget;
}

export const base = os
  .$context<RequestContext>()
  .$meta<ProcedureMeta>({ guard: "none", argument: "" })
  .use(async ({ context, next, path, procedure }, input) => {
    stage("routing");
    const action = path.join(".");
    const { route } = procedure["~orpc"];
    context.trace.template = route.path ?? action;
    context.trace.method = route.method ?? "POST";
    context.trace.action = action;
    const actor = { ...context.actor, action };
    try {
      return await askedBy(actor.id, () => next({ context: { actor } }));
    } catch (error) {
      const problem = presentable(error, context.trace, actor.requestId);
      const { refusals } = procedure["~orpc"].meta;
      if (refusals) noteRefusal(actor, refusals, input, problem);
      throw problem;
    }
  });

/** What may be shown of an error. What nobody foresaw is logged, and answered without its own message. */
export function presentable(error: unknown, trace: Trace, requestId: string | null): Problem {
  const problem = asProblem(error, trace, requestId);
  trace.code = problem.code;
  if (problem.data.retryAfter !== undefined) trace.retryAfter = problem.data.retryAfter;
  return new Problem(problem.code, problem.message, { ...problem.data, requestId }, problem.cause);
}

function asProblem(error: unknown, trace: Trace, requestId: string | null): Problem {
  if (isProblem(error)) return error;
  if (error instanceof ORPCError && error.cause instanceof ValidationError && error.code === "BAD_REQUEST") {
    return invalid(fieldsOf(error.cause.issues));
  }
  unforeseen(error, { source: "request", place: trace.action ?? trace.template, requestId });
  if (error instanceof Error && "code" in error && error.code === "SQLITE_FULL")
    return new Problem(
      "storage_full",
      "The disk of the panel is full. Whoever runs it has to make room; what was under way is checked then.",
      {},
      error,
    );
  return new Problem("internal", "Something went wrong. If it keeps happening, quote the request id.", {}, error);
}

/** Unknown keys are named one by one; everything else by its path. */
function fieldsOf(
  issues: readonly { message: string; path?: readonly unknown[] | undefined }[],
): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const issue of issues) {
    const path = (issue.path ?? []).map((part) =>
      typeof part === "object" && part !== null && "key" in part ? part.key : part,
    );
    const unknown = "keys" in issue && Array.isArray(issue.keys) ? (issue.keys as string[]) : null;
    if (unknown) for (const key of unknown) fields[[...path, key].join(".")] ??= "There is no such field.";
    else fields[path.join(".") || "input"] ??= issue.message;
  }
  return fields;
}
