/** The servers of the daemon, and what it is asked to do with one. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { createBackup, deleteBackup, restoreBackup } from "./backups.ts";
import { fileRoutes } from "./files.ts";
import { askPanel, fetchServer } from "./panel.ts";
import { act, actions, stop, sync, utilizationOf } from "./process.ts";
import { type Ask, bodyOf, gone, Refusal } from "./request.ts";
import { closeSockets, emit, wingsOf } from "./socket.ts";
import { beside, isPelican, knowsScopes, type Server, secondsOf, type Wings } from "./state.ts";
import { callOff, sendAway } from "./transfer.ts";

const VERSION_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export async function addServer(wings: Wings, uuid: string): Promise<Server> {
  const configuration = await fetchServer(wings, uuid);
  const known = wings.servers.get(uuid);
  const server: Server = {
    uuid,
    folder: path.join(wings.root, "volumes", uuid),
    configuration,
    state: "offline",
    child: null,
    startedAt: 0,
    lines: [],
    installed: "",
    sockets: new Set(),
    busy: null,
    acting: false,
    cancelled: false,
    uses: { cpu: 1.5, memory: 10_485_760, disk: 0, received: 0, sent: 0 },
  };
  // Of old it adds another of the same, and what ran goes on without anybody who can stop it.
  if (known) wings.doubled.push(known);
  await mkdir(server.folder, { recursive: true });
  wings.servers.set(uuid, server);
  wingsOf.set(server, wings);
  return server;
}

export async function removeServer(wings: Wings, server: Server, { files }: { files: boolean }): Promise<void> {
  server.configuration.settings.suspended = true;
  wings.servers.delete(server.uuid);
  emit(server, "deleted", [""]);
  closeSockets(server, 1001, "server deleted");
  if (server.child) await stop(server, true);
  if (files) await rm(server.folder, { recursive: true, force: true });
}

/** `POST /api/servers` */
export async function createServer(wings: Wings, { request, say }: Ask): Promise<void> {
  const { uuid, start_on_completion } = await bodyOf(request);
  if (typeof uuid !== "string" || !VERSION_4.test(uuid)) throw new Refusal(422, "The data provided was not valid.");
  if (wings.servers.has(uuid) && knowsScopes(wings)) throw new Refusal(409, "The server is there already.");
  const server = await addServer(wings, uuid).catch(() => {
    throw new Refusal(500, "An unexpected error was encountered while processing this request.");
  });
  say(202);
  beside(wings, async () => {
    await install(wings, server, false);
    if (start_on_completion === true) act(wings, server, "start");
  });
}

const Script = z.object({ container_image: z.string(), entrypoint: z.string(), script: z.string() });

async function install(wings: Wings, server: Server, reinstall: boolean): Promise<void> {
  server.busy = "installing";
  server.installed = "";
  emit(server, "install started", [""]);
  let successful = true;
  try {
    await sync(wings, server);
    if (!server.configuration.settings.skip_egg_scripts) {
      const { script } = Script.parse(await askPanel(wings, "GET", `/servers/${server.uuid}/install`));
      await run(wings, server, script);
    }
  } catch {
    successful = false;
  }
  server.busy = null;
  await askPanel(wings, "POST", `/servers/${server.uuid}/install`, { successful, reinstall });
  emit(server, "install completed", [""]);
}

/** In the server's folder, which the script knows as /mnt/server. How it ends is not looked at. */
async function run(wings: Wings, server: Server, script: string): Promise<void> {
  if (wings.failsInstalls) throw new Error("The image cannot be pulled.");
  const folder = mkdtempSync(path.join(tmpdir(), "wings-install-"));
  try {
    const file = path.join(folder, "install.sh");
    await writeFile(file, script.replaceAll("\r\n", "\n").replaceAll("/mnt/server", server.folder));
    const child = spawn("/bin/sh", [file], {
      cwd: server.folder,
      env: { PATH: process.env.PATH, NODE_ENV: "production", ...server.configuration.settings.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        server.installed += chunk;
        for (const line of chunk.toString().trimEnd().split("\n")) emit(server, "install output", [line]);
      });
    await once(child, "close");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const toldOf = (server: Server) => ({
  state: server.state,
  is_suspended: server.configuration.settings.suspended,
  utilization: utilizationOf(server),
  configuration: server.configuration.settings,
});

/** Everything under `/api/servers/{uuid}`. */
export async function serverRoute(wings: Wings, server: Server, rest: string, ask: Ask): Promise<void> {
  const { method, query, request, say } = ask;
  const named = `${method} ${rest}`;
  const file = rest.startsWith("/files/") ? fileRoutes[`${method} ${rest.slice("/files".length)}`] : undefined;
  if (file) return file(server, ask, wings);
  const [, backup, restores] = /^\/backup\/([^/]+)(\/restore)?$/.exec(rest) ?? [];
  if (backup && method === "POST" && restores) return restoreBackup(wings, server, backup, ask);
  if (backup && method === "DELETE") return deleteBackup(wings, backup, ask);
  switch (named) {
    case "GET ":
      return say(200, toldOf(server));
    case "DELETE ":
      await removeServer(wings, server, { files: true });
      return say(204);
    case "GET /logs": {
      const size = Math.min(100, Math.max(1, Number(query.get("size") ?? 100) || 100));
      if (server.startedAt === 0) throw new Refusal(500, "There is no container.");
      return say(200, { data: server.lines.slice(-size) });
    }
    case "GET /install-logs":
      if (!isPelican(wings)) throw gone();
      return say(200, { data: server.installed });
    case "POST /power": {
      const body = await bodyOf(request);
      const action = actions.find((one) => one === body.action);
      if (!action) throw new Refusal(422, "The power action provided was not valid.");
      const starts = action === "start" || action === "restart";
      if (starts && server.configuration.settings.suspended)
        throw new Refusal(400, "Cannot start or restart a server that is suspended.");
      say(202);
      return act(wings, server, action);
    }
    case "POST /commands": {
      const { commands } = await bodyOf(request);
      if (!server.child) throw new Refusal(502, "Cannot send commands to a stopped server instance.");
      for (const command of Array.isArray(commands) ? commands : []) server.child.stdin?.write(`${command}\n`);
      return say(204);
    }
    case "POST /sync":
      await sync(wings, server).catch(() => {
        throw new Refusal(500, "An unexpected error was encountered while processing this request.");
      });
      return say(204);
    case "POST /install":
      say(202);
      return beside(wings, () => install(wings, server, false));
    case "POST /reinstall":
      if (server.acting)
        throw new Refusal(409, "Cannot execute server reinstall event while another power action is running.");
      say(202);
      return beside(wings, async () => {
        if (server.child) await stop(server);
        await install(wings, server, true);
      });
    case "POST /backup":
      return createBackup(wings, server, ask);
    case "POST /ws/deny": {
      const { jtis } = await bodyOf(request);
      for (const jti of Array.isArray(jtis) ? jtis : []) wings.denied.set(String(jti), secondsOf(wings));
      return say(204);
    }
    case "POST /transfer":
      return sendAway(wings, server, ask);
    case "DELETE /transfer":
      return callOff(server, ask);
    default:
      throw gone();
  }
}
