/**
 * What a node says was done on its servers. It is believed in nothing that it cannot know: only of its own servers, only of
 * people whom it was told of or who have a part in them, only what daemons report, and it is shown as what the node says. What
 * does not fit is dropped, one by one: refused, it would be sent again for ever.
 */
import { createHash } from "node:crypto";
import { setImmediate as breath } from "node:timers/promises";
import { and, desc, eq, inArray } from "drizzle-orm";
import ipaddr from "ipaddr.js";
import * as z from "zod";
import { type Tx, transaction } from "#db/client.ts";
import { organisationMembers, serverHolders, serverReports, serverSubusers, servers } from "#db/schema/index.ts";
import { newId } from "#lib/id.ts";
import type { NodeRow } from "#lib/nodes/credentials.ts";
import type { ServerRow } from "../load.ts";

/** Of one request. A daemon sends a hundred of a kind at once. */
const MOST = 1000;
const AT_ONCE = 50;
/** Of each server the newest are kept: what a node says must not fill the panel's disk. */
const KEPT = 10_000;
/** Files that one report names. */
const MOST_FILES = 20;
const AHEAD_MS = 5 * 60_000;

const text = z.string().transform((value) => value.slice(0, 500));
const names = z
  .array(text)
  .transform((files) => ({ files: files.slice(0, MOST_FILES), more: Math.max(0, files.length - MOST_FILES) }));
const renamed = z.object({ from: text, to: text });
const nothing = z.unknown().transform(() => ({}));
const filesOf = z.object({ files: names }).transform(({ files }) => files);

/** Every event that daemons report, with what of its metadata is kept. */
const events = {
  "server:power.start": nothing,
  "server:power.stop": nothing,
  "server:power.restart": nothing,
  "server:power.kill": nothing,
  "server:console.command": z.object({ command: text }),
  "server:file.uploaded": z.object({ file: text, directory: text.optional() }),
  "server:sftp.write": filesOf,
  "server:sftp.create": filesOf,
  "server:sftp.create-directory": filesOf,
  "server:sftp.delete": filesOf,
  "server:sftp.rename": z.union([
    z.object({ files: z.array(renamed).transform((files) => files.slice(0, MOST_FILES)) }),
    renamed.transform((one) => ({ files: [one] })),
  ]),
  "server:crashed": z
    .object({ exit_code: z.number().int(), oomkilled: z.boolean().catch(false) })
    .transform(({ exit_code, oomkilled }) => ({ exitCode: exit_code, outOfMemory: oomkilled })),
} as const;
type Event = keyof typeof events;

const Item = z.object({
  user: z.string().max(100).nullish(),
  server: z.string().max(100),
  event: z.custom<Event>((value) => typeof value === "string" && Object.hasOwn(events, value)),
  metadata: z.unknown(),
  ip: z.string().max(100).nullish(),
  timestamp: z.iso.datetime({ offset: true }),
});

export async function noteReports(node: NodeRow, items: readonly unknown[]): Promise<void> {
  const some = items.slice(0, MOST);
  const touched = new Set<string>();
  for (let at = 0; at < some.length; at += AT_ONCE) {
    transaction((tx) => {
      for (const item of some.slice(at, at + AT_ONCE)) {
        const server = note(tx, node, item);
        if (server !== null) touched.add(server);
      }
    });
    await breath();
  }
  for (const server of touched) {
    forgetOldest(server);
    await breath();
  }
}

function forgetOldest(server: string): void {
  const mine = eq(serverReports.serverId, server);
  const newest = [desc(serverReports.at), desc(serverReports.id)];
  transaction((tx) => {
    const old = tx
      .select({ id: serverReports.id })
      .from(serverReports)
      .where(mine)
      .orderBy(...newest);
    // No more than one request brings, and some of what was there before.
    tx.delete(serverReports)
      .where(inArray(serverReports.id, old.limit(2 * MOST).offset(KEPT)))
      .run();
  });
}

/** Returns the server that it is of, where it is new. */
function note(tx: Tx, node: NodeRow, item: unknown): string | null {
  const { data } = Item.safeParse(item);
  if (!data) return null;
  const details = events[data.event].safeParse(data.metadata ?? {});
  const now = Date.now();
  const at = Date.parse(data.timestamp);
  if (!details.success || !(at <= now + AHEAD_MS)) return null;
  const server = tx
    .select()
    .from(servers)
    .where(and(eq(servers.uuid, data.server), eq(servers.nodeId, node.id)))
    .get();
  const user = data.user || null;
  if (!server || at < server.createdAt || (user !== null && !hadPart(tx, server, user))) return null;
  const address = data.ip && ipaddr.isValid(data.ip) ? data.ip : null;
  const kept = JSON.stringify(details.data);
  const digest = createHash("sha256")
    .update(JSON.stringify([user, data.event, kept, address, at]))
    .digest("hex");
  const { changes } = tx
    .insert(serverReports)
    .values({
      id: newId(now),
      serverId: server.id,
      userId: user,
      event: data.event,
      details: kept,
      address,
      at,
      receivedAt: now,
      digest,
    })
    .onConflictDoNothing()
    .run();
  return changes === 0 ? null : server.id;
}

/** They have the server, are its sub-user, or something of it was once handed out to them. */
function hadPart(tx: Tx, server: ServerRow, user: string): boolean {
  if (server.userId === user) return true;
  const of = { server: server.id, user };
  const told = tx
    .select({ user: serverHolders.userId })
    .from(serverHolders)
    .where(and(eq(serverHolders.serverId, of.server), eq(serverHolders.userId, of.user)))
    .get();
  if (told) return true;
  const subuser = tx
    .select({ user: serverSubusers.userId })
    .from(serverSubusers)
    .where(and(eq(serverSubusers.serverId, of.server), eq(serverSubusers.userId, of.user)))
    .get();
  if (subuser) return true;
  if (server.organisationId === null) return false;
  const role = and(
    eq(organisationMembers.organisationId, server.organisationId),
    eq(organisationMembers.userId, user),
    inArray(organisationMembers.role, ["owner", "admin"]),
  );
  return tx.select({ user: organisationMembers.userId }).from(organisationMembers).where(role).get() !== undefined;
}
