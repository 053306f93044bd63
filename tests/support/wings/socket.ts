/** The socket of a server's console, as browsers use it. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { type Action, act, actions, utilizationOf } from "./process.ts";
import { type Claims, knowsScopes, type Server, type Socket, secondsOf, type Wings } from "./state.ts";
import { assertCurrent, hasScope, isDenied, JwtError, textOf, verified } from "./tokens.ts";

const sockets = new WebSocketServer({ noServer: true, maxPayload: 32 * 1024 });

/** What is seen with which right; everything else is seen by whoever may connect. */
const SEEN_WITH: Readonly<Record<string, string>> = {
  "install output": "admin.websocket.install",
  "transfer logs": "admin.websocket.transfer",
  "backup completed": "backup.read",
};

const rights: Readonly<Record<Action, string>> = {
  start: "control.start",
  stop: "control.stop",
  kill: "control.stop",
  restart: "control.restart",
};

/** A browser that wants to connect. */
export function upgrade(wings: Wings, request: IncomingMessage, stream: Duplex, head: Buffer): void {
  const uuid = /^\/api\/servers\/([^/]+)\/ws(?:\?|$)/.exec(request.url ?? "")?.[1] ?? "";
  const server = wings.servers.get(uuid);
  const refuse = (status: string) => stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  if (!server) return void refuse("404 Not Found");
  // Only the panel's own pages, to the letter.
  if (request.headers.origin === undefined || request.headers.origin !== wings.config?.remote)
    return void refuse("403 Forbidden");
  if (server.configuration.settings.suspended && knowsScopes(wings)) {
    sockets.handleUpgrade(request, stream, head, (client) => client.close(4409, "suspended"));
    return;
  }
  sockets.handleUpgrade(request, stream, head, (client) => {
    const socket: Socket = { client, claims: null };
    server.sockets.add(socket);
    client.on("close", () => server.sockets.delete(socket));
    client.on("error", () => undefined);
    client.on("message", (data) => receive(wings, server, socket, String(data)));
  });
}

export function closeSockets(server: Server, code: number, reason: string, whose?: string): void {
  for (const socket of server.sockets)
    if (whose === undefined || socket.claims?.user_uuid === whose) socket.client.close(code, reason);
}

const raw = (socket: Socket, event: string, args: string[] = []) =>
  socket.client.send(JSON.stringify({ event, ...(args.length > 0 ? { args } : {}) }));

/** To all who may see it, each asked anew whether its token still counts. */
export function emit(server: Server, event: string, args: string[] = []): void {
  for (const socket of server.sockets) send(server, socket, event, args);
}

function send(server: Server, socket: Socket, event: string, args: string[] = []): void {
  if (!socket.claims) return;
  const wings = wingsOf.get(server);
  if (!wings) return;
  const wrong = wrongWith(wings, server, socket.claims);
  if (wrong) return void raw(socket, "jwt error", [wrong]);
  const needed = SEEN_WITH[event];
  if (needed === undefined || may(socket.claims, needed)) raw(socket, event, args);
}

/** Which daemon a server belongs to. */
export const wingsOf = new WeakMap<Server, Wings>();

function wrongWith(wings: Wings, server: Server, claims: Claims): string | null {
  try {
    assertCurrent(wings, claims);
  } catch (error) {
    return error instanceof JwtError ? error.message : String(error);
  }
  if (isDenied(wings, claims, server.uuid)) return "jwt: created too far in past (denylist)";
  if (!may(claims, "websocket.connect")) return "jwt: missing connect permission";
  if (claims.server_uuid !== server.uuid) return "jwt: server uuid mismatch";
  return null;
}

const may = ({ permissions }: Claims, wanted: string): boolean =>
  Array.isArray(permissions) &&
  permissions.some((one) => one === wanted || (one === "*" && !wanted.startsWith("admin")));

function receive(wings: Wings, server: Server, socket: Socket, text: string): void {
  let message: { event?: unknown; args?: unknown };
  try {
    message = JSON.parse(text);
  } catch {
    return;
  }
  const args = Array.isArray(message.args) ? message.args.map(String) : [];
  if (message.event === "auth") return void authenticate(wings, server, socket, args.join(""));
  if (!socket.claims) return void raw(socket, "jwt error", ["jwt: no jwt present"]);
  const wrong = wrongWith(wings, server, socket.claims);
  if (wrong) return void raw(socket, "jwt error", [wrong]);
  const ip = "192.0.2.200";
  const note = (event: string, metadata: Record<string, unknown> = {}) =>
    wings.activities.push({
      user: textOf(socket.claims as Claims, "user_uuid"),
      server: server.uuid,
      event,
      metadata,
      ip,
      timestamp: new Date(Date.now() + wings.ahead).toISOString(),
    });
  switch (message.event) {
    case "set state": {
      const action = actions.find((one) => one === args.join(""));
      if (!action || !may(socket.claims, rights[action])) return;
      note(`server:power.${action}`);
      return void act(wings, server, action);
    }
    case "send command": {
      if (!may(socket.claims, "control.console") || server.state === "offline") return;
      const command = args.join("");
      server.child?.stdin?.write(`${command}\n`);
      return void note("server:console.command", { command });
    }
    case "send logs":
      if (server.state !== "offline") for (const line of server.lines) send(server, socket, "console output", [line]);
      return;
    case "send stats":
      return void send(server, socket, "stats", [JSON.stringify(utilizationOf(server))]);
  }
}

function authenticate(wings: Wings, server: Server, socket: Socket, token: string): void {
  try {
    const claims = verified(wings, token);
    if (!hasScope(wings, claims, "websocket")) throw new JwtError("jwt: missing connect permission");
    if (typeof claims.iat !== "number" || isDenied(wings, claims, server.uuid))
      throw new JwtError("jwt: created too far in past (denylist)");
    if (!may(claims, "websocket.connect")) throw new JwtError("jwt: missing connect permission");
    textOf(claims, "user_uuid");
    socket.claims = claims;
  } catch (error) {
    const said = error instanceof JwtError && !error.message.includes("signature") ? error.message : null;
    const told = (text: string) => [`Error Event [${randomUUID()}]: ${text}`];
    if (said) raw(socket, "jwt error", told(said));
    else raw(socket, "daemon error", told("an unexpected error was encountered while handling this request"));
    return;
  }
  send(server, socket, "auth success");
  send(server, socket, "status", [server.state]);
  if (server.state === "offline") send(server, socket, "stats", [JSON.stringify(utilizationOf(server))]);
}

/** Whoever's token ends within a minute is told. */
export function tellExpiring(wings: Wings): void {
  for (const server of wings.servers.values())
    for (const socket of server.sockets) {
      const left = (socket.claims?.exp ?? Number.POSITIVE_INFINITY) - secondsOf(wings);
      if (left <= 60) send(server, socket, left > 0 ? "token expiring" : "token expired");
    }
}
