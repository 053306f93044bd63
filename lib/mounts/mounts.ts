/** Mounts as staff keep them: a folder of some nodes that servers there can get. */
import { and, count, eq, inArray, ne, type SQL, sql } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { eggs, mountEggs, mountNodes, mounts, nodes, serverMounts } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { likeAnywhere } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { syncSoon } from "#lib/servers/sync.ts";
import { sourceProblem, targetProblem } from "./paths.ts";
import type { MountFields } from "./shapes.ts";

export type MountRow = typeof mounts.$inferSelect;

const list = { from: mounts, id: mounts.id, sorts: { name: mounts.name, createdAt: mounts.createdAt } };

export function listMounts({
  node,
  elsewhere,
  ...query
}: KeyedQuery & { node?: string | undefined; elsewhere?: string | undefined }) {
  const pattern = likeAnywhere(query.q);
  const at = (id: string) => sql`mounts.id in (select mount_id from mount_nodes where node_id = ${id})`;
  const conditions = [
    node !== undefined && { where: at(node) },
    elsewhere !== undefined && { where: sql`not ${at(elsewhere)}` },
    query.q !== "" && {
      where: sql`(mounts.id = ${query.q} or mounts.name like ${pattern} escape '\\' or mounts.source like ${pattern} escape '\\' or mounts.target like ${pattern} escape '\\')`,
    },
  ].filter((one): one is { where: SQL } => typeof one === "object");
  return readKeyed(list, query, { conditions }, rowsOf);
}

function rowsOf(ids: string[]) {
  const [onNodes, ofEggs] = [linkedTo("node", ids), linkedTo("egg", ids)];
  const used = db()
    .select({ id: serverMounts.mountId, n: count() })
    .from(serverMounts)
    .where(inArray(serverMounts.mountId, ids))
    .groupBy(serverMounts.mountId)
    .all();
  const own = (all: readonly Linked[], id: string) =>
    all.filter(({ mount }) => mount === id).map(({ mount: _, ...one }) => one);
  return db()
    .select()
    .from(mounts)
    .where(inArray(mounts.id, ids))
    .all()
    .map((row) => ({
      ...row,
      readOnly: row.readOnly === 1,
      selfService: row.selfService === 1,
      everyEgg: row.everyEgg === 1,
      nodes: own(onNodes, row.id),
      eggs: own(ofEggs, row.id),
      servers: used.find(({ id }) => id === row.id)?.n ?? 0,
    }));
}

interface Linked {
  mount: string;
  id: string;
  name: string;
}

/** The nodes, or the eggs, that each of these mounts is for. */
const linkedTo = (what: "node" | "egg", ids: readonly string[]): Linked[] =>
  db().all<Linked>(
    sql`select mount_id as mount, id, name from ${sql.raw(`mount_${what}s join ${what}s on id = ${what}_id`)}
      where mount_id in (select value from json_each(${JSON.stringify(ids)})) order by name`,
  );

/** Throws `not_found`. */
export function loadMount(id: string, tx: Pick<Tx, "select"> = db()): MountRow {
  const row = tx.select().from(mounts).where(eq(mounts.id, id)).get();
  if (!row) throw notFound("mount");
  return row;
}

export function createMount(given: MountFields, actor: Actor): { id: string } {
  return transaction((tx) => {
    const now = Date.now();
    const id = newId(now);
    check(tx, id, given);
    const row = { id, ...columnsOf(given) };
    tx.insert(mounts)
      .values({ ...row, createdAt: now, updatedAt: now })
      .run();
    writePlaces(tx, id, given);
    audit(tx, actor, { target: targetOf(row), after: given });
    return { id };
  });
}

export function editMount(
  id: string,
  { revision, ...given }: { [K in keyof MountFields]?: MountFields[K] | undefined } & { revision?: number | undefined },
  actor: Actor,
): { id: string } {
  return transaction((tx) => {
    const row = loadMount(id, tx);
    if (revision !== undefined && revision !== row.revision)
      throw new Problem("conflict", "Somebody else has changed this mount meanwhile. Load the page again.");
    const before = fieldsOf(tx, row);
    const wanted = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const after: MountFields = { ...before, ...wanted };
    check(tx, id, after);
    tx.update(mounts)
      .set({ ...columnsOf(after), revision: row.revision + 1, updatedAt: Date.now() })
      .where(eq(mounts.id, id))
      .run();
    writePlaces(tx, id, after);
    for (const server of serversWith(tx, id)) syncSoon(tx, server);
    audit(tx, actor, { target: targetOf(row), before, after });
    return { id };
  });
}

