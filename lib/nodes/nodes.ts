/** Nodes as staff keep them. */
import { and, count, eq, inArray, isNotNull, isNull, max, ne, or, sql } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { allocations, mountNodes, mounts, nodes, organisations, servers, serverTransfers } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { likeAnywhere } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { assertFresh } from "#lib/auth/fresh.ts";
import { env } from "#lib/env.ts";
import { newId } from "#lib/id.ts";
import { meet } from "#lib/mounts/paths.ts";
import { type NodeRow, newCredentials, sealedToken } from "./credentials.ts";
import type { System } from "./daemon.ts";
import { type Health, healthOf, inHealth } from "./health.ts";
import { loadNode } from "./load.ts";
import { leftOf, takenOn } from "./room.ts";
import type { classifications, NodeDetail, NodeFields } from "./shapes.ts";
import { warningAbout } from "./version.ts";

const list = {
  from: nodes,
  id: nodes.id,
  sorts: { name: nodes.name, createdAt: nodes.createdAt, number: nodes.number },
};

/** Further apart than this, what one side signs is not valid at the other. */
const DRIFT_MS = 5000;

export interface NodeFilters {
  health?: Health | undefined;
  classification?: (typeof classifications)[number] | undefined;
  maintenance?: "on" | "off" | undefined;
}

export function listNodes({ health, classification, maintenance, ...query }: KeyedQuery & NodeFilters) {
  const pattern = likeAnywhere(query.q);
  const says = sql`(${nodes.id} = ${query.q} or ${nodes.name} like ${pattern} escape '\\' or ${nodes.fqdn} like ${pattern} escape '\\' or ${nodes.location} like ${pattern} escape '\\')`;
  const conditions = [
    health && { where: inHealth(health) },
    classification && { where: sql`${nodes.classification} = ${classification}` },
    maintenance && { where: sql`${nodes.maintenance} = ${Number(maintenance === "on")}` },
    query.q ? { where: says } : undefined,
  ].filter((one) => typeof one === "object");
  return readKeyed(list, query, { conditions }, (ids) => {
    const numbers = db()
      .select({ id: allocations.nodeId, n: count() })
      .from(allocations)
      .where(inArray(allocations.nodeId, ids))
      .groupBy(allocations.nodeId)
      .all();
    const taken = takenOn(db(), ids);
    return db()
      .select({ node: nodes, organisation: organisationColumns })
      .from(nodes)
      .leftJoin(organisations, eq(organisations.id, nodes.organisationId))
      .where(inArray(nodes.id, ids))
      .all()
      .map(({ node, organisation }) => ({
        ...summaryOf(node, organisation),
        taken: taken(node.id),
        allocations: numbers.find(({ id }) => id === node.id)?.n ?? 0,
      }));
  });
}

const organisationColumns = { id: organisations.id, handle: organisations.handle, name: organisations.name };

type Named = { id: string; handle: string; name: string } | null;

const summaryOf = (node: NodeRow, organisation: Named) => ({
  ...node,
  organisation,
  maintenance: node.maintenance === 1,
  health: healthOf(node),
});

export function openNode(id: string): NodeDetail {
  const node = loadNode(id);
  const organisation = node.organisationId
    ? db().select(organisationColumns).from(organisations).where(eq(organisations.id, node.organisationId)).get()
    : undefined;
  const number = (where: ReturnType<typeof eq> | undefined) =>
    db()
      .select({ n: count() })
      .from(allocations)
      .where(and(eq(allocations.nodeId, id), where))
      .get()?.n ?? 0;
  const all = number(undefined);
  const until = node.previousUntil ?? 0;
  const taken = takenOn(db(), [id])(id);
  const left = leftOf(node, taken);
  return {
    ...summaryOf(node, organisation ?? null),
    behindProxy: node.behindProxy === 1,
    listenPort: node.listenPort === node.port ? null : node.listenPort,
    system: node.system === null ? null : (JSON.parse(node.system) as System),
    warnings: warningsOf(node),
    overlapUntil: until > Date.now() ? until : null,
    taken,
    left: { memory: limited(left.memory), disk: limited(left.disk) },
    allocations: all,
    freeAllocations: all - number(isNotNull(allocations.serverId)),
  };
}

