/** Signs in: the cookie is set by the answer. */
import { Refusal } from "#components/ui/attempt.ts";
import type { ProblemDetails } from "#lib/api/errors.ts";

/** Null when one is in; otherwise the ticket for the second step. Throws a `Refusal` whose message says what to do. */
export async function signIn(email: string, password: string): Promise<string | null> {
  try {
    await enter("password", { email, password }, "E-mail or password is not right.");
    return null;
  } catch (error) {
    if (error instanceof Refusal && error.failure.code === "second_factor_required")
      return String(error.failure.details.ticket);
    throw error;
  }
}

/** The second step: a code of the authenticator app, or a recovery code. */
export const signInWithFactor = (ticket: string, code: string): Promise<void> =>
  enter("factor", { ticket, code }, "This code is not right.");

/** Signs in through one of the providers of lib/auth/next-auth.ts. `wrong` is what to say when that does not let anybody in. */
export async function enter(provider: string, fields: Record<string, string>, wrong: string): Promise<void> {
  const response = await ask("/api/auth/csrf").then(async (answer) => {
    const { csrfToken } = (await answer.json()) as { csrfToken: string };
    return ask(`/api/auth/callback/${provider}`, new URLSearchParams({ ...fields, csrfToken, json: "true" }));
  });
  const answer = (await response.json().catch(() => ({}))) as Answer;
  if (answer.code !== undefined) throw refusal(answer.code, answer.message ?? wrong, answer);
  if (response.status === 401) throw refusal(`wrong_${provider}`, wrong);
  // Without a matching token next-auth answers 200 and leads back to its own form.
  if (!response.ok || answer.url?.includes("csrf=true"))
    throw refusal("internal", "Signing in did not work. Try again.");
}

/** A `url` is next-auth's own answer; a `code` is a problem, as everywhere in the API. */
type Answer = ProblemDetails & { url?: string; code?: string; message?: string };

async function ask(path: string, body?: URLSearchParams): Promise<Response> {
  try {
    return await fetch(path, { method: body ? "POST" : "GET", body, cache: "no-store" });
  } catch {
    throw refusal("unreachable", "The panel did not answer. Check your connection and try again.");
  }
}

const refusal = (code: string, message: string, details: ProblemDetails = {}): Refusal =>
  new Refusal({ code, message, fields: details.fields ?? {}, details });