/** From its servers too: they are told, and lose it when they are next started. */
export function removeMount(id: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const row = loadMount(id, tx);
    const servers = serversWith(tx, id);
    const before = { ...fieldsOf(tx, row), servers: servers.length };
    tx.delete(mounts).where(eq(mounts.id, id)).run();
    for (const server of servers) syncSoon(tx, server);
    audit(tx, actor, { target: targetOf(row), before });
    return { id };
  });
}

const serversWith = (tx: Tx, mount: string): string[] =>
  tx
    .select({ id: serverMounts.serverId })
    .from(serverMounts)
    .where(eq(serverMounts.mountId, mount))
    .all()
    .map(({ id }) => id);

function check(tx: Tx, id: string, given: MountFields): void {
  const known = tx.select({ id: nodes.id, kept: nodes.dataDirectory }).from(nodes);
  const on = given.nodes.length === 0 ? [] : known.where(inArray(nodes.id, given.nodes)).all();
  const source = sourceProblem(
    given.source,
    on.map(({ kept }) => kept),
  );
  const target = targetProblem(given.target);
  const eggsThere =
    given.eggs.length === 0
      ? 0
      : (tx.select({ n: count() }).from(eggs).where(inArray(eggs.id, given.eggs)).get()?.n ?? 0);
  const other = tx
    .select({ id: mounts.id })
    .from(mounts)
    .where(and(eq(mounts.name, given.name), ne(mounts.id, id)))
    .get();
  const fields = {
    ...(source === null ? {} : { source }),
    ...(target === null ? {} : { target }),
    ...(other ? { name: "Another mount is called so." } : {}),
    ...(on.length === new Set(given.nodes).size ? {} : { nodes: "There is no such node." }),
    ...(eggsThere === new Set(given.eggs).size ? {} : { eggs: "There is no such egg." }),
  };
  if (Object.keys(fields).length > 0) throw invalid(fields);
  // A container with two of them at one place is not made.
  const twice = tx
    .select({ name: mounts.name })
    .from(serverMounts)
    .innerJoin(mounts, eq(mounts.id, serverMounts.mountId))
    .where(
      and(
        eq(mounts.target, given.target),
        ne(mounts.id, id),
        sql`server_mounts.server_id in (select server_id from server_mounts where mount_id = ${id})`,
      ),
    )
    .limit(1)
    .get();
  if (twice) throw invalid({ target: `A server that has this has ${twice.name} at the same place.` });
}

function writePlaces(tx: Tx, id: string, given: MountFields): void {
  tx.delete(mountNodes).where(eq(mountNodes.mountId, id)).run();
  tx.delete(mountEggs).where(eq(mountEggs.mountId, id)).run();
  for (const nodeId of new Set(given.nodes)) tx.insert(mountNodes).values({ mountId: id, nodeId }).run();
  for (const eggId of new Set(given.eggs)) tx.insert(mountEggs).values({ mountId: id, eggId }).run();
}

const fieldsOf = (tx: Tx, row: MountRow): MountFields => ({
  name: row.name,
  source: row.source,
  target: row.target,
  readOnly: row.readOnly === 1,
  selfService: row.selfService === 1,
  everyEgg: row.everyEgg === 1,
  nodes: tx
    .select({ id: mountNodes.nodeId })
    .from(mountNodes)
    .where(eq(mountNodes.mountId, row.id))
    .all()
    .map(({ id }) => id),
  eggs: tx
    .select({ id: mountEggs.eggId })
    .from(mountEggs)
    .where(eq(mountEggs.mountId, row.id))
    .all()
    .map(({ id }) => id),
});

const columnsOf = ({ name, source, target, readOnly, selfService, everyEgg }: MountFields) => ({
  name,
  source,
  target,
  readOnly: Number(readOnly),
  selfService: Number(selfService),
  everyEgg: Number(everyEgg),
});

const targetOf = ({ id, name }: Pick<MountRow, "id" | "name">) => ({ type: "mount", id, label: name });
