/** What may be believed of a request's headers. */
import { env } from "#lib/env.ts";
import { Problem } from "./errors.ts";
import { ADDRESS_HEADER } from "./request-headers.ts";

export const requestAddress = (headers: Headers): string => headers.get(ADDRESS_HEADER) ?? "127.0.0.1";

/**
 * Refuses a write that brings a cookie from another site. A browser says where it comes from; one that says nothing is not
 * a browser we know.
 */
export function assertSameOrigin(headers: Headers): void {
  if (!headers.has("cookie")) return;
  const site = headers.get("sec-fetch-site");
  const same = site ? site === "same-origin" || site === "none" : headers.get("origin") === env().origin;
  if (same) return;
  throw new Problem(
    "forbidden",
    `This request came from another site. The panel's address is ${env().origin}: open it there, or set NEXTAUTH_URL.`,
  );
}

/** The `Cookie` header that came, and the `Set-Cookie` lines to answer with. */
export interface Cookies {
  sent: string;
  set: string[];
}
