/** What a mail program does by itself with the link of a mail (RFC 8058), and what it leads people to. */

import { compileGrants } from "#lib/access/permissions.ts";
import type { Actor } from "#lib/actor.ts";
import { isProblem } from "#lib/api/errors.ts";
import { requestAddress } from "#lib/api/request.ts";
import { env } from "#lib/env.ts";
import { readBody } from "#lib/http/body.ts";
import { newId } from "#lib/id.ts";
import { unsubscribe } from "./unsubscribe.ts";

/** Whatever fetches links in mails changes nothing: the page asks. The token is in the fragment there. */
export const askToUnsubscribe = (token: string): Response =>
  new Response(null, {
    status: 303,
    headers: {
      location: `${env().origin}/unsubscribe#token=${encodeURIComponent(token)}`,
      "referrer-policy": "no-referrer",
    },
  });

/** No cookie counts here, so no other site can do anything with it but what the link itself does. */
export async function oneClick(request: Request, token: string): Promise<Response> {
  try {
    const body = new URLSearchParams((await readBody(request, 10_000)).toString("utf8"));
    if (body.get("List-Unsubscribe") !== "One-Click")
      return new Response("Send List-Unsubscribe=One-Click.\n", { status: 400 });
    unsubscribe(token, visitor(request));
    return new Response("You get no more announcements by mail.\n");
  } catch (error) {
    if (!isProblem(error)) throw error;
    return new Response(`${error.message}\n`, { status: error.status });
  }
}

const visitor = (request: Request): Actor => ({
  type: "anonymous",
  id: null,
  label: "anonymous",
  grants: compileGrants([]),
  sessionId: null,
  confirmedAt: 0,
  mfa: "open",
  action: "announcements.unsubscribeByLink",
  address: requestAddress(request.headers),
  requestId: newId(),
});
