/** The databases of servers: a row here, and a database with an account of its own at a host. */
import { and, asc, count, eq, inArray, isNull, or, sql } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { databaseHosts, serverDatabases, servers } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { likeAnywhere } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { seal, unseal } from "#lib/crypto/seal.ts";
import { newId } from "#lib/id.ts";
import { randomText } from "#lib/nodes/credentials.ts";
import { stillThere } from "#lib/servers/acts.ts";
import type { ServerRow } from "#lib/servers/load.ts";
import { adapterOf, type HostRow, loadHost, sentenceOf } from "./hosts.ts";
import { dropDatabase, isBeingMade, setPassword, settleRotation } from "./job.ts";
import { inUrl, type ServerDatabase } from "./shapes.ts";

export type DatabaseRow = typeof serverDatabases.$inferSelect;
type Person = Actor & { id: string };

/** Those of one server, how many it may have, and where another can be made. */
export function databasesOf(server: ServerRow) {
  const rows = select().where(eq(serverDatabases.serverId, server.id)).orderBy(asc(serverDatabases.name)).all();
  const hosts = openHosts(server).map(({ id, name, kind }) => ({ id, name, kind }));
  return { items: rows.map(shown), limit: server.databaseLimit, hosts };
}

/** All of the panel, for staff. */
export function listDatabases({ host, ...query }: KeyedQuery & { host?: string | undefined }) {
  const pattern = likeAnywhere(query.q);
  const conditions = [
    host && { where: sql`${serverDatabases.hostId} = ${host}` },
    query.q ? { where: sql`${serverDatabases.name} like ${pattern} escape '\\'` } : undefined,
  ].filter((one) => typeof one === "object");
  return readKeyed(list, query, { conditions }, (ids) =>
    select()
      .where(inArray(serverDatabases.id, ids))
      .all()
      .map((row) => ({ ...shown(row), server: row.server, hostId: row.host.id })),
  );
}

const list = {
  from: serverDatabases,
  id: serverDatabases.id,
  sorts: { name: serverDatabases.name, createdAt: serverDatabases.createdAt },
};

const select = () =>
  db()
    .select({ row: serverDatabases, host: databaseHosts, server: { id: servers.id, name: servers.name } })
    .from(serverDatabases)
    .innerJoin(databaseHosts, eq(databaseHosts.id, serverDatabases.hostId))
    .innerJoin(servers, eq(servers.id, serverDatabases.serverId));

const shown = ({ row, host }: { row: DatabaseRow; host: HostRow }): ServerDatabase => ({
  id: row.id,
  name: row.name,
  username: row.username,
  kind: host.kind,
  hostName: host.name,
  host: host.publicHost ?? host.host,
  port: host.publicPort ?? host.port,
  state: row.state,
  createdAt: row.createdAt,
  rotatedAt: row.rotatedAt,
});

/** The row comes first, so that whatever happens at the host is known to belong to somebody. */
export async function createDatabase(
  server: ServerRow,
  given: { label: string; host?: string | undefined },
  actor: Person,
  asStaff: boolean,
): Promise<{ id: string }> {
  const { row, host, password } = transaction((tx) => {
    const held = tx.select({ n: count() }).from(serverDatabases).where(eq(serverDatabases.serverId, server.id)).get();
    const { databaseLimit: limit } = stillThere(tx, server.id);
    if ((held?.n ?? 0) >= limit)
      throw new Problem(
        "conflict",
        limit ? `This server can have at most ${limit} databases.` : "This server can have no databases.",
      );
    const host = hostFor(server, given.host, tx);
    const at = Date.now();
    const [id, name, secret] = [newId(at), `s${server.short}_${given.label}`, randomText(32)];
    const same = and(eq(serverDatabases.hostId, host.id), eq(serverDatabases.name, name));
    if (tx.select({ id: serverDatabases.id }).from(serverDatabases).where(same).get())
      throw invalid({ label: "This server has a database of this name there." });
    const row = {
      id,
      serverId: server.id,
      hostId: host.id,
      name,
      username: `u${server.short}_${randomText(10).toLowerCase()}`,
      password: seal(secret, ofPassword(id)),
      state: "creating" as const,
      createdBy: actor.id,
      createdAt: at,
    };
    tx.insert(serverDatabases).values(row).run();
    audit(tx, actor, { ...targetOf(server), after: { database: name, host: host.name }, asStaff });
    return { row, host, password: secret };
  });
  try {
    await adapterOf(host).create({ database: row.name, username: row.username, password });
  } catch (error) {
    // Whatever came to be of it goes again.
    transaction((tx) => {
      tx.update(serverDatabases).set({ state: "deleting" }).where(eq(serverDatabases.id, row.id)).run();
      dropDatabase.enqueue(tx, { id: row.id });
    });
    throw new Problem("provider_failed", `The database was not made. ${sentenceOf(error)}`, {}, error);
  }
  transaction((tx) => {
    tx.update(serverDatabases)
      .set({ state: "ready" })
      .where(and(eq(serverDatabases.id, row.id), eq(serverDatabases.state, "creating")))
      .run();
  });
  return { id: row.id };
}