const limited = (left: number): number | null => (Number.isFinite(left) ? Math.floor(left) : null);

function warningsOf({ unheardSince, version, driftMs, scheme, classification, organisationId }: NodeRow): string[] {
  const drift = Math.abs(driftMs ?? 0) >= DRIFT_MS ? Math.round(Math.abs(driftMs ?? 0) / 1000) : 0;
  return [
    unheardSince === null
      ? null
      : `It answers, and its own calls do not come here: nothing can be installed or moved there. It has to reach ${env().origin} with the configuration that stands here.`,
    warningAbout(version),
    drift > 0
      ? `Its clock is ${drift} seconds ${(driftMs ?? 0) > 0 ? "ahead of" : "behind"} the panel’s. Set both by NTP: what one signs the other refuses, or takes for too long.`
      : null,
    scheme === "http" ? "Without TLS its secret, consoles and files cross the network in the clear." : null,
    classification === "enterprise" && organisationId === null
      ? "It is for the servers of an organisation and has none: nobody’s servers are placed here."
      : null,
  ].filter((one) => one !== null);
}

export function createNode(given: NodeFields, actor: Actor): { id: string; number: number } {
  return transaction((tx) => {
    const now = Date.now();
    const id = newId(now);
    const { tokenId, token } = newCredentials();
    const columns = columnsOf(tx, given);
    const number =
      (tx
        .select({ n: max(nodes.number) })
        .from(nodes)
        .get()?.n ?? 0) + 1;
    assertFree(tx, id, columns);
    const row = { id, number, ...columns, tokenId, createdAt: now, updatedAt: now, rotatedAt: now };
    tx.insert(nodes)
      .values({ ...row, token: sealedToken(id, token) })
      .run();
    audit(tx, actor, { target: targetOf(row), after: toldOf(columns) });
    return { id, number };
  });
}

export function editNode(
  id: string,
  { revision, ...given }: { [K in keyof NodeFields]?: NodeFields[K] | undefined } & { revision?: number | undefined },
  actor: Actor,
): { id: string } {
  return transaction((tx) => {
    const before = loadNode(id, tx);
    if (revision !== undefined && revision !== before.revision)
      throw new Problem("conflict", "Somebody else has changed this node meanwhile. Load the page again.");
    const known: NodeFields = {
      ...before,
      behindProxy: before.behindProxy === 1,
      maintenance: before.maintenance === 1,
      listenPort: before.listenPort === before.port ? null : before.listenPort,
      organisation: before.organisationId,
    };
    const wanted = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const columns = columnsOf(tx, { ...known, ...wanted });
    assertFree(tx, id, columns);
    if (Object.entries(columns).every(([key, value]) => before[key as keyof NodeRow] === value)) return { id };
    if (columns.dataDirectory !== before.dataDirectory) assertApart(tx, id, columns.dataDirectory);
    if (columns.organisationId !== before.organisationId) assertTheirs(tx, id, columns.organisationId);
    const moved = columns.fqdn !== before.fqdn || columns.port !== before.port || columns.scheme !== before.scheme;
    if (moved) assertMayMove(actor);
    tx.update(nodes)
      .set({
        ...columns,
        // What answered elsewhere says nothing of what answers there.
        ...(moved
          ? {
              state: null,
              error: null,
              checkedAt: null,
              seenAt: null,
              latencyMs: null,
              driftMs: null,
              unheardSince: null,
            }
          : {}),
        revision: before.revision + 1,
        updatedAt: Date.now(),
      })
      .where(eq(nodes.id, id))
      .run();
    audit(tx, actor, { target: targetOf(before), before: toldOf(before), after: toldOf(columns) });
    return { id };
  });
}

/** The node's secret goes where it is said to be: whoever says so could read it there. */
function assertMayMove(actor: Actor): void {
  const needed = "nodes:credentials";
  if (actor.type === "token")
    throw new Problem("token_refused", "An API token cannot say where a node is: its secret is sent there.");
  if (!actor.grants.has(needed))
    throw new Problem("forbidden", "Only who may see a node’s credentials says where it is: they are sent there.", {
      missing: needed,
    });
  assertFresh(actor);
}

