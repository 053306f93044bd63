/**
 * What nodes hold for people: tokens for consoles, sessions over SFTP. Whatever takes a right from somebody takes that too, in
 * its transaction; a node that cannot be asked just then is asked again until it has done it.
 */
import { and, eq, inArray, isNull, type SQL } from "drizzle-orm";
import { type DbOrTx, db } from "#db/client.ts";
import { serverHolders, servers } from "#db/schema/index.ts";
import { takeFromNode } from "#lib/wings/deauthorize.ts";
import type { ServerRow } from "./load.ts";

/** What a node holds something for. */
export type Held = "console" | "files" | "backups";

/** To be said before anything that a node takes for somebody leaves the panel. */
export function handOut(
  server: Pick<ServerRow, "id">,
  user: string,
  what: Held,
  asStaff: boolean,
  tx: DbOrTx = db(),
): void {
  const here = and(eq(serverHolders.serverId, server.id), eq(serverHolders.userId, user));
  const before = tx.select().from(serverHolders).where(here).get();
  const held = before?.cutAt === null ? before : undefined;
  const given = JSON.stringify([...new Set([...heldOf(held?.given ?? "[]"), what])].toSorted());
  // What they hold as staff already ends with that, whatever else they come by.
  const row = { given, asStaff: Math.max(held?.asStaff ?? 0, Number(asStaff)), givenAt: Date.now(), cutAt: null };
  tx.insert(serverHolders)
    .values({ serverId: server.id, userId: user, ...row })
    .onConflictDoUpdate({ target: [serverHolders.serverId, serverHolders.userId], set: row })
    .run();
}

/** Of one person, in one server. */
export function cutOff(tx: DbOrTx, server: Pick<ServerRow, "id" | "uuid" | "nodeId">, user: string): void {
  note(tx, and(eq(serverHolders.serverId, server.id), eq(serverHolders.userId, user)));
  takeFromNode(tx, server.nodeId, user, [server.uuid]);
}

/** Of one person, wherever something was handed out: the account is shut, a session ended, a password changed. */
export const cutEverywhere = (tx: DbOrTx, user: string): void => cut(tx, eq(serverHolders.userId, user));

/** Of one person, in the servers of an organisation that they leave. */
export const cutInOrganisation = (tx: DbOrTx, user: string, organisation: string): void =>
  cut(tx, and(eq(serverHolders.userId, user), eq(servers.organisationId, organisation)));

/** Of everybody, in one server. */
export const cutEverybody = (tx: DbOrTx, server: Pick<ServerRow, "id">): void =>
  cut(tx, eq(serverHolders.serverId, server.id));

function cut(tx: DbOrTx, whose: SQL | undefined): void {
  const held = tx
    .select({ user: serverHolders.userId, server: servers.id, uuid: servers.uuid, node: servers.nodeId })
    .from(serverHolders)
    .innerJoin(servers, eq(servers.id, serverHolders.serverId))
    .where(and(whose, isNull(serverHolders.cutAt)))
    .all();
  for (const group of Map.groupBy(held, ({ user, node }) => `${user} ${node}`).values()) {
    const [{ user, node } = { user: "", node: "" }] = group;
    const ids = group.map(({ server }) => server);
    note(tx, and(eq(serverHolders.userId, user), inArray(serverHolders.serverId, ids)));
    takeFromNode(
      tx,
      node,
      user,
      group.map(({ uuid }) => uuid),
    );
  }
}

const note = (tx: DbOrTx, whose: SQL | undefined): void => {
  tx.update(serverHolders).set({ cutAt: Date.now() }).where(whose).run();
};

export const heldOf = (given: string): Held[] => JSON.parse(given) as Held[];