/** The new password is written down before the host has it: if the panel ends in between, the job sets it once more. */
export async function rotatePassword(
  server: ServerRow,
  reference: string,
  actor: Actor,
  asStaff: boolean,
): Promise<{ id: string }> {
  const row = transaction((tx) => {
    const row = loadDatabase(server, reference, tx);
    assertReady(row);
    const next = seal(randomText(32), ofNext(row.id));
    tx.update(serverDatabases).set({ nextPassword: next }).where(eq(serverDatabases.id, row.id)).run();
    audit(tx, actor, { ...targetOf(server), after: { database: row.name, password: "changed" }, asStaff });
    return { ...row, nextPassword: next };
  });
  try {
    await settleRotation(row.id);
  } catch (error) {
    transaction((tx) => setPassword.enqueue(tx, { id: row.id }));
    throw new Problem(
      "provider_failed",
      `The host did not say that it took the new password; it is set again until it does. ${sentenceOf(error)}`,
      {},
      error,
    );
  }
  return { id: row.id };
}

/** Gone for the panel at once, and at the host as soon as that answers. */
export function removeDatabase(server: ServerRow, reference: string, name: string, actor: Actor, asStaff: boolean) {
  return transaction((tx) => {
    const row = loadDatabase(server, reference, tx);
    if (name !== row.name) throw invalid({ name: "This is not its name." });
    if (isBeingMade(row)) throw new Problem("conflict", "This database is being made. Delete it when that is over.");
    tx.update(serverDatabases).set({ state: "deleting" }).where(eq(serverDatabases.id, row.id)).run();
    dropDatabase.enqueue(tx, { id: row.id });
    audit(tx, actor, { ...targetOf(server), before: { database: row.name }, asStaff });
    return { id: row.id };
  });
}

/** What a program needs to get in. Noted each time. */
export function showCredentials(server: ServerRow, reference: string, actor: Actor, asStaff: boolean) {
  return transaction((tx) => {
    const row = loadDatabase(server, reference, tx);
    assertReady(row);
    const host = loadHost(row.hostId, tx);
    audit(tx, actor, { ...targetOf(server), after: { database: row.name, shown: "password" }, asStaff });
    const at = { host: host.publicHost ?? host.host, port: host.publicPort ?? host.port };
    const password = unseal(row.password, ofPassword(row.id));
    const scheme = { mariadb: "mysql", postgresql: "postgresql" }[host.kind];
    const url = `${scheme}://${row.username}:${password}@${inUrl(at.host)}:${at.port}/${row.name}`;
    return { ...at, database: row.name, username: row.username, password, url };
  });
}

function openHosts(server: Pick<ServerRow, "nodeId">, tx: Pick<Tx, "select"> = db()): HostRow[] {
  return tx
    .select()
    .from(databaseHosts)
    .where(
      and(
        eq(databaseHosts.closed, 0),
        or(isNull(databaseHosts.nodeId), eq(databaseHosts.nodeId, server.nodeId)),
        sql`(${databaseHosts.most} is null or ${databaseHosts.most} > (select count(*) from server_databases where server_databases.host_id = database_hosts.id))`,
      ),
    )
    .orderBy(asc(databaseHosts.name))
    .all();
}

/** Of the node's own hosts before those of every node, where none is named. */
function hostFor(server: ServerRow, id: string | undefined, tx: Tx): HostRow {
  const open = openHosts(server, tx);
  if (id !== undefined) {
    const named = open.find((host) => host.id === id);
    if (!named) throw invalid({ host: "Choose one of the hosts that are offered." });
    return named;
  }
  const host = open.find(({ nodeId }) => nodeId !== null) ?? open[0];
  if (!host) throw new Problem("conflict", "There is no database host with room. Ask whoever runs the panel.");
  return host;
}

/** By its id, and of this server. */
function loadDatabase(server: Pick<ServerRow, "id">, id: string, tx: Pick<Tx, "select">): DatabaseRow {
  const row = tx
    .select()
    .from(serverDatabases)
    .where(and(eq(serverDatabases.id, id), eq(serverDatabases.serverId, server.id)))
    .get();
  if (!row) throw notFound("database");
  return row;
}

function assertReady({ state, nextPassword }: DatabaseRow): void {
  if (state === "creating") throw new Problem("conflict", "This database is being made.");
  if (state === "deleting") throw new Problem("conflict", "This database is being deleted.");
  if (nextPassword !== null) throw new Problem("conflict", "Its password is being changed. Try again in a moment.");
}

const targetOf = (server: ServerRow) => ({
  target: { type: "server", id: server.id, label: server.name },
  organisationId: server.organisationId,
});

const ofPassword = (database: string) => ({ table: "server_databases", column: "password", row: database });
const ofNext = (database: string) => ({ table: "server_databases", column: "next_password", row: database });