function assertApart(tx: Tx, id: string, dataDirectory: string): void {
  const shown = tx
    .select({ source: mounts.source })
    .from(mounts)
    .innerJoin(mountNodes, eq(mountNodes.mountId, mounts.id))
    .where(eq(mountNodes.nodeId, id))
    .all()
    .find(({ source }) => meet(source, dataDirectory));
  if (shown)
    throw invalid({
      dataDirectory: `The mount at ${shown.source} would show the files of all servers to those that have it.`,
    });
}

/** A node of an organisation runs the servers of that one alone. */
function assertTheirs(tx: Tx, id: string, organisation: string | null): void {
  if (organisation === null) return;
  const others = and(
    eq(servers.nodeId, id),
    or(isNull(servers.organisationId), ne(servers.organisationId, organisation)),
  );
  const n = tx.select({ n: count() }).from(servers).where(others).get()?.n ?? 0;
  if (n > 0)
    throw invalid({
      organisation: `${n === 1 ? "A server" : `${n} servers`} of others ${n === 1 ? "is" : "are"} on this node. Move them first.`,
    });
}

/** Refused while a server has one of its addresses. */
export function removeNode(id: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const node = loadNode(id, tx);
    const used = tx.select({ n: count() }).from(servers).where(eq(servers.nodeId, id)).get()?.n ?? 0;
    if (used > 0)
      throw new Problem("conflict", "Servers run on this node. Move or delete them first.", { servers: used });
    const coming = and(eq(serverTransfers.toNodeId, id), eq(serverTransfers.state, "going"));
    if (tx.select({ id: serverTransfers.id }).from(serverTransfers).where(coming).get())
      throw new Problem("conflict", "A server is moving to this node. Wait until it is there, or call that off.");
    tx.delete(nodes).where(eq(nodes.id, id)).run();
    audit(tx, actor, { target: targetOf(node), before: toldOf(node) });
    return { id };
  });
}

function columnsOf(tx: Tx, { organisation, listenPort, ...given }: NodeFields) {
  if (given.sftpPort === (listenPort ?? given.port))
    throw invalid({ sftpPort: "The daemon listens at this port already." });
  const organisationId = organisation === null ? null : organisationIdOf(tx, organisation);
  if (given.classification === "enterprise" && organisationId === null)
    throw invalid({ organisation: "Say whose servers it runs: an enterprise node is for one organisation." });
  return {
    name: given.name,
    location: given.location,
    fqdn: given.fqdn,
    scheme: given.scheme,
    behindProxy: Number(given.behindProxy),
    port: given.port,
    listenPort: listenPort ?? given.port,
    sftpPort: given.sftpPort,
    memory: given.memory,
    memoryOver: given.memoryOver,
    disk: given.disk,
    diskOver: given.diskOver,
    uploadLimit: given.uploadLimit,
    dataDirectory: given.dataDirectory,
    classification: given.classification,
    organisationId,
    maintenance: Number(given.maintenance),
  };
}

function organisationIdOf(tx: Tx, ref: string): string {
  const named = or(eq(organisations.id, ref), eq(organisations.handle, ref.toLowerCase()));
  const found = tx.select({ id: organisations.id }).from(organisations).where(named).get();
  if (!found) throw invalid({ organisation: "There is no such organisation." });
  return found.id;
}

function assertFree(tx: Tx, id: string, { fqdn, port }: { fqdn: string; port: number }): void {
  const same = and(eq(nodes.fqdn, fqdn), eq(nodes.port, port), ne(nodes.id, id));
  if (tx.select({ id: nodes.id }).from(nodes).where(same).get())
    throw invalid({ fqdn: "Another node is at this name and port." });
}

export const targetOf = ({ id, name }: Pick<NodeRow, "id" | "name">) => ({ type: "node", id, label: name });

const told = [
  "name",
  "location",
  "fqdn",
  "scheme",
  "behindProxy",
  "port",
  "listenPort",
  "sftpPort",
  "memory",
  "memoryOver",
  "disk",
  "diskOver",
  "uploadLimit",
  "dataDirectory",
  "classification",
  "organisationId",
  "maintenance",
] as const;

/** Everything that people set, and no secret. */
const toldOf = (row: Pick<NodeRow, (typeof told)[number]>): object =>
  Object.fromEntries(told.map((key) => [key, row[key]]));
