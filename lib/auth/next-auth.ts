/** next-auth: the credentials providers `password`, `factor` (its second step) and `passkey`, and a JWT that carries only a session id. */
import nextAuth, { type NextAuthOptions } from "next-auth";
import credentials from "next-auth/providers/credentials";
import { Problem } from "#lib/api/errors.ts";
import { requestAddress } from "#lib/api/request.ts";
import { env } from "#lib/env.ts";
import { assertOpenTo } from "#lib/geo/geo.ts";
import { hiddenCookie, secureCookies } from "#lib/http/cookies.ts";
import { signInWithPasskey } from "#lib/passkeys/sign-in.ts";
import { formRequest } from "./form-request.ts";
import { endSessionById, SESSION_COOKIE, SESSION_DAYS, sessionSecret } from "./session.ts";
import { type SignedIn, signInWithFactor, signInWithPassword } from "./sign-in.ts";
import { noTicketCookie } from "./ticket.ts";

/** Both are CommonJS that says it was a module: a bundler takes its word, and Node does not. */
const defaultOf = <T>(module: T): T => (module as { default?: T }).default ?? module;
const NextAuth = defaultOf(nextAuth);
const Credentials = defaultOf(credentials);

type RouteContext = { params: Promise<{ nextauth: string[] }> };

/** What is to be said instead of next-auth's own answer, which knows nothing but yes and no. */
interface Aside {
  problem?: Problem;
  /** `Set-Cookie` lines. */
  cookies: string[];
}

/** The route handler. A refusal that says more than no, and the question for a second factor, are answered beside next-auth. */
export async function handleAuth(request: Request, context: RouteContext): Promise<Response> {
  const aside: Aside = { cookies: [] };
  process.env.NEXTAUTH_URL ??= env().origin;
  const handler = NextAuth(optionsFor(request, aside)) as (
    request: Request,
    context: RouteContext,
  ) => Promise<Response>;
  const answer = await formRequest(request).then(
    (form) => handler(form, context),
    (error: unknown) => {
      if (error instanceof Problem) return problemResponse(error);
      throw error;
    },
  );
  const response = aside.problem ? problemResponse(aside.problem) : answer;
  const headers = new Headers(response.headers);
  headers.set("cache-control", "no-store");
  for (const cookie of aside.cookies) headers.append("set-cookie", cookie);
  return new Response(response.body, { status: response.status, headers });
}

function problemResponse({ code, message, status, data }: Problem): Response {
  return Response.json(
    { code, message, ...data },
    {
      status,
      headers: {
        "content-type": "application/problem+json",
        ...(data.retryAfter === undefined ? {} : { "retry-after": String(data.retryAfter) }),
      },
    },
  );
}

function optionsFor(request: Request, aside: Aside): NextAuthOptions {
  const visitor = {
    address: requestAddress(request.headers),
    userAgent: request.headers.get("user-agent") ?? "",
    cookies: request.headers.get("cookie") ?? "",
  };
  /** The new session as next-auth's user; null, with what there is to say, when there is none. */
  const sessionOf = async (signIn: () => SignedIn | null | Promise<SignedIn | null>) => {
    try {
      assertOpenTo(visitor.address, "sign-in");
      const outcome = await signIn();
      if (outcome === null) return null;
      if ("session" in outcome) return { id: outcome.session };
      aside.cookies.push(outcome.ticket.cookie);
      aside.problem = new Problem("second_factor_required", "Enter a code of your authenticator app.", {
        ticket: outcome.ticket.id,
      });
      return null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      aside.problem = error;
      return null;
    }
  };
  return {
    secret: sessionSecret(),
    session: { strategy: "jwt", maxAge: SESSION_DAYS * 86_400 },
    useSecureCookies: secureCookies(),
    cookies: {
      sessionToken: hiddenCookie(SESSION_COOKIE),
      csrfToken: hiddenCookie("zonegate.csrf"),
      callbackUrl: hiddenCookie("zonegate.callback"),
    },
    // Its own pages know nothing of ours.
    pages: { signIn: "/login", error: "/login", signOut: "/dashboard", verifyRequest: "/login", newUser: "/dashboard" },
    logger: { error: () => {}, warn: () => {}, debug: () => {} },
    providers: [
      Credentials({
        id: "password",
        name: "Password",
        credentials: { email: { type: "email" }, password: { type: "password" } },
        authorize: (given) =>
          sessionOf(() =>
            signInWithPassword({ email: String(given?.email ?? ""), password: String(given?.password ?? "") }, visitor),
          ),
      }),
      Credentials({
        id: "factor",
        name: "Second factor",
        credentials: { ticket: { type: "text" }, code: { type: "text" } },
        authorize: (given) =>
          sessionOf(() => {
            const signedIn = signInWithFactor(
              { ticket: String(given?.ticket ?? ""), code: String(given?.code ?? "") },
              visitor,
            );
            aside.cookies.push(noTicketCookie());
            return signedIn;
          }),
      }),
      Credentials({
        id: "passkey",
        name: "Passkey",
        credentials: { email: { type: "email" }, response: { type: "text" } },
        authorize: (given) =>
          sessionOf(async () => {
            const session = await signInWithPasskey({
              ...visitor,
              email: String(given?.email ?? ""),
              response: String(given?.response ?? ""),
              cookies: { sent: visitor.cookies, set: [] },
            });
            return session === null ? null : { session };
          }),
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
