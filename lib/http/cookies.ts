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

/** next-auth splits a cookie over 4 KB into chunks; ours never is that large. */
export function readCookie(header: string, name: string): string | null {
  for (const part of header.split(";")) {
    const at = part.indexOf("=");
    if (part.slice(0, at).trim() === name) return decoded(part.slice(at + 1).trim());
  }
  return null;
}

/** Escapes that are none are a cookie that is not ours. */
function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
