/**
 * The sign-in route, called in this process. next-auth takes cookies and headers from Next's request scope, which only a
 * running server has: a stand-in gives it those of the request that is being answered.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import { NextRequest } from "next/server";

export interface SignInAnswer {
  status: number;
  body: Record<string, unknown>;
  headers: Headers;
  /** The session's cookie as a request sends it; null when there is none. */
  cookie: string | null;
  /** All cookies that were set, as a request sends them. */
  cookies: string;
}

export interface SignInOptions {
  address?: string;
  /** The cookie of a session. */
  cookie?: string;
}

const ORIGIN = "http://localhost:3000";
const scope = new AsyncLocalStorage<NextRequest>();
standIn();

/** The round trip of the form: a CSRF token and its cookie, then the e-mail and password. */
export async function signIn(email: string, password: string, options: SignInOptions = {}): Promise<SignInAnswer> {
  return post("callback/password", { email, password }, options);
}

/** The same with an authenticator's answer (text is sent as it is), and an e-mail address if one was typed. */
export const signInWithPasskey = (answer: object | string, options: SignInOptions & { email?: string } = {}) => {
  const response = typeof answer === "string" ? answer : JSON.stringify(answer);
  return post("callback/passkey", { response, email: options.email ?? "" }, options);
};

/** The second step, with the cookies of the first. */
export const signInWithFactor = (ticket: string, code: string, options: SignInOptions): Promise<SignInAnswer> =>
  post("callback/factor", { ticket, code }, options);

export const signOut = (cookie: string): Promise<SignInAnswer> => post("signout", {}, { cookie });

async function post(action: string, fields: Record<string, string>, options: SignInOptions): Promise<SignInAnswer> {
  const csrf = await route("GET", "csrf", null, options);
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const cookie = [
    ...csrf.headers.getSetCookie().map((line) => line.split(";")[0]),
    ...(options.cookie ? [options.cookie] : []),
  ].join("; ");
  const body = new URLSearchParams({ ...fields, csrfToken, json: "true" }).toString();
  const response = await route("POST", action, body, { ...options, cookie });
  const session = response.headers.getSetCookie().find((line) => /session=[^;]/.test(line));
  const text = await response.text();
  return {
    status: response.status,
    body: text ? JSON.parse(text) : {},
    headers: response.headers,
    cookie: session?.split(";")[0] ?? null,
    cookies: response.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; "),
  };
}

async function route(
  method: string,
  action: string,
  body: string | null,
  { address, cookie }: SignInOptions,
): Promise<Response> {
  const { handleAuth } = await import("#lib/auth/next-auth.ts");
  const request = new NextRequest(`${ORIGIN}/api/auth/${action}`, {
    method,
    body,
    headers: {
      origin: ORIGIN,
      "user-agent": "a browser",
      ...(body === null ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      ...(address ? { "x-zonegate-address": address } : {}),
      ...(cookie ? { cookie } : {}),
    },
  });
  return scope.run(request, () => handleAuth(request, { params: Promise.resolve({ nextauth: action.split("/") }) }));
}

function standIn(): void {
  const require = createRequire(import.meta.url);
  const file = require.resolve("next/headers");
  require(file);
  const loaded = require.cache[file];
  if (!loaded) throw new Error("next/headers is not loaded");
  const request = (): NextRequest => {
    const now = scope.getStore();
    if (!now) throw new Error("no request is being answered");
    return now;
  };
  loaded.exports = { headers: async () => request().headers, cookies: async () => request().cookies };
}
