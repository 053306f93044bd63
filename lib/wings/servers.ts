/** What a node is asked to do with a server. Never inside a transaction: the daemon asks the panel back before it answers. */
import * as z from "zod";
import { AnswerTooLong } from "#lib/dns/providers/http-call.ts";
import { asked, askedFor, DaemonError, type NodeAddress } from "./call.ts";

const NO_SERVER = { 404: "The node does not have this server." };
const SLOW_MS = 60_000;

export const pathOf = (server: string, rest = ""): string => `/api/servers/${encodeURIComponent(server)}${rest}`;
export const json = (method: "POST" | "PUT", path: string, body: unknown) => ({
  method,
  path,
  body: JSON.stringify(body),
});

const bytes = z.number().nonnegative().catch(0);

/** Of what the daemon tells the configuration is left out: it holds all variables, hidden ones as well. */
const Told = z
  .object({
    state: z.enum(["offline", "starting", "running", "stopping"]),
    is_suspended: z.boolean().catch(false),
    utilization: z.object({
      memory_bytes: bytes,
      memory_limit_bytes: bytes,
      cpu_absolute: bytes,
      disk_bytes: bytes,
      uptime: bytes,
      network: z.object({ rx_bytes: bytes, tx_bytes: bytes }).catch({ rx_bytes: 0, tx_bytes: 0 }),
    }),
  })
  .transform(({ state, is_suspended, utilization: { network, ...use } }) => ({
    state,
    suspended: is_suspended,
    memoryBytes: use.memory_bytes,
    memoryLimitBytes: use.memory_limit_bytes,
    /** Of one core, in percent. */
    cpu: use.cpu_absolute,
    diskBytes: use.disk_bytes,
    uptimeMs: use.uptime,
    receivedBytes: network.rx_bytes,
    sentBytes: network.tx_bytes,
  }));
export type ServerState = z.output<typeof Told>;

/** How a server is now. */
export const readServer = (node: NodeAddress, server: string): Promise<ServerState> =>
  askedFor(node, Told, { method: "GET", path: pathOf(server), maxBytes: 4 * 1024 * 1024 }, NO_SERVER);

/**
 * Has the node fetch the server and install it. False: it has it already. Asked first, because daemons before 1.12 make a
 * second one of the same when an answer was lost and the call is made again.
 */
export async function createServer(
  node: NodeAddress,
  server: string,
  start: boolean,
  timeoutMs = SLOW_MS,
): Promise<boolean> {
  const known = await readServer(node, server).catch((error: unknown) => {
    if (error instanceof DaemonError && error.trouble === "not_found") return null;
    throw error;
  });
  if (known) return false;
  const call = json("POST", "/api/servers", { uuid: server, start_on_completion: start });
  const says = { 422: "The node does not take this server’s id.", 500: "The node could not fetch the server." };
  try {
    await asked(node, { ...call, timeoutMs }, says);
    return true;
  } catch (error) {
    if (error instanceof DaemonError && error.trouble === "conflict") return false;
    throw error;
  }
}

/** Also where it is gone already. */
export async function deleteServer(node: NodeAddress, server: string): Promise<void> {
  await gone(asked(node, { method: "DELETE", path: pathOf(server), timeoutMs: SLOW_MS }));
}

/** What is not there need not be deleted. */
export async function gone(deleting: Promise<unknown>): Promise<void> {
  try {
    await deleting;
  } catch (error) {
    if (!(error instanceof DaemonError && error.trouble === "not_found")) throw error;
  }
}

/** The last lines of the console, at most 100. */
export async function readLogs(node: NodeAddress, server: string, size = 100): Promise<string[]> {
  const path = pathOf(server, `/logs?size=${Math.min(100, Math.max(1, size))}`);
  const shape = z.object({ data: z.array(z.string()) });
  const says = { ...NO_SERVER, 500: "The server has not run yet." };
  return (await askedFor(node, shape, { method: "GET", path, maxBytes: 8 * 1024 * 1024 }, says)).data;
}

