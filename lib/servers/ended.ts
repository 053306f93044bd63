/** Rights that end without anybody taking them: an access that is over, a role that somebody among the staff has no more. */
import { and, eq, isNull, lte } from "drizzle-orm";
import * as z from "zod";
import { db, transaction } from "#db/client.ts";
import { serverHolders, serverSubusers, servers } from "#db/schema/index.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { actorNow } from "#lib/tokens/actor-again.ts";
import { cutOff, type Held, heldOf } from "./holders.ts";
import { loadServer } from "./load.ts";

export const takeWhatEnded = jobKind({
  kind: "servers.ended",
  schedule: "*/10 * * * * *",
  payload: z.object({}),
  attempts: 3,
  run: () => {
    const columns = { server: servers, user: serverHolders.userId, given: serverHolders.given };
    const over = db()
      .select(columns)
      .from(serverSubusers)
      .innerJoin(
        serverHolders,
        and(eq(serverHolders.serverId, serverSubusers.serverId), eq(serverHolders.userId, serverSubusers.userId)),
      )
      .innerJoin(servers, eq(servers.id, serverSubusers.serverId))
      .where(and(lte(serverSubusers.expiresAt, Date.now()), isNull(serverHolders.cutAt)))
      .limit(AT_ONCE)
      .all();
    const staff = db()
      .select(columns)
      .from(serverHolders)
      .innerJoin(servers, eq(servers.id, serverHolders.serverId))
      .where(and(eq(serverHolders.asStaff, 1), isNull(serverHolders.cutAt)))
      .limit(AT_ONCE)
      .all();
    for (const { server, user, given } of [...over, ...staff])
      if (!stillHas(server.id, user, heldOf(given))) transaction((tx) => cutOff(tx, server, user));
  },
});

const AT_ONCE = 200;
const AS_STAFF = { console: ["commands:execute"], files: ["files:read", "files:write"] } as const;

function stillHas(server: string, user: string, held: readonly Held[]): boolean {
  const nowhere = { token: null, mfa: "shown", action: "servers.ended", address: null, requestId: null } as const;
  const actor = actorNow({ id: user, ...nowhere });
  if (!actor) return false;
  const { access } = loadServer(server, actor);
  return held.every((what) => AS_STAFF[what].some((permission) => access.has(what, permission)));
}
