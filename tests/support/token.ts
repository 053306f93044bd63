/** Requests with an API token: no cookie, no origin, like a script sends them. */
import type { Answer, Panel, Person } from "./panel.ts";

type Call = <T = Record<string, never>>(method: string, path: string, body?: unknown) => Promise<Answer<T>>;

export interface TokenCaller {
  id: string;
  secret: string;
  call: Call;
}

/** Makes a token of the person's over the API. */
export async function tokenOf(panel: Panel, person: Person, rights: Record<string, unknown>): Promise<TokenCaller> {
  const made = await person.call<{ id: string; token: string }>("POST", "/account/tokens", {
    name: "Test",
    ...rights,
  });
  if (made.status !== 201) throw new Error(`no token: ${made.status} ${JSON.stringify(made.body)}`);
  const { id, token } = made.body;
  return { id, secret: token, call: callWith(panel, token) };
}

export const callWith =
  (panel: Panel, secret: string, headers: Record<string, string> = {}): Call =>
  (method, path, body) =>
    panel.call(method, path, body, {
      authorization: `Bearer ${secret}`,
      origin: "https://elsewhere.example",
      ...headers,
    });