export type PowerAction = "start" | "stop" | "restart" | "kill";

/** Seconds. A daemon that is still at the action before forgets this one otherwise, and says nothing of it. */
const WAITS = 30;

/** Begins it: what comes of it shows in the state. */
export async function power(node: NodeAddress, server: string, action: PowerAction): Promise<void> {
  const says = { ...NO_SERVER, 400: "A suspended server is not started.", 422: "The node does not know this action." };
  await asked(node, json("POST", pathOf(server, "/power"), { action, wait_seconds: WAITS }), says);
}

export async function sendCommands(node: NodeAddress, server: string, commands: readonly string[]): Promise<void> {
  const says = { ...NO_SERVER, 502: "The server is not running." };
  await asked(node, json("POST", pathOf(server, "/commands"), { commands }), says);
}

/** Has the node read the server's configuration anew. */
export async function syncServer(node: NodeAddress, server: string, timeoutMs = SLOW_MS): Promise<void> {
  const call = { method: "POST", path: pathOf(server, "/sync"), timeoutMs } as const;
  await asked(node, call, { ...NO_SERVER, 500: "The node could not fetch the server." });
}

/**
 * What the last installation wrote; null: the daemon tells it nobody. Pelican's does, Wings keeps it in a file of its machine.
 */
export async function readInstallLog(node: NodeAddress, server: string): Promise<string | null> {
  const call = { method: "GET", path: pathOf(server, "/install-logs"), maxBytes: 4 * 1024 * 1024 } as const;
  try {
    return (await askedFor(node, z.object({ data: z.string() }), call, NO_SERVER)).data;
  } catch (error) {
    if (error instanceof DaemonError && error.trouble === "not_found") return null;
    if (error instanceof DaemonError && error.cause instanceof AnswerTooLong)
      throw new DaemonError("failed", "What the installation wrote is too long to be shown here.", error);
    throw error;
  }
}

export async function installServer(node: NodeAddress, server: string): Promise<void> {
  await asked(node, { method: "POST", path: pathOf(server, "/install") }, NO_SERVER);
}

export async function reinstallServer(node: NodeAddress, server: string): Promise<void> {
  const says = { ...NO_SERVER, 409: "The server is just being started or stopped. Try again when that is over." };
  await asked(node, { method: "POST", path: pathOf(server, "/reinstall") }, says);
}

/** Has the source send the server to another node. `token` is the target's, for this server alone. */
export async function startTransfer(
  source: NodeAddress,
  server: string,
  target: { address: string; token: string },
): Promise<void> {
  const call = json("POST", pathOf(server, "/transfer"), {
    url: `${target.address}/api/transfers`,
    token: `Bearer ${target.token}`,
    server: { uuid: server, start_on_completion: false },
  });
  await asked(
    source,
    { ...call, timeoutMs: SLOW_MS },
    { ...NO_SERVER, 409: "The server is moving already.", 500: "The node could not stop the server." },
  );
}

/** At the source. Also where nothing moves. */
export async function cancelTransfer(source: NodeAddress, server: string): Promise<void> {
  await still(asked(source, { method: "DELETE", path: pathOf(server, "/transfer") }));
}

/** At the target. Also where nothing comes in, and where the daemon cannot: those before 1.12 fail at it. */
export async function refuseTransfer(target: NodeAddress, server: string): Promise<void> {
  try {
    await still(asked(target, { method: "DELETE", path: `/api/transfers/${encodeURIComponent(server)}` }));
  } catch (error) {
    if (!(error instanceof DaemonError && error.trouble === "failed")) throw error;
  }
}

/** Nothing moves: then there is nothing to call off. */
async function still(calling: Promise<unknown>): Promise<void> {
  try {
    await gone(calling);
  } catch (error) {
    if (!(error instanceof DaemonError && error.trouble === "conflict")) throw error;
  }
}
