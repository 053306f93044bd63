/** A server as a real child process: what comes out of it, and what may be done to it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fetchServer } from "./panel.ts";
import { closeSockets, emit } from "./socket.ts";
import { beside, knowsScopes, type Server, type State, type Wings } from "./state.ts";

export const actions = ["start", "stop", "restart", "kill"] as const;
export type Action = (typeof actions)[number];

const KEPT_LINES = 150;

/** Asks the panel how the server is set up now. */
export async function sync(wings: Wings, server: Server): Promise<void> {
  const wasSuspended = server.configuration.settings.suspended;
  server.configuration = await fetchServer(wings, server.uuid);
  if (!server.configuration.settings.suspended || wasSuspended) return;
  if (knowsScopes(wings)) {
    closeSockets(server, 4409, "suspended");
    for (const session of wings.sftp) if (session.server === server.uuid) session.close();
  }
  if (server.child) await stop(server, true);
}

/** Does it beside the request that asked for it: what fails is told to nobody. */
export function act(wings: Wings, server: Server, action: Action): void {
  beside(wings, async () => {
    if (server.busy) return;
    if (action !== "kill" && server.acting) return;
    server.acting = true;
    try {
      if (action === "stop" || action === "restart") await stop(server);
      if (action === "kill") await stop(server, true);
      if (action === "start" || action === "restart") await start(wings, server);
    } finally {
      server.acting = false;
    }
  });
}

async function start(wings: Wings, server: Server): Promise<void> {
  if (server.child) return;
  await sync(wings, server);
  if (server.configuration.settings.suspended) return;
  const { settings, process_configuration } = server.configuration;
  for (const file of process_configuration.configs) writeConfig(wings, server, file);
  setState(server, "starting");
  const { default: address } = settings.allocations;
  const environment = {
    ...settings.environment,
    TZ: "UTC",
    STARTUP: settings.invocation,
    SERVER_MEMORY: String(settings.build.memory_limit),
    SERVER_IP: address.ip,
    SERVER_PORT: String(address.port),
  };
  // As the common images do it: {{NAME}} is a variable of the shell, and the shell evaluates the line.
  const line = settings.invocation.replaceAll("{{", "${").replaceAll("}}", "}");
  const child = spawn("/bin/sh", ["-c", line], {
    cwd: server.folder,
    env: { PATH: process.env.PATH, NODE_ENV: "production", ...environment },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  server.child = child;
  server.startedAt = Date.now();
  child.stdin.on("error", () => undefined);
  const buffers = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (chunk: Buffer) => {
      const parts = (buffers[name] + chunk.toString()).split("\n");
      buffers[name] = parts.pop() ?? "";
      for (const part of parts) printed(server, part.replace(/\r$/, ""));
    });
  child.once("error", () => exited(server));
  // After the last of what it wrote.
  child.once("close", () => exited(server));
}

function exited(server: Server): void {
  server.child = null;
  setState(server, "offline");
}

function printed(server: Server, line: string): void {
  server.lines.push(line);
  if (server.lines.length > KEPT_LINES) server.lines.shift();
  emit(server, "console output", [line]);
  if (server.state !== "starting") return;
  const { done } = server.configuration.process_configuration.startup;
  const matches = done.some((text) =>
    text.startsWith("regex:") ? new RegExp(text.slice("regex:".length)).test(line) : line.includes(text),
  );
  if (matches) setState(server, "running");
}

export async function stop(server: Server, hard = false): Promise<void> {
  const { child } = server;
  if (!child?.pid) return;
  const { type, value } = server.configuration.process_configuration.stop;
  const gone = once(child, "close");
  setState(server, "stopping");
  if (hard || type === "" || (type === "signal" && value === "")) kill(child.pid, "SIGKILL");
  else if (type === "command") child.stdin?.write(`${value}\n`);
  else if (type === "signal") kill(child.pid, value === "C" ? "SIGINT" : (value as NodeJS.Signals));
  else kill(child.pid, "SIGTERM");
  await gone;
}

/** The whole group: a shell has children of its own. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

export function setState(server: Server, state: State): void {
  if (server.state === state) return;
  server.state = state;
  emit(server, "status", [state]);
  if (state !== "stopping") emit(server, "stats", [JSON.stringify(utilizationOf(server))]);
}

export const utilizationOf = ({ child, configuration, startedAt, state, uses }: Server) => ({
  memory_bytes: child ? uses.memory : 0,
  memory_limit_bytes: configuration.settings.build.memory_limit * 1_000_000,
  cpu_absolute: child ? uses.cpu : 0,
  network: child ? { rx_bytes: uses.received, tx_bytes: uses.sent } : { rx_bytes: 0, tx_bytes: 0 },
  uptime: child ? Date.now() - startedAt : 0,
  state,
  disk_bytes: uses.disk,
});

type ConfigFile = Server["configuration"]["process_configuration"]["configs"][number];

/** Of the parsers the two that go by lines. What an egg may reach of the daemon's own configuration it gets, secrets included. */
function writeConfig(wings: Wings, server: Server, { parser, file, replace }: ConfigFile): void {
  if (parser !== "properties" && parser !== "file") return;
  const target = path.join(server.folder, path.normalize(`/${file}`));
  mkdirSync(path.dirname(target), { recursive: true });
  let lines: string[] = [];
  try {
    lines = readFileSync(target, "utf8").replace(/\n$/, "").split("\n");
  } catch {
    // What is missing is made.
  }
  for (const { match, replace_with } of replace) {
    const value = String(replace_with ?? "").replace(/\{\{\s*config\.([\w.]+)\s*\}\}/g, (_, key: string) =>
      String(valueAt(wings.config, key) ?? ""),
    );
    const line = parser === "properties" ? `${match}=${value}` : value;
    const starts = parser === "properties" ? `${match}=` : match;
    const at = lines.findIndex((one) => one.startsWith(starts));
    if (at >= 0) lines[at] = line;
    else lines.push(line);
  }
  writeFileSync(target, `${lines.join("\n")}\n`);
}

const valueAt = (value: unknown, key: string): unknown =>
  key.split(".").reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], value);
