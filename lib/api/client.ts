/** The browser's typed client: the same procedures as REST, errors with their fields. */
import { createORPCClient, ORPCError } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { RouterClient } from "@orpc/server";
import { confirmation } from "./confirmation.ts";
import type { ProblemDetails } from "./errors.ts";
import type { Router } from "./router.ts";

export const api: RouterClient<Router> = createORPCClient(
  new RPCLink({
    url: () => new URL("/api/rpc", window.location.origin),
    interceptors: [({ next }) => next().catch((error: unknown) => afterConfirmation(error, next))],
  }),
);

/** What asks for a fresh proof is called again when that was given, so that no page has to know. */
async function afterConfirmation(error: unknown, again: () => Promise<unknown>): Promise<unknown> {
  if (!(error instanceof ORPCError) || error.code !== "confirmation_required") throw error;
  if (await confirmation.asked()) return again();
  throw new ORPCError("not_confirmed", { status: 403, message: "Nothing was done, because it was not confirmed." });
}

export interface Failure {
  code: string;
  message: string;
  fields: Record<string, string>;
  details: ProblemDetails;
}

/** Any error of a call as something to show. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ORPCError) {
    const details = (error.data ?? {}) as ProblemDetails;
    return { code: error.code, message: error.message, fields: details.fields ?? {}, details };
  }
  return {
    code: "unreachable",
    message: "The panel did not answer. Check your connection and try again.",
    fields: {},
    details: {},
  };
}
