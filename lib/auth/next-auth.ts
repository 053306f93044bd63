/** next-auth: the credentials providers `password` and `passkey`, and a JWT that carries only a session id. */
import NextAuth, { type NextAuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { requestAddress } from "#lib/api/request.ts";
import { env } from "#lib/env.ts";
import { signInWithPasskey } from "#lib/passkeys/sign-in.ts";
import { endSessionById, SESSION_DAYS, secureCookies, sessionCookie, sessionSecret } from "./session.ts";
import { signInWithPassword, tooManyComparisons } from "./sign-in.ts";

type RouteContext = { params: Promise<{ nextauth: string[] }> };

/** The route handler. A locked sign-in answers 429 with Retry-After, which next-auth has no way to say. */
export async function handleAuth(request: Request, context: RouteContext): Promise<Response> {
  const limited: { retryAfter?: number; message?: string } = {};
  process.env.NEXTAUTH_URL ??= env().origin;
  const handler = NextAuth(optionsFor(request, limited)) as (
    request: Request,
    context: RouteContext,
  ) => Promise<Response>;
  const response = await handler(request, context);
  if (limited.message === undefined) return response;
  return Response.json(
    { code: "rate_limited", message: limited.message, retryAfter: limited.retryAfter },
    {
      status: 429,
      headers: { "retry-after": String(limited.retryAfter ?? 5), "content-type": "application/problem+json" },
    },
  );
}

function optionsFor(request: Request, limited: { retryAfter?: number; message?: string }): NextAuthOptions {
  const from = {
    address: requestAddress(request.headers),
    userAgent: request.headers.get("user-agent") ?? "",
  };
  /** The new session as next-auth's user; null, with what to say, when there is none. */
  const sessionOf = async (signIn: () => Promise<string | null>) => {
    try {
      const id = await signIn();
      return id === null ? null : { id };
    } catch (error) {
      if (!tooManyComparisons(error)) throw error;
      limited.message = error.message;
      limited.retryAfter = error.data.retryAfter ?? 5;
      return null;
    }
  };
  return {
    secret: sessionSecret(),
    session: { strategy: "jwt", maxAge: SESSION_DAYS * 86_400 },
    useSecureCookies: secureCookies(),
    cookies: {
      sessionToken: {
        name: sessionCookie(),
        options: { httpOnly: true, sameSite: "lax", path: "/", secure: secureCookies() },
      },
    },
    pages: { signIn: "/login", error: "/login" },
    logger: { error: () => {}, warn: () => {}, debug: () => {} },
    providers: [
      Credentials({
        id: "password",
        name: "Password",
        credentials: { email: { type: "email" }, password: { type: "password" } },
        authorize: (given) =>
          sessionOf(() =>
            signInWithPassword({
              ...from,
              email: String(given?.email ?? ""),
              password: String(given?.password ?? ""),
            }),
          ),
      }),
      Credentials({
        id: "passkey",
        name: "Passkey",
        credentials: { email: { type: "email" }, response: { type: "text" } },
        authorize: (given) =>
          sessionOf(() =>
            signInWithPasskey({
              ...from,
              email: String(given?.email ?? ""),
              response: String(given?.response ?? ""),
              cookies: { sent: request.headers.get("cookie") ?? "", set: [] },
            }),
          ),
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => ({ sid: user?.id ?? token.sid }),
      session: () => ({ expires: new Date(Date.now() + SESSION_DAYS * 86_400_000).toISOString() }),
    },
    events: {
      signOut: ({ token }) => {
        if (typeof token?.sid === "string") endSessionById(token.sid);
      },
    },
  };
}
