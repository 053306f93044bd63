/** On which node a server goes, and at which of its addresses. */
import { and, asc, eq, exists, inArray, isNull, or, type SQL, sql } from "drizzle-orm";
import { type DbOrTx, db, type Tx } from "#db/client.ts";
import { allocations, nodes } from "#db/schema/index.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { inHealth } from "#lib/nodes/health.ts";
import { roomOf } from "#lib/nodes/room.ts";

export interface Wish {
  organisationId: string | null;
  /** MiB; 0 takes nothing of what is counted. */
  memory: number;
  disk: number;
  /** Staff place servers also where only those who pay have theirs. */
  asStaff: boolean;
  /** Null: wherever there is room. */
  node: string | null;
  /** Null: any that is free. */
  allocation: string | null;
}

/** So many are looked at together, and the one with most room is taken. */
export const LOOKED_AT = 25;

/** Throws a sentence where there is no room. The allocation is free: it has to be taken in the same transaction. */
export function place(tx: Tx, wish: Wish): { nodeId: string; allocationId: string } {
  const candidates = shuffled(openNodes(wish, tx).map(({ id }) => id));
  if (wish.node !== null && candidates.length === 0)
    throw invalid({ node: "This node takes no such server now: it is away, in maintenance, for others, or full." });
  for (let at = 0; at < candidates.length; at += LOOKED_AT) {
    const found = roomiest(tx, candidates.slice(at, at + LOOKED_AT), wish);
    if (found !== null) return { nodeId: found, allocationId: freeAllocation(tx, found, wish.allocation) };
  }
  if (wish.node !== null) throw invalid({ node: "This node has not enough memory or disk left." });
  throw new Problem("conflict", "No node has room for this server now. Ask for less, or whoever runs the panel.");
}

/** Those that such a server may be on, however full they are. */
export const openNodes = ({ organisationId, asStaff, node }: Wish, tx: DbOrTx = db()) =>
  opened(
    tx,
    and(
      node === null ? undefined : eq(nodes.id, node),
      forWhom(organisationId === null ? [] : [organisationId], asStaff),
    ),
  );

/** The same for the servers of people, and of each of these organisations (null: of an account), in one query. */
export function openNodesFor(organisations: readonly string[]) {
  const all = opened(db(), forWhom(organisations, false));
  return (organisation: string | null) => all.filter(({ whose }) => whose === null || whose === organisation);
}

function opened(tx: DbOrTx, where: SQL | undefined) {
  return tx
    .select({ id: nodes.id, name: nodes.name, location: nodes.location, whose: nodes.organisationId })
    .from(nodes)
    .where(
      and(
        inHealth("healthy"),
        eq(nodes.maintenance, 0),
        where,
        exists(
          tx
            .select({ one: sql`1` })
            .from(allocations)
            .where(and(eq(allocations.nodeId, sql`nodes.id`), isNull(allocations.serverId))),
        ),
      ),
    )
    .orderBy(asc(nodes.name))
    .all();
}

/** A node of an organisation runs the servers of that one alone; one for enterprises that has none runs nobody's. */
function forWhom(organisations: readonly string[], asStaff: boolean): SQL | undefined {
  const own = organisations.length === 0 ? undefined : inArray(nodes.organisationId, [...organisations]);
  const kinds = ["free", "free_and_paid", ...(asStaff ? (["paid"] as const) : [])] as const;
  return or(own, and(isNull(nodes.organisationId), inArray(nodes.classification, kinds)));
}

function roomiest(tx: Tx, ids: readonly string[], { memory, disk }: Wish): string | null {
  const rooms = [...roomOf(tx, ids)].filter(([, left]) => memory <= left.memory && disk <= left.disk);
  return rooms.toSorted(([, a], [, b]) => b.memory - a.memory)[0]?.[0] ?? null;
}

function freeAllocation(tx: Tx, node: string, wanted: string | null): string {
  const found = tx
    .select({ id: allocations.id })
    .from(allocations)
    .where(
      and(
        eq(allocations.nodeId, node),
        isNull(allocations.serverId),
        wanted === null ? undefined : eq(allocations.id, wanted),
      ),
    )
    .orderBy(asc(allocations.port))
    .limit(1)
    .get();
  if (found) return found.id;
  throw wanted === null
    ? new Problem("conflict", "This node has no free address left.")
    : invalid({ allocation: "This address is taken, or of another node." });
}

/** Gives a free allocation to a server. Throws where somebody was faster. */
export function take(tx: Tx, allocationId: string, serverId: string): void {
  const free = and(eq(allocations.id, allocationId), isNull(allocations.serverId));
  if (tx.update(allocations).set({ serverId }).where(free).run().changes === 0)
    throw new Problem("conflict", "Somebody else has just taken this address. Try again.");
}

export function shuffled<T>(list: readonly T[]): T[] {
  const rest = [...list];
  for (let at = rest.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1));
    const [a, b] = [rest[at], rest[other]];
    if (a !== undefined && b !== undefined) [rest[at], rest[other]] = [b, a];
  }
  return rest;
}
