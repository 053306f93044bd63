/**
 * The node that the pages of a server may call: browsers let them call nothing but the panel otherwise. It is in the header before
 * anybody is asked who they are, so a server is found here by its id alone, which nobody guesses.
 */
import { eq, sql } from "drizzle-orm";
import { prepared } from "#db/hot.ts";
import { nodes, servers } from "#db/schema/index.ts";
import { baseOf } from "#lib/nodes/config.ts";

const PAGE = /^\/dashboard\/servers\/([0-9a-f-]{36})(?:[/?]|$)/;

/** As sources of a content security policy. */
export function nodeOfPage(path: string): string | null {
  const id = PAGE.exec(path)?.[1];
  const node = id === undefined ? undefined : byId().get({ id });
  if (!node) return null;
  const base = baseOf(node);
  return `${base} ${base.replace(/^http/, "ws")}`;
}

const byId = prepared((handle) => {
  return handle
    .select({ scheme: nodes.scheme, fqdn: nodes.fqdn, port: nodes.port })
    .from(servers)
    .innerJoin(nodes, eq(nodes.id, servers.nodeId))
    .where(eq(servers.id, sql.placeholder("id")))
    .prepare();
});
