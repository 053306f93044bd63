/** Rights that end without anybody taking them: an access that is over, a role that somebody among the staff has no more. */
import { and, eq, isNull, lte } from "drizzle-orm";
import * as z from "zod";
import { db, transaction } from "#db/client.ts";
import { serverHolders, serverSubusers, servers } from "#db/schema/index.ts";
import type { Permission } from "#lib/access/permissions.ts";
import type { Actor } from "#lib/actor.ts";
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
      .all();
    const people = new Map<string, Actor | null>();
    const nowOf = (user: string): Actor | null => {
      const known = people.get(user);
      if (known !== undefined) return known;
      const actor = actorNow({ id: user, token: null, mfa: "shown", action: ENDED, address: null, requestId: null });
      people.set(user, actor);
      return actor;
    };
    const cutUnlessHeld = ({ server, user, given }: (typeof over)[number]): void => {
      if (!stillHas(server.id, nowOf(user), heldOf(given))) transaction((tx) => cutOff(tx, server, user));
    };
    over.forEach(cutUnlessHeld);
    // What staff hold they hold everywhere: only of those who lost it are the servers looked at.
    const staff = db()
      .selectDistinct({ user: serverHolders.userId, given: serverHolders.given })
      .from(serverHolders)
      .where(and(eq(serverHolders.asStaff, 1), isNull(serverHolders.cutAt)))
      .all();
    for (const { user, given } of staff)
      if (!isStaffFor(nowOf(user), heldOf(given)))
        db()
          .select(columns)
          .from(serverHolders)
          .innerJoin(servers, eq(servers.id, serverHolders.serverId))
          .where(
            and(
              eq(serverHolders.userId, user),
              eq(serverHolders.given, given),
              eq(serverHolders.asStaff, 1),
              isNull(serverHolders.cutAt),
            ),
          )
          .all()
          .forEach(cutUnlessHeld);
  },
});

const ENDED = "servers.ended";
const AS_STAFF: Readonly<Record<Held, readonly Permission[]>> = {
  console: ["commands:execute"],
  files: ["files:read", "files:write"],
  backups: ["backups:read"],
};

const isStaffFor = (actor: Actor | null, held: readonly Held[]): boolean =>
  actor !== null &&
  (actor.grants.has("admin:servers:manage") ||
    held.every((what) => AS_STAFF[what].some((permission) => actor.grants.has(permission))));

function stillHas(server: string, actor: Actor | null, held: readonly Held[]): boolean {
  if (!actor) return false;
  const { access } = loadServer(server, actor);
  return held.every((what) => AS_STAFF[what].some((permission) => access.has(what, permission)));
}
