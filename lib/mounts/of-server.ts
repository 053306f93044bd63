/** The mounts of one server: which it has, which it could have, and giving and taking them. */
import { and, asc, eq, inArray, ne, or, type SQL, sql } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { mounts, serverMounts, servers } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { stillThere } from "#lib/servers/acts.ts";
import { targetOf } from "#lib/servers/installation.ts";
import type { LoadedServer, ServerRow } from "#lib/servers/load.ts";
import { syncSoon } from "#lib/servers/sync.ts";

/** As the daemon takes it. */
export interface ToldMount {
  source: string;
  target: string;
  read_only: boolean;
}

const MOST = 200;

/** Who may do anything with every server gives every mount. */
const keeps = (actor: Actor): boolean => actor.grants.has("admin:servers:manage");

/** It is for this node, and for servers of this egg. */
const fitting = (node: string, egg: string | SQL): SQL =>
  sql`(mounts.id in (select mount_id from mount_nodes where node_id = ${node})
    and (mounts.every_egg = 1
      or exists (select 1 from mount_eggs where mount_eggs.mount_id = mounts.id and mount_eggs.egg_id = ${egg})))`;

export function readMounts({ server }: LoadedServer, actor: Actor) {
  const all = keeps(actor);
  const on = sql`mounts.id in (select mount_id from server_mounts where server_id = ${server.id})`;
  const fits = fitting(server.nodeId, server.eggId);
  const open = all ? fits : and(fits, eq(mounts.selfService, 1));
  const items = db()
    .select({
      id: mounts.id,
      name: mounts.name,
      source: mounts.source,
      target: mounts.target,
      readOnly: mounts.readOnly,
      selfService: mounts.selfService,
      on: sql<number>`${on}`,
      fits: sql<number>`${fits}`,
    })
    .from(mounts)
    .where(or(on, open))
    .orderBy(asc(mounts.name))
    .limit(MOST)
    .all()
    .map((row) => ({
      ...row,
      source: all ? row.source : null,
      readOnly: row.readOnly === 1,
      on: row.on === 1,
      fits: row.fits === 1,
      theirs: all || row.selfService === 1,
    }));
  return { items };
}

export function giveMount({ server }: LoadedServer, id: string, actor: Actor, asStaff: boolean): { id: string } {
  return changing(server, id, actor, asStaff, (tx, now, mount) => {
    const fits = tx
      .select({ id: mounts.id })
      .from(mounts)
      .where(and(eq(mounts.id, id), fitting(now.nodeId, now.eggId)))
      .get();
    // What is for others is not there, for whoever does not keep them all.
    if (!fits && !keeps(actor)) throw notFound("mount");
    if (!fits) throw new Problem("conflict", "This mount is not for servers of this node and egg.");
    const same = and(eq(serverMounts.serverId, now.id), eq(mounts.target, mount.target), ne(mounts.id, id));
    const other = tx
      .select({ name: mounts.name })
      .from(serverMounts)
      .innerJoin(mounts, eq(mounts.id, serverMounts.mountId))
      .where(same)
      .get();
    if (other) throw new Problem("conflict", `${other.name} is at ${mount.target} already. Take it away first.`);
    const { changes } = tx
      .insert(serverMounts)
      .values({ serverId: now.id, mountId: id, createdAt: Date.now() })
      .onConflictDoNothing()
      .run();
    return changes === 1;
  });
}

export const takeMount = ({ server }: LoadedServer, id: string, actor: Actor, asStaff: boolean): { id: string } =>
  changing(server, id, actor, asStaff, (tx, now) => {
    const one = and(eq(serverMounts.serverId, now.id), eq(serverMounts.mountId, id));
    return tx.delete(serverMounts).where(one).run().changes === 1;
  });

type Mount = Pick<typeof mounts.$inferSelect, "id" | "name" | "target">;

function changing(
  { id: server }: ServerRow,
  id: string,
  actor: Actor,
  asStaff: boolean,
  work: (tx: Tx, server: ServerRow, mount: Mount) => boolean,
): { id: string } {
  return transaction((tx) => {
    const now = stillThere(tx, server);
    const mount = tx.select().from(mounts).where(eq(mounts.id, id)).get();
    if (!mount) throw notFound("mount");
    if (mount.selfService === 0 && !keeps(actor)) throw notFound("mount");
    const had = { mounts: namesOf(tx, server) };
    if (!work(tx, now, mount)) return { id };
    tx.update(servers)
      .set({ revision: now.revision + 1, updatedAt: Date.now() })
      .where(eq(servers.id, server))
      .run();
    syncSoon(tx, server);
    audit(tx, actor, { ...targetOf(now), before: had, after: { mounts: namesOf(tx, server) }, asStaff });
    return { id };
  });
}

const namesOf = (tx: Tx, server: string): string[] =>
  tx
    .select({ name: mounts.name })
    .from(serverMounts)
    .innerJoin(mounts, eq(mounts.id, serverMounts.mountId))
    .where(eq(serverMounts.serverId, server))
    .orderBy(asc(mounts.name))
    .all()
    .map(({ name }) => name);

/** What the node is told, for many servers at once: those that are for it, and no others. */
export function mountsFor(node: string, ids: readonly string[]): Map<string, ToldMount[]> {
  const told = new Map<string, ToldMount[]>();
  if (ids.length === 0) return told;
  const rows = db()
    .select({
      server: serverMounts.serverId,
      source: mounts.source,
      target: mounts.target,
      readOnly: mounts.readOnly,
    })
    .from(serverMounts)
    .innerJoin(mounts, eq(mounts.id, serverMounts.mountId))
    .innerJoin(servers, eq(servers.id, serverMounts.serverId))
    .where(and(inArray(serverMounts.serverId, [...ids]), fitting(node, sql`servers.egg_id`)))
    .orderBy(asc(mounts.target))
    .all();
  for (const { server, source, target, readOnly } of rows)
    told.set(server, [...(told.get(server) ?? []), { source, target, read_only: readOnly === 1 }]);
  return told;
}
