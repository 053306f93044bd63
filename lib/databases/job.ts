/** What has to come to an end at database hosts, also where they do not answer or the panel ends in between. */
import { and, eq, isNotNull, lt, or } from "drizzle-orm";
import * as z from "zod";
import { db, transaction } from "#db/client.ts";
import { serverDatabases } from "#db/schema/index.ts";
import { seal, unseal } from "#lib/crypto/seal.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { adapterOf, loadHost } from "./hosts.ts";

const one = z.object({ id: z.string() });
/** A request that makes a database has an answer by then. */
const BEGUN_MS = 120_000;

/** Drops a database with its account, and forgets it. */
export const dropDatabase = jobKind({
  kind: "databases.drop",
  payload: one,
  attempts: 40,
  run: async ({ id }) => {
    const row = rowOf(id);
    if (row?.state === "deleting") await drop(row);
  },
});

/** Somebody waits for the host to make it: dropped now, it would come to be afterwards, and belong to nobody. */
export const isBeingMade = ({ state, createdAt }: Pick<typeof serverDatabases.$inferSelect, "state" | "createdAt">) =>
  state === "creating" && createdAt >= Date.now() - BEGUN_MS;

/** Everything that a server has at hosts, before the server goes. Rejects where a host does not answer, or makes one just now. */
export async function dropAllOf(server: string): Promise<void> {
  const mine = eq(serverDatabases.serverId, server);
  transaction((tx) => {
    if (tx.select().from(serverDatabases).where(mine).all().some(isBeingMade))
      throw new Error("A database of this server is being made.");
    tx.update(serverDatabases).set({ state: "deleting" }).where(mine).run();
  });
  for (const row of db().select().from(serverDatabases).where(mine).all()) await drop(row);
}

async function drop({ id, hostId, name, username }: typeof serverDatabases.$inferSelect): Promise<void> {
  await adapterOf(loadHost(hostId)).drop({ database: name, username });
  transaction((tx) => tx.delete(serverDatabases).where(eq(serverDatabases.id, id)).run());
}

export const setPassword = jobKind({
  kind: "databases.password",
  payload: one,
  attempts: 40,
  run: ({ id }) => settleRotation(id),
});

/** What nobody is at work on any more: asked for before the panel ended, or given up. */
export const settleDatabases = jobKind({
  kind: "databases.settle",
  payload: z.object({}),
  attempts: 1,
  schedule: "17 3 * * * *",
  atStart: true,
  run: () => {
    const left = db()
      .select({ id: serverDatabases.id, state: serverDatabases.state })
      .from(serverDatabases)
      .where(
        or(
          eq(serverDatabases.state, "deleting"),
          isNotNull(serverDatabases.nextPassword),
          and(eq(serverDatabases.state, "creating"), lt(serverDatabases.createdAt, Date.now() - BEGUN_MS)),
        ),
      )
      .all();
    transaction((tx) => {
      for (const { id, state } of left) {
        if (state === "ready") setPassword.enqueue(tx, { id });
        else {
          // Nobody was told of it: it is not kept.
          tx.update(serverDatabases).set({ state: "deleting" }).where(eq(serverDatabases.id, id)).run();
          dropDatabase.enqueue(tx, { id });
        }
      }
    });
  },
});

/** Gives the host the password that is waiting, and makes it the one. */
export async function settleRotation(id: string): Promise<void> {
  const row = rowOf(id);
  if (!row?.nextPassword || row.state !== "ready") return;
  const password = unseal(row.nextPassword, { table: "server_databases", column: "next_password", row: id });
  await adapterOf(loadHost(row.hostId)).setPassword(row.username, password);
  transaction((tx) => {
    tx.update(serverDatabases)
      .set({
        password: seal(password, { table: "server_databases", column: "password", row: id }),
        nextPassword: null,
        rotatedAt: Date.now(),
      })
      .where(and(eq(serverDatabases.id, id), eq(serverDatabases.nextPassword, row.nextPassword ?? "")))
      .run();
  });
}

const rowOf = (id: string) => db().select().from(serverDatabases).where(eq(serverDatabases.id, id)).get();
