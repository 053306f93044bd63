/**
 * A daemon like Wings 1.11 over HTTP, with what it keeps: its configuration and what it was told. It answers what the panel
 * asks of a node as the real one does, and asks the panel as the real one does.
 */
import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface WingsConfig {
  token_id: string;
  token: string;
  remote: string;
  [key: string]: unknown;
}

export interface Wings {
  port: number;
  /** What it runs with; null: it was not configured, and takes nobody's word. */
  config: WingsConfig | null;
  version: string;
  /** `ignore_panel_config_updates` of its file. */
  ignoresUpdates: boolean;
  /** Answers with this in the place of what it should. */
  broken: { status: number; body: string } | null;
  /** Takes requests, and says nothing. */
  silent: boolean;
  /** Milliseconds that its clock is ahead. */
  ahead: number;
  /** Method and path of every request, the latest last. */
  asked: string[];
  /** How many connections were made. */
  connections: number;
  close(): Promise<void>;
}

export async function startWings(): Promise<Wings> {
  const wings: Wings = {
    port: 0,
    config: null,
    version: "1.11.13",
    ignoresUpdates: false,
    broken: null,
    silent: false,
    ahead: 0,
    asked: [],
    connections: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer((request, response) => void answer(wings, request, response));
  server.on("connection", () => wings.connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  wings.port = (server.address() as AddressInfo).port;
  return wings;
}

async function answer(wings: Wings, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? "/", "http://wings").pathname;
  wings.asked.push(`${request.method} ${request.url}`);
  if (wings.silent) return;
  response.setHeader("Date", new Date(Date.now() + wings.ahead).toUTCString());
  const say = (status: number, body?: unknown) => {
    response.writeHead(status, { "content-type": "application/json", "x-request-id": "fake" });
    response.end(body === undefined ? "" : JSON.stringify(body));
  };
  if (wings.broken) return void response.writeHead(wings.broken.status).end(wings.broken.body);
  const [scheme, token = ""] = (request.headers.authorization ?? "").split(" ");
  if (scheme !== "Bearer") {
    response.setHeader("WWW-Authenticate", "Bearer");
    return say(401, { error: "The required authorization heads were not present in the request." });
  }
  // The secret alone: with its id before it, it is wrong.
  if (!wings.config || !same(token, wings.config.token))
    return say(403, { error: "You are not authorized to access this endpoint." });
  if (request.method === "GET" && path === "/api/system") return say(200, systemOf(wings, request.url ?? ""));
  if (request.method === "POST" && path === "/api/update") {
    if (wings.ignoresUpdates) return say(200, { applied: false });
    const body = await bodyOf(request);
    if (typeof body !== "object" || body === null) return say(400, { error: "The data could not be parsed." });
    // What comes in counts at once for who calls it.
    wings.config = { ...wings.config, ...(body as WingsConfig) };
    return say(200, { applied: true });
  }
  say(404, { error: "The requested resource was not found." });
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

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}

const same = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** The headers with which it calls the panel. */
export const headersOf = ({ token_id, token }: Pick<WingsConfig, "token_id" | "token">): Record<string, string> => ({
  authorization: `Bearer ${token_id}.${token}`,
  accept: "application/vnd.pterodactyl.v1+json",
  "content-type": "application/json",
  "user-agent": `Pterodactyl Wings/v1.11.13 (id:${token_id})`,
});
