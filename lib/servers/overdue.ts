/** Work with a server's files of which its node never says what came of it: it tells that once, and the panel may not have heard. */
import { and, eq, inArray, isNull, lt } from "drizzle-orm";
import * as z from "zod";
import { type Tx, transaction } from "#db/client.ts";
import { serverBackups, servers } from "#db/schema/index.ts";
import { systemActor } from "#lib/actor.ts";
import { audit } from "#lib/audit/audit.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { targetOf } from "./installation.ts";
import { syncSoon } from "./sync.ts";

/** Far beyond what any of it takes. */
const HOURS = 12;

const unsaid = (what: string) => `The node did not say within ${HOURS} hours what came of ${what}.`;
const ENDS = [
  { state: "installing", after: "interrupted", problem: unsaid("the installation") },
  {
    state: "restoring",
    after: "ready",
    problem: `${unsaid("the restoration of a backup")} Look at the server’s files before you start it.`,
  },
] as const;

export const endOverdueWork = jobKind({
  kind: "servers.overdue",
  payload: z.object({}),
  attempts: 1,
  schedule: "23 */10 * * * *",
  atStart: true,
  run: () => {
    const since = Date.now() - HOURS * 3_600_000;
    transaction((tx) => {
      endServers(tx, since);
      endBackups(tx, since);
    });
  },
});

const system = () => systemActor("servers.overdue", "panel");

function endServers(tx: Tx, since: number): void {
  for (const { state, after, problem } of ENDS) {
    const overdue = and(eq(servers.state, state), lt(servers.updatedAt, since));
    const set = { state: after, problem, updatedAt: Date.now() };
    for (const server of tx.update(servers).set(set).where(overdue).returning().all()) {
      // A daemon takes what it has restored for one that is not suspended.
      if (state === "restoring") syncSoon(tx, server.id);
      audit(tx, system(), { ...targetOf(server), before: { state }, after: { state: after, problem } });
    }
  }
}

/** Also those that somebody began to delete before they were done, and that are there still. */
function endBackups(tx: Tx, since: number): void {
  const going = and(inArray(serverBackups.state, ["making", "deleting"]), isNull(serverBackups.endedAt));
  const overdue = tx
    .select({ backup: serverBackups, server: servers })
    .from(serverBackups)
    .innerJoin(servers, eq(servers.id, serverBackups.serverId))
    .where(and(going, lt(serverBackups.createdAt, since)))
    .all();
  for (const { backup, server } of overdue) {
    const set = { state: "failed" as const, endedAt: Date.now() };
    tx.update(serverBackups).set(set).where(eq(serverBackups.id, backup.id)).run();
    const after = { backup: backup.name, state: "failed", problem: unsaid("the backup") };
    audit(tx, system(), { ...targetOf(server), before: { state: backup.state }, after });
  }
}
