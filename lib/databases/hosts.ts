/** Database hosts as staff keep them. */
import { and, asc, count, eq, inArray, ne, sql } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { databaseHosts, nodes, serverDatabases } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { likeAnywhere } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { seal, unseal } from "#lib/crypto/seal.ts";
import { openAddress } from "#lib/http/guarded-fetch.ts";
import { newId } from "#lib/id.ts";
import { type DatabaseAdapter, DatabaseHostError, type DatabaseKind, type HostAddress } from "./adapter.ts";
import { mariaDb } from "./mariadb.ts";
import { postgreSql } from "./postgresql.ts";
import type { HostDetail, HostFields } from "./shapes.ts";

export type HostRow = typeof databaseHosts.$inferSelect;

const list = {
  from: databaseHosts,
  id: databaseHosts.id,
  sorts: { name: databaseHosts.name, createdAt: databaseHosts.createdAt },
};

export function listHosts({ kind, ...query }: KeyedQuery & { kind?: DatabaseKind | undefined }) {
  const pattern = likeAnywhere(query.q);
  const conditions = [
    kind && { where: sql`${databaseHosts.kind} = ${kind}` },
    query.q
      ? {
          where: sql`(${databaseHosts.id} = ${query.q} or ${databaseHosts.name} like ${pattern} escape '\\' or ${databaseHosts.host} like ${pattern} escape '\\')`,
        }
      : undefined,
  ].filter((one) => typeof one === "object");
  return readKeyed(list, query, { conditions }, (ids) =>
    select().where(inArray(databaseHosts.id, ids)).all().map(summaryOf),
  );
}

export function openHost(id: string): HostDetail {
  const row = select().where(eq(databaseHosts.id, id)).get();
  if (!row) throw notFound("database host");
  return { ...row.host, ...summaryOf(row) };
}

const select = () =>
  db()
    .select({
      host: databaseHosts,
      node: { id: nodes.id, name: nodes.name },
      databases: sql<number>`(select count(*) from server_databases where server_databases.host_id = database_hosts.id)`,
    })
    .from(databaseHosts)
    .leftJoin(nodes, eq(nodes.id, databaseHosts.nodeId));

const summaryOf = ({ host, node, databases }: NonNullable<ReturnType<ReturnType<typeof select>["get"]>>) => ({
  ...host,
  node,
  databases,
  closed: host.closed === 1,
});

/** Throws `not_found`. */
export function loadHost(id: string, tx: Pick<Tx, "select"> = db()): HostRow {
  const row = tx.select().from(databaseHosts).where(eq(databaseHosts.id, id)).get();
  if (!row) throw notFound("database host");
  return row;
}

/** Asked first: a host that does not take the panel is not kept. */
export async function createHost(given: HostFields, actor: Actor): Promise<{ id: string }> {
  assertNode(given.node);
  const { version } = await tried(given.kind, given);
  return transaction((tx) => {
    const now = Date.now();
    const id = newId(now);
    assertFree(tx, id, given);
    const row = { id, ...columnsOf(given), password: seal(given.password, ofPassword(id)) };
    tx.insert(databaseHosts)
      .values({ ...row, state: "ok", version, checkedAt: now, createdAt: now, updatedAt: now })
      .run();
    audit(tx, actor, { target: targetOf(row), after: toldOf(row) });
    return { id };
  });
}

export async function editHost(
  id: string,
  { revision, ...given }: { [K in keyof HostFields]?: HostFields[K] | undefined } & { revision?: number | undefined },
  actor: Actor,
): Promise<{ id: string }> {
  const before = loadHost(id);
  if (given.node !== undefined) assertNode(given.node);
  const wanted = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const known = { ...before, node: before.nodeId, closed: before.closed === 1, password: passwordOf(before) };
  const after: HostFields = { ...known, ...wanted };
  const reached = (["host", "port", "username", "password", "tls", "ca"] as const).some(
    (key) => after[key] !== known[key],
  );
  // A secret is not sent to another place than it was typed for.
  const moved = (["host", "port", "tls", "ca"] as const).some((key) => after[key] !== known[key]);
  if (moved && given.password === undefined)
    throw invalid({ password: "Enter the password again: it would be sent to another place." });
  const version = reached ? (await tried(before.kind, after)).version : before.version;
  return transaction((tx) => {
    const { revision: now } = loadHost(id, tx);
    if (now !== (revision ?? before.revision) || now !== before.revision)
      throw new Problem("conflict", "Somebody else has changed this host meanwhile. Load the page again.");
    assertFree(tx, id, after);
    const columns = columnsOf(after);
    tx.update(databaseHosts)
      .set({
        ...columns,
        password: seal(after.password, ofPassword(id)),
        ...(reached ? { state: "ok" as const, error: null, version, checkedAt: Date.now() } : {}),
        revision: now + 1,
        updatedAt: Date.now(),
      })
      .where(eq(databaseHosts.id, id))
      .run();
    const rekeyed = after.password === known.password ? {} : { password: "changed" };
    audit(tx, actor, { target: targetOf(before), before: toldOf(before), after: { ...toldOf(columns), ...rekeyed } });
    return { id };
  });
}

