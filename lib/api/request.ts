/** What may be believed of a request's headers. */
import { env } from "#lib/env.ts";

/** Set by the server that owns the socket, which drops any that a client sends. */
export const ADDRESS_HEADER = "x-zonegate-address";

/** The path and query that was asked for, set by the same server. */
export const PATH_HEADER = "x-zonegate-path";

export const requestAddress = (headers: Headers): string => headers.get(ADDRESS_HEADER) ?? "127.0.0.1";

/** A browser says where a write comes from; one that says nothing is not a browser we know, and is refused. */
export function sameOrigin(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site) return site === "same-origin" || site === "none";
  const origin = headers.get("origin");
  return (
    origin !== null && URL.canParse(origin) && (origin === env().origin || new URL(origin).host === headers.get("host"))
  );
}

/** The `Cookie` header that came, and the `Set-Cookie` lines to answer with. */
export interface Cookies {
  sent: string;
  set: string[];
}
