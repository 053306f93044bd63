/**
 * A daemon like Wings over HTTP and websocket, with what it keeps: its configuration, servers that it fetched from the panel,
 * their files in a temporary folder, their processes. It answers what the panel and browsers ask of a node as the real one
 * does, and asks the panel as the real one does: as 1.13 where `version` says so, else as 1.11.
 */
import { timingSafeEqual } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { backupFile } from "./wings/backups.ts";
import { upload, within } from "./wings/files.ts";
import { askPanel, headersOf, overNetwork } from "./wings/panel.ts";
import { stop } from "./wings/process.ts";
import { type Ask, bodyOf, gone, Refusal } from "./wings/request.ts";
import { addServer, createServer as create, serverRoute, toldOf } from "./wings/servers.ts";
import { sftpLogin } from "./wings/sftp.ts";
import { closeSockets, tellExpiring, upgrade } from "./wings/socket.ts";
import { knowsScopes, type PanelCall, secondsOf, type Wings, type WingsConfig } from "./wings/state.ts";
import { openSigned, textOf } from "./wings/tokens.ts";
import { refuseIncoming, takeIn } from "./wings/transfer.ts";

export { headersOf, type Wings, type WingsConfig };

/** `panel`: how it reaches a panel in this process; without it it goes to where its configuration says. */
export async function startWings(given: { version?: string; panel?: PanelCall } = {}): Promise<Wings> {
  const root = mkdtempSync(path.join(tmpdir(), "wings-"));
  const wings: Wings = {
    port: 0,
    config: null,
    version: given.version ?? "1.11.13",
    ignoresUpdates: false,
    broken: null,
    only: null,
    silent: false,
    drops: false,
    failsBackups: false,
    failsInstalls: false,
    ahead: 0,
    asked: [],
    connections: 0,
    root,
    servers: new Map(),
    doubled: [],
    told: [],
    activities: [],
    deauthorized: new Map(),
    denied: new Map(),
    used: new Set(),
    bootedAt: Math.floor(Date.now() / 1000),
    sftp: new Set(),
    working: new Set(),
    panel: given.panel ?? (async (...args) => overNetwork(wings)(...args)),
    settled: async () => {
      while (wings.working.size > 0) await Promise.all(wings.working);
    },
    tick: () => tellExpiring(wings),
    report: async () => {
      const sent = wings.activities.slice(0, 100);
      if (sent.length > 0) await askPanel(wings, "POST", "/activity", { data: sent });
      wings.activities.splice(0, sent.length);
      return sent.length;
    },
    sftpLogin: (...args) => sftpLogin(wings, ...args),
    reboot: () => reboot(wings),
    close: async () => {
      await quiet(wings);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      rmSync(root, { recursive: true, force: true });
    },
  };
  // As Go's: an idle connection is kept. One that closes while a request is on its way would be a fault of the machine's load.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => void answer(wings, request, response));
  server.on("connection", () => wings.connections++);
  server.on("upgrade", (request, stream, head) => upgrade(wings, request, stream, head));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  wings.port = (server.address() as AddressInfo).port;
  return wings;
}

/** Nothing of it runs any more. */
async function quiet(wings: Wings): Promise<void> {
  for (const server of [...wings.servers.values(), ...wings.doubled]) {
    closeSockets(server, 1001, "going away");
    for (const socket of server.sockets) socket.client.terminate();
    await stop(server, true);
  }
  await wings.settled();
  // What was under way may have started one.
  for (const server of [...wings.servers.values(), ...wings.doubled]) await stop(server, true);
  for (const session of wings.sftp) session.close();
}

const Page = z.object({
  data: z.array(z.object({ uuid: z.string(), settings: z.unknown(), process_configuration: z.unknown() })),
  meta: z.object({ current_page: z.number().int(), last_page: z.number().int() }),
});

async function reboot(wings: Wings): Promise<void> {
  await quiet(wings);
  wings.servers.clear();
  wings.doubled = [];
  wings.denied.clear();
  wings.deauthorized.clear();
  wings.used.clear();
  wings.bootedAt = secondsOf(wings);
  // Pages count from 0, and the answer says where the second is.
  let page = 0;
  for (let last = 1; page <= last; ) {
    const { data, meta } = Page.parse(await askPanel(wings, "GET", `/servers?page=${page}&per_page=50`));
    for (const { uuid } of data) await addServer(wings, uuid);
    last = meta.last_page;
    page = meta.current_page + 1;
  }
  await askPanel(wings, "POST", "/servers/reset");
}

async function answer(wings: Wings, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname: path, searchParams: query } = new URL(request.url ?? "/", "http://wings");
  const method = request.method ?? "GET";
  wings.asked.push(`${method} ${request.url}`);
  const meant = wings.only === null || wings.only.test(`${method} ${path}`);
  if (wings.silent && meant) return;
  response.setHeader("Date", new Date(Date.now() + wings.ahead).toUTCString());
  response.setHeader("X-Request-Id", "fake");
  response.setHeader("Access-Control-Allow-Origin", wings.config?.remote ?? "");
  response.setHeader("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, Content-Length");
  response.setHeader("Access-Control-Max-Age", "7200");
  const give = (status: number, headers: Record<string, string>, body: Buffer) => {
    if (wings.drops && meant) return void request.socket.destroy();
    response.writeHead(status, { ...headers, "content-length": String(body.length) });
    response.end(body);
  };
  const say = (status: number, body?: unknown) =>
    status === 204 && !(wings.drops && meant)
      ? void response.writeHead(204).end()
      : give(
          status,
          { "content-type": "application/json" },
          Buffer.from(body === undefined ? "" : JSON.stringify(body)),
        );
  if (wings.broken && meant) return void response.writeHead(wings.broken.status).end(wings.broken.body);
  try {
    await route(wings, { method, path, query, request, response, say, give });
  } catch (error) {
    // What was not foreseen is told in general words.
    if (error instanceof Refusal) say(error.status, { error: error.message, request_id: "fake" });
    else say(500, { error: "An unexpected error was encountered while processing this request.", request_id: "fake" });
  }
}

