/**
 * Who a daemon is that calls the panel, and how it is told that something is wrong. It proves itself in the header alone: what
 * stands in an address ends up in logs.
 */

import { compileGrants } from "#lib/access/permissions.ts";
import { type Actor, systemActor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { nodeWith } from "../credentials.ts";
import { heardFrom } from "../heard.ts";

interface Origin {
  address: string;
  requestId: string;
}

const REMOTE = "/api/remote/";
const CONFIGURATION = /^\/api\/application\/nodes\/[^/]+\/configuration$/;

/** Whether the path is one that daemons call. Cookies and tokens of people count for nothing there. */
export const isDaemonPath = (path: string): boolean => path.startsWith(REMOTE) || CONFIGURATION.test(path);

/** Throws what daemons of old know: nothing shown, nonsense, or wrong. */
export function daemonAt(path: string, headers: Headers, origin: Origin): { actor: Actor; bearer: string } {
  const bearer = /^bearer\s+(\S+)$/i.exec(headers.get("authorization")?.trim() ?? "")?.[1];
  if (bearer === undefined) throw new Problem("unauthenticated", "A node shows its token in the header Authorization.");
  const nobody = { ...systemActor("nodes", "a node"), grants: compileGrants([]), ...origin };
  if (!path.startsWith(REMOTE)) return { actor: { ...nobody, type: "anonymous" }, bearer };
  const [tokenId = "", token = "", ...more] = bearer.split(".");
  if (tokenId === "" || token === "" || more.length > 0)
    throw new Problem("malformed", "A node shows its token as the id and the token with a dot between them.");
  const node = nodeWith(tokenId, token);
  if (!node) throw new Problem("forbidden", "No node has this token.");
  heardFrom(node.id);
  return { actor: { ...nobody, type: "node", id: node.id, label: `node ${node.name}` }, bearer };
}

/** A refusal as daemons read it. */
export async function asDaemonsRead(response: Response): Promise<Response> {
  const { code = "internal", message = "" } = (await response.json().catch(() => ({}))) as Record<string, string>;
  const errors = [{ code, status: String(response.status), detail: message }];
  return Response.json({ errors }, { status: response.status });
}
