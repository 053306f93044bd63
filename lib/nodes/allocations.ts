/** The addresses and ports of a node that servers get. */
import { and, count, eq, inArray, isNotNull, sql } from "drizzle-orm";
import ipaddr from "ipaddr.js";
import * as z from "zod";
import { db, transaction } from "#db/client.ts";
import { allocations } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { loadNode } from "./load.ts";
import { targetOf } from "./nodes.ts";
import { hostname } from "./shapes.ts";

/** At once, and on a node. */
const MOST_AT_ONCE = 1000;
const MOST = 50_000;
const LOWEST = 1024;

export const addition = {
  ip: z
    .string()
    .trim()
    .transform((text, context) => canonical(text) ?? say(context, "Enter an IPv4 or IPv6 address.")),
  ports: z
    .array(z.string().trim().max(20, "This is no port and no range such as 25565-25580."))
    .min(1, "Enter a port, or a range such as 25565-25580.")
    .max(MOST_AT_ONCE),
  alias: hostname.nullable().default(null),
};

function say(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}

function canonical(text: string): string | null {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return null;
  if (text.includes("%")) return null;
  return ipaddr.process(text).toString();
}

const list = { from: allocations, id: allocations.id, sorts: { port: allocations.port } };

export function listAllocations(
  node: string,
  { state, ...query }: KeyedQuery & { state?: "free" | "used" | undefined },
) {
  loadNode(node);
  const conditions = [
    { where: sql`${allocations.nodeId} = ${node}` },
    state && {
      where: state === "free" ? sql`${allocations.serverId} is null` : sql`${allocations.serverId} is not null`,
    },
    query.q
      ? {
          where: sql`(${allocations.ip} = ${canonical(query.q) ?? query.q} or ${allocations.port} = ${query.q} or ${allocations.alias} = ${query.q.toLowerCase()})`,
        }
      : undefined,
  ].filter((one) => typeof one === "object");
  return readKeyed(list, query, { conditions }, (ids) =>
    db()
      .select()
      .from(allocations)
      .where(inArray(allocations.id, ids))
      .all()
      .map(({ serverId, ...row }) => ({ ...row, used: serverId !== null })),
  );
}

/** Those that are there already stay as they are. */
export function addAllocations(
  id: string,
  { ip, ports, alias }: { ip: string; ports: readonly string[]; alias: string | null },
  actor: Actor,
): { added: number; there: number } {
  const wanted = portsOf(ports);
  return transaction((tx) => {
    const node = loadNode(id, tx);
    const has = tx.select({ n: count() }).from(allocations).where(eq(allocations.nodeId, id)).get()?.n ?? 0;
    if (has + wanted.length > MOST)
      throw invalid({ ports: `A node has at most ${MOST.toLocaleString("en-GB")} allocations.` });
    const createdAt = Date.now();
    let added = 0;
    for (const port of wanted)
      added += tx
        .insert(allocations)
        .values({ id: newId(), nodeId: id, ip, port, alias, createdAt })
        .onConflictDoNothing()
        .run().changes;
    audit(tx, actor, { target: targetOf(node), after: { ip, ports, alias, added } });
    return { added, there: wanted.length - added };
  });
}

/** Each port once, in order. Throws `invalid_input`. */
function portsOf(ranges: readonly string[]): number[] {
  const found = new Set<number>();
  for (const range of ranges) {
    const [, first = "", last = first] = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(range) ?? [];
    const [low, high] = [Number(first), Number(last)];
    if (first === "") throw invalid({ ports: `${range} is no port and no range such as 25565-25580.` });
    if (low < LOWEST || high > 65_535) throw invalid({ ports: `Ports of servers are from ${LOWEST} to 65535.` });
    if (high < low) throw invalid({ ports: `${range} ends before it begins.` });
    if (high - low >= MOST_AT_ONCE) throw invalid({ ports: TOO_MANY });
    for (let port = low; port <= high; port++) found.add(port);
  }
  if (found.size > MOST_AT_ONCE) throw invalid({ ports: TOO_MANY });
  return [...found].toSorted((a, b) => a - b);
}

const TOO_MANY = `Add at most ${MOST_AT_ONCE.toLocaleString("en-GB")} ports at once.`;

export function aliasAllocations(
  id: string,
  ids: readonly string[],
  alias: string | null,
  actor: Actor,
): { changed: number } {
  return transaction((tx) => {
    const node = loadNode(id, tx);
    const those = and(eq(allocations.nodeId, id), inArray(allocations.id, [...ids]));
    const { changes } = tx.update(allocations).set({ alias }).where(those).run();
    if (changes < new Set(ids).size) throw new Problem("conflict", "One of these is gone. Load the list again.");
    audit(tx, actor, { target: targetOf(node), after: { allocations: changes, alias } });
    return { changed: changes };
  });
}

/** Only those that no server has; one that is had keeps all of them. */
export function removeAllocations(id: string, ids: readonly string[], actor: Actor): { removed: number } {
  return transaction((tx) => {
    const node = loadNode(id, tx);
    const those = and(eq(allocations.nodeId, id), inArray(allocations.id, [...ids]));
    const used = tx
      .select({ ip: allocations.ip, port: allocations.port })
      .from(allocations)
      .where(and(those, isNotNull(allocations.serverId)))
      .get();
    if (used)
      throw new Problem("conflict", `A server has ${used.ip} port ${used.port}. Take it from the server first.`);
    const gone = tx.delete(allocations).where(those).returning().all();
    if (gone.length < new Set(ids).size) throw new Problem("conflict", "One of these is gone. Load the list again.");
    audit(tx, actor, {
      target: targetOf(node),
      before: { removed: gone.slice(0, 100).map(({ ip, port }) => `${ip} ${port}`) },
    });
    return { removed: gone.length };
  });
}
