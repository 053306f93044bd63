/** How the panel's cookies are named and kept: on https bound to this very host and never sent in the clear. */
import { env } from "#lib/env.ts";

export const secureCookies = (): boolean => env().origin.startsWith("https://");

/** The prefix makes browsers refuse the cookie from a neighbouring host, from a page in the clear, and for a part of the paths. */
export const cookieName = (name: string): string => (secureCookies() ? `__Host-${name}` : name);

/** For cookies that no script reads. */
export const hiddenCookie = (name: string) => ({
  name: cookieName(name),
  options: { httpOnly: true, sameSite: "lax", path: "/", secure: secureCookies() },
});

/** Such a cookie as a `Set-Cookie` line, for `seconds`, or until the browser is closed. */
export const hiddenCookieLine = (name: string, value: string, seconds?: number): string =>
  [
    `${name}=${value}`,
    "Path=/",
    ...(seconds === undefined ? [] : [`Max-Age=${seconds}`]),
    "HttpOnly",
    "SameSite=Lax",
    ...(secureCookies() ? ["Secure"] : []),
  ].join("; ");
