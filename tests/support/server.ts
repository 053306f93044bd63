/**
 * The production server as a process of its own, with a data directory that goes when it stops. What benches and
 * screenshots need: the real thing, over HTTP.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { build, node, root } from "../../scripts/start.mjs";
import type { PowerDnsServer } from "./powerdns.ts";

const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 10_000;
const FLAGS = ["--disable-warning=ExperimentalWarning"];

export interface PanelServer {
  /** Such as `http://127.0.0.1:40123`. */
  origin: string;
  pid: number;
  /** Runs `npm run panel -- …` on the same data. Throws with what it printed if it fails. */
  command(args: string[], input?: string): Promise<string>;
  /** Signs in over HTTP, as the browser does. */
  signIn(email: string, password: string): Promise<Client>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/** Somebody who is signed in. */
export interface Client {
  /** What the `Cookie` header holds. */
  cookie: string;
  /** A call of the REST API, `path` from after `/api`. Throws with the answer if it is an error. */
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>;
  /** The same, with the answer as it came. */
  fetch(method: string, path: string, body?: unknown): Promise<Response>;
}

/** Builds if the build is stale, starts a server, and resolves when it is ready. */
export async function startServer(
  options: { powerDns?: PowerDnsServer; environment?: Record<string, string> } = {},
): Promise<PanelServer> {
  build();
  const directory = mkdtempSync(path.join(tmpdir(), "zonegate-server-"));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    HOST: "127.0.0.1",
    PORT: String(port),
    NEXTAUTH_URL: origin,
    DATA_DIR: path.join(directory, "data"),
    ...(options.powerDns
      ? { POWERDNS_API_URL: options.powerDns.apiUrl, POWERDNS_API_KEY: options.powerDns.apiKey }
      : {}),
    ...options.environment,
  };
  // A file, so that nobody has to read it for the server to go on.
  const log = path.join(directory, "server.log");
  const output = openSync(log, "a");
  const child = spawn(node(), [...FLAGS, path.join(root, "scripts", "serve.ts")], {
    cwd: root,
    env: environment,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  await untilReady(child, origin, log);

  return {
    origin,
    pid: child.pid as number,
    command: (args, input = "") => run([path.join(root, "scripts", "panel.ts"), ...args], environment, input),
    signIn: (email, password) => signIn(origin, email, password),
    async stop() {
      process.removeListener("exit", kill);
      await ended(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function untilReady(child: ChildProcess, origin: string, log: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(`${origin}/readyz`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  child.kill("SIGKILL");
  throw new Error(`The server did not start:\n${readFileSync(log, "utf8").slice(-4000)}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
  await exit;
  clearTimeout(late);
}

async function run(args: string[], env: NodeJS.ProcessEnv, input: string): Promise<string> {
  const child = spawn(node(), [...FLAGS, ...args], { cwd: root, env, stdio: ["pipe", "pipe", "pipe"] });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`panel ${args.slice(1).join(" ")}: ${printed}`);
  return printed;
}

async function signIn(origin: string, email: string, password: string): Promise<Client> {
  const token = await fetch(`${origin}/api/auth/csrf`);
  const { csrfToken } = (await token.json()) as { csrfToken: string };
  const answer = await fetch(`${origin}/api/auth/callback/password`, {
    method: "POST",
    redirect: "manual",
    headers: { origin, cookie: cookiesOf(token), "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ csrfToken, email, password, json: "true", callbackUrl: `${origin}/dashboard` }),
  });
  await answer.arrayBuffer();
  const cookie = cookiesOf(answer);
  if (!cookie.includes("zonegate.session=")) throw new Error(`${email} could not sign in (${answer.status}).`);

  const send: Client["fetch"] = (method, target, body) =>
    fetch(`${origin}/api${target}`, {
      method,
      headers: { origin, cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
  return {
    cookie,
    fetch: send,
    async call(method, target, body) {
      const response = await send(method, target, body);
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${target}: ${response.status} ${text.slice(0, 2000)}`);
      return JSON.parse(text);
    },
  };
}

/** What a browser would send back: names and values without their attributes. */
const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";", 1)[0])
    .join("; ");

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