/** What is on a host stays there: so it is refused while the panel knows of anything. */
export function removeHost(id: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const host = loadHost(id, tx);
    const used = tx.select({ n: count() }).from(serverDatabases).where(eq(serverDatabases.hostId, id)).get()?.n ?? 0;
    if (used > 0)
      throw new Problem("conflict", `${used === 1 ? "1 database is" : `${used} databases are`} on this host.`, {
        databases: used,
      });
    tx.delete(databaseHosts).where(eq(databaseHosts.id, id)).run();
    audit(tx, actor, { target: targetOf(host), before: toldOf(host) });
    return { id };
  });
}

/** Asks the host how it is, and how much its databases hold. */
export async function testHost(id: string, actor: Actor) {
  const host = loadHost(id);
  const adapter = adapterOf(host);
  const names = db()
    .select({ name: serverDatabases.name })
    .from(serverDatabases)
    .where(eq(serverDatabases.hostId, id))
    .orderBy(asc(serverDatabases.name))
    .all()
    .map(({ name }) => name);
  const asked = await Promise.all([adapter.test(), adapter.sizes(names)]).then(
    ([{ version }, sizes]) => ({ ok: true as const, version, sizes }),
    (error: unknown) => ({ ok: false as const, error: sentenceOf(error) }),
  );
  return transaction((tx) => {
    const state: "ok" | "failed" = asked.ok ? "ok" : "failed";
    const found = asked.ok ? { version: asked.version, error: null } : { error: asked.error };
    // Where it leads may have been changed meanwhile.
    tx.update(databaseHosts)
      .set({ state, checkedAt: Date.now(), ...found })
      .where(and(eq(databaseHosts.id, id), eq(databaseHosts.revision, host.revision)))
      .run();
    audit(tx, actor, { target: targetOf(host), after: { tested: state } });
    const octets = asked.ok ? [...asked.sizes.values()].reduce((sum, one) => sum + one, 0) : null;
    const missing = asked.ok ? names.filter((name) => !asked.sizes.has(name)) : [];
    return { state, error: asked.ok ? null : asked.error, version: asked.ok ? asked.version : null, octets, missing };
  });
}

/** The panel's way to a host, with its secret opened. */
export const adapterOf = (host: HostRow): DatabaseAdapter =>
  adapters[host.kind]({ ...host, password: passwordOf(host) });

const reachable = (host: string, port: number) => openAddress("staff", host, port);
const adapters: Readonly<Record<DatabaseKind, (at: HostAddress) => DatabaseAdapter>> = {
  mariadb: (at) => mariaDb(at, reachable),
  postgresql: (at) => postgreSql(at, reachable),
};

async function tried(kind: DatabaseKind, at: HostAddress): Promise<{ version: string }> {
  try {
    return await adapters[kind](at).test();
  } catch (error) {
    throw invalid({ host: sentenceOf(error) });
  }
}

export const sentenceOf = (error: unknown): string =>
  error instanceof DatabaseHostError ? error.message : "The host cannot be reached.";

function assertNode(id: string | null): void {
  if (id !== null && !db().select({ id: nodes.id }).from(nodes).where(eq(nodes.id, id)).get())
    throw invalid({ node: "There is no such node." });
}

function assertFree(tx: Tx, id: string, { host, port }: Pick<HostFields, "host" | "port">): void {
  const same = and(eq(databaseHosts.host, host), eq(databaseHosts.port, port), ne(databaseHosts.id, id));
  const other = tx.select({ name: databaseHosts.name }).from(databaseHosts).where(same).get();
  if (other) throw invalid({ host: `${other.name} is at this address and port.` });
}

const columnsOf = ({ node, closed, password: _, ...fields }: HostFields) => ({
  name: fields.name,
  kind: fields.kind,
  host: fields.host,
  port: fields.port,
  publicHost: fields.publicHost,
  publicPort: fields.publicPort,
  username: fields.username,
  tls: fields.tls,
  ca: fields.ca,
  most: fields.most,
  nodeId: node,
  closed: Number(closed),
});

const passwordOf = (host: Pick<HostRow, "id" | "password">): string => unseal(host.password, ofPassword(host.id));
const ofPassword = (host: string) => ({ table: "database_hosts", column: "password", row: host });

export const targetOf = ({ id, name }: { id: string; name: string }) => ({ type: "databaseHost", id, label: name });

/** Without the secret. */
const toldOf = ({
  name,
  kind,
  host,
  port,
  username,
  tls,
  most,
  nodeId,
  closed,
}: Omit<
  HostRow,
  "password" | "state" | "error" | "version" | "checkedAt" | "revision" | "createdAt" | "updatedAt" | "id"
> & { id?: string }) => ({
  name,
  kind,
  host,
  port,
  username,
  tls,
  most,
  node: nodeId,
  closed: closed === 1,
});
