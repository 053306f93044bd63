/** How a daemon gets what it proves itself with: shown to staff, fetched once by itself, and replaced. */
import { timingSafeEqual } from "node:crypto";
import { eq } from "drizzle-orm";
import { transaction } from "#db/client.ts";
import { nodeSetups, nodes } from "#db/schema/index.ts";
import { type Actor, systemActor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { env } from "#lib/env.ts";
import { log } from "#lib/log/log.ts";
import { sentenceOf } from "#lib/wings/call.ts";
import { configOf, configText } from "./config.ts";
import { hashOf, type NodeRow, randomText, rotated, tokenOf } from "./credentials.ts";
import { ask, BEATS, update } from "./daemon.ts";
import { noteAnswers } from "./health.ts";
import { noteHeard, noteUnheard } from "./heard.ts";
import { loadNode } from "./load.ts";
import { targetOf } from "./nodes.ts";
import { isHeard } from "./reaches-panel.ts";

/** A command that configures a daemon works for so long, and once. */
const SETUP_MS = 15 * 60_000;

/** The configuration with its secret, for whoever may see it. Noted each time. */
export function showConfig(id: string, actor: Actor): { text: string } {
  return transaction((tx) => {
    const node = loadNode(id, tx);
    audit(tx, actor, { target: targetOf(node), after: { shown: "configuration" } });
    return { text: configText(node) };
  });
}

/** A command for the node's own machine. The one before works no more. */
export function startSetup(id: string, actor: Actor) {
  // Pelican's daemon asks again for anything that does not look like this.
  const secret = `papp_${randomText(43)}`;
  const until = Date.now() + SETUP_MS;
  return transaction((tx) => {
    const node = loadNode(id, tx);
    const setup = { tokenHash: hashOf(secret), expiresAt: until };
    tx.insert(nodeSetups)
      .values({ nodeId: id, ...setup })
      .onConflictDoUpdate({ target: nodeSetups.nodeId, set: setup })
      .run();
    audit(tx, actor, { target: targetOf(node), after: { setup: "begun", until } });
    const configure = `wings configure --panel-url ${env().origin} --token ${secret} --node ${node.number}`;
    return {
      until,
      configure: `sudo ${configure} --override && sudo systemctl restart wings`,
      install: `sudo sh -c 'mkdir -p /etc/pterodactyl && curl -fLo /usr/local/bin/wings "https://github.com/pterodactyl/wings/releases/latest/download/wings_linux_$([ "$(uname -m)" = x86_64 ] && echo amd64 || echo arm64)" && chmod u+x /usr/local/bin/wings && ${configure}'`,
    };
  });
}

/** The configuration, to the daemon that has been given the secret for it. Every refusal is the same. */
export function fetchConfig(
  number: string,
  bearer: string | undefined,
  address: string | null,
  requestId: string | null,
) {
  const given = hashOf(bearer ?? "");
  return transaction((tx) => {
    const found = /^\d{1,9}$/.test(number)
      ? tx
          .select({ node: nodes, setup: nodeSetups })
          .from(nodes)
          .innerJoin(nodeSetups, eq(nodeSetups.nodeId, nodes.id))
          .where(eq(nodes.number, Number(number)))
          .get()
      : undefined;
    const same = timingSafeEqual(Buffer.from(found?.setup.tokenHash ?? hashOf("none")), Buffer.from(given));
    if (!found || !same || found.setup.expiresAt <= Date.now())
      throw new Problem(
        "unauthenticated",
        "This command has been used, or its time is over. Make another in the panel.",
      );
    const { node } = found;
    tx.delete(nodeSetups).where(eq(nodeSetups.nodeId, node.id)).run();
    const actor = {
      ...systemActor("nodes.configure", `node ${node.name}`),
      type: "node",
      id: node.id,
      address,
      requestId,
    } as const;
    audit(tx, actor, { target: targetOf(node), after: { fetched: "configuration" } });
    return configOf(node);
  });
}

/** New credentials. The daemon is told at once where it can be; what it had counts for a minute longer. */
export async function rotate(id: string, actor: Actor): Promise<{ applied: boolean; message: string; until: number }> {
  const { before, after, until } = transaction((tx) => {
    const row = loadNode(id, tx);
    // A daemon that was not told may still have those, which were promised to count until then.
    if ((row.previousUntil ?? 0) > Date.now())
      throw new Problem("conflict", "The credentials before these still count. Wait until a minute has passed.", {
        retryAfter: Math.ceil(((row.previousUntil ?? 0) - Date.now()) / 1000),
      });
    const set = rotated(row, Date.now());
    tx.update(nodes)
      .set({ ...set, updatedAt: Date.now() })
      .where(eq(nodes.id, id))
      .run();
    tx.delete(nodeSetups).where(eq(nodeSetups.nodeId, id)).run();
    audit(tx, actor, { target: targetOf(row), after: { credentials: "replaced" } });
    return { before: row, after: loadNode(id, tx), until: set.previousUntil };
  });
  const outcome = await handOver(before, after);
  return { ...outcome, until };
}

async function handOver(before: NodeRow, after: NodeRow) {
  try {
    if (await update(before, configOf(after), tokenOf(before)))
      return {
        applied: true,
        message:
          "The daemon has its new credentials. Restart it now: before version 1.12.2 it goes on using the old ones until then.",
      };
    return {
      applied: false,
      message: "The daemon takes no configuration from the panel. Give it the new one and restart it within a minute.",
    };
  } catch (error) {
    log().info(
      { node: before.id, reason: sentenceOf(error, BEATS.timeoutMs) },
      "a node was not told its new credentials",
    );
    return { applied: false, message: `${sentenceOf(error, BEATS.timeoutMs)} Give it its new configuration by hand.` };
  }
}

/** Asks it now, and has it call the panel, for whoever looks at it. */
export async function askAgain(id: string, actor: Actor): Promise<{ id: string }> {
  const node = loadNode(id);
  const asked = await ask(node);
  const since = Date.now();
  const heard = asked.state === "ok" ? await isHeard(node, true) : null;
  transaction((tx) => {
    noteAnswers(tx, [{ node, asked }]);
    noteHeard(tx);
    if (heard === false) noteUnheard(tx, node, since);
    audit(tx, actor, { target: targetOf(node), after: { state: asked.state, heard } });
  });
  return { id };
}