async function route(wings: Wings, ask: Ask): Promise<void> {
  const { method, path, query, request, response, say } = ask;
  if (method === "OPTIONS") return void response.writeHead(204).end();
  const token = query.get("token") ?? "";
  if (method === "GET" && path === "/download/file") return download(wings, token, "file-download", ask);
  if (method === "GET" && path === "/download/backup") return download(wings, token, "backup-download", ask);
  if (method === "POST" && path === "/upload/file") {
    const opened = openSigned(wings, token, "file-upload");
    if (!opened) throw gone();
    const directory = query.get("directory") ?? "";
    await upload(wings, opened.server, ask);
    wings.activities.push({
      user: textOf(opened.claims, "user_uuid"),
      server: opened.server.uuid,
      event: "server:file.uploaded",
      metadata: { file: "", directory },
      ip: "192.0.2.200",
      timestamp: new Date().toISOString(),
    });
    return;
  }
  if (method === "POST" && path === "/api/transfers") return takeIn(wings, ask);
  const [scheme, secret = ""] = (request.headers.authorization ?? "").split(" ");
  if (scheme !== "Bearer") {
    response.setHeader("WWW-Authenticate", "Bearer");
    throw new Refusal(401, "The required authorization heads were not present in the request.");
  }
  // The secret alone: with its id before it, it is wrong.
  if (!wings.config || !same(secret, wings.config.token))
    throw new Refusal(403, "You are not authorized to access this endpoint.");
  const [, incoming] = /^\/api\/transfers\/([^/]+)$/.exec(path) ?? [];
  if (incoming && method === "DELETE") return refuseIncoming(wings, incoming, ask);
  const [, uuid, rest = ""] = /^\/api\/servers\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  if (uuid !== undefined) {
    const server = wings.servers.get(uuid);
    if (!server) throw gone();
    return serverRoute(wings, server, rest, ask);
  }
  switch (`${method} ${path}`) {
    case "GET /api/system":
      return say(200, systemOf(wings, request.url ?? ""));
    case "GET /api/servers":
      return say(200, [...wings.servers.values()].map(toldOf));
    case "POST /api/servers":
      return create(wings, ask);
    case "POST /api/update": {
      if (wings.ignoresUpdates) return say(200, { applied: false });
      // What comes in counts at once for who calls it.
      wings.config = { ...wings.config, ...((await bodyOf(request)) as WingsConfig) };
      return say(200, { applied: true });
    }
    case "POST /api/deauthorize-user":
      if (!knowsScopes(wings)) throw gone();
      return deauthorize(wings, ask);
    default:
      throw gone();
  }
}

async function download(wings: Wings, token: string, scope: "file-download" | "backup-download", { give }: Ask) {
  const opened = openSigned(wings, token, scope);
  if (!opened) throw gone();
  const file =
    scope === "file-download"
      ? within(opened.server, textOf(opened.claims, "file_path"))
      : backupFile(wings, textOf(opened.claims, "backup_uuid"));
  const content = await readFile(file).catch(() => {
    throw gone();
  });
  const disposition = `attachment; filename="${path.basename(file)}"`;
  give(200, { "content-type": "application/octet-stream", "content-disposition": disposition }, content);
}

/** One person out of the servers named: sockets, sessions, and tokens that were made until now. */
async function deauthorize(wings: Wings, { request, say }: Ask): Promise<void> {
  const { user, servers } = await bodyOf(request);
  for (const uuid of Array.isArray(servers) ? servers.map(String) : []) {
    const server = wings.servers.get(uuid);
    if (!server || typeof user !== "string") continue;
    wings.deauthorized.set(`${user} ${uuid}`, secondsOf(wings));
    closeSockets(server, 1001, "going away", user);
    for (const session of wings.sftp) if (session.server === uuid && session.user === user) session.close();
  }
  say(204);
}

function systemOf({ version }: Wings, url: string) {
  const [architecture, kernel_version, os] = ["amd64", "6.1.0-28-amd64", "linux"];
  if (!url.includes("v=2")) return { architecture, cpu_count: 8, kernel_version, os, version };
  return {
    version,
    docker: {
      version: "27.3.1",
      cgroups: { driver: "systemd", version: "2" },
      containers: { total: 3, running: 2, paused: 0, stopped: 1 },
      storage: { driver: "overlay2", filesystem: "extfs" },
      runc: { version: "1.1.14" },
    },
    system: {
      architecture,
      cpu_threads: 8,
      memory_bytes: 16_777_216_000,
      kernel_version,
      os: "Debian GNU/Linux 12",
      os_type: os,
    },
  };
}

const same = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
