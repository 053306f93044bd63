/** Signs in: the cookie is set by the answer. */
import { Refusal } from "#components/ui/attempt.ts";

/** Throws a `Refusal` whose message says what to do. */
export const signIn = (email: string, password: string): Promise<void> =>
  enter("password", { email, password }, "E-mail or password is not right.");

/** Signs in through one of the providers of lib/auth/next-auth.ts. `wrong` is what to say when that does not let anybody in. */
export async function enter(provider: string, fields: Record<string, string>, wrong: string): Promise<void> {
  const response = await ask("/api/auth/csrf").then(async (answer) => {
    const { csrfToken } = (await answer.json()) as { csrfToken: string };
    return ask(`/api/auth/callback/${provider}`, new URLSearchParams({ ...fields, csrfToken, json: "true" }));
  });
  if (response.status === 401) throw refusal(`wrong_${provider}`, wrong);
  const answer = (await response.json().catch(() => ({}))) as { url?: string; message?: string };
  if (response.status === 429)
    throw refusal("rate_limited", answer.message ?? "Too many failed attempts. Try again later.");
  // Without a matching token next-auth answers 200 and leads back to its own form.
  if (!response.ok || answer.url?.includes("csrf=true"))
    throw refusal("internal", "Signing in did not work. Try again.");
}

async function ask(path: string, body?: URLSearchParams): Promise<Response> {
  try {
    return await fetch(path, { method: body ? "POST" : "GET", body, cache: "no-store" });
  } catch {
    throw refusal("unreachable", "The panel did not answer. Check your connection and try again.");
  }
}

const refusal = (code: string, message: string): Refusal => new Refusal({ code, message, fields: {}, details: {} });
