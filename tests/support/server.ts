/**
 * The production server as a process of its own, started as `npm start` does: what browsers, benches and screenshots look
 * at, and what tests kill, signal and start again on the same data.
 *
 * A test in a browser that needs no environment of its own asks for `sharedServer()` (shared-server.ts), which its worker
 * has already, instead of a server of its own; likewise for `sharedBrowser()` (browser.ts). People are made with
 * `server.person()`, who are signed in already: `signedIn(browser, person)` is their browser. Signing in by the form
 * is for the files whose business that is.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Setting, SettingKey } from "#lib/settings/settings.ts";
import { build, command, root, server } from "../../scripts/start.mjs";
import { COMPILED } from "./compiled.ts";
import { insertPerson, type Standing, writeSetting } from "./people.ts";
import type { PowerDnsServer } from "./powerdns.ts";

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 30_000;

export interface ServerOptions {
  /** A directory that outlives the server; without it there is one that goes when it ends. */
  dataDir?: string;
  powerDns?: PowerDnsServer;
  /** The variables of the panel are these and no others. */
  environment?: Record<string, string>;
  /** Where browsers open it. Passkeys need a host name. */
  host?: "127.0.0.1" | "localhost";
}

export interface PanelServer {
  dataDir: string;
  /** Such as `http://127.0.0.1:40123`. */
  origin: string;
  pid: number;
  process: ChildProcess;
  /** Everything that it has printed. */
  output(): string;
  /** How it ended, once it has. */
  ended: Promise<Ending>;
  /** Runs `npm run panel -- …` on the same data. Throws with what it printed if it fails. */
  command(args: string[], input?: string): Promise<string>;
  /** Signs in over HTTP, as the browser does. */
  signIn(email: string, password: string): Promise<Client>;
  /** An account of this name with the roles or permissions given, signed in. Its password is `PASSWORD` of people.ts. */
  person(name: string, standing?: Standing, email?: string): Promise<Person>;
  /** Changes a setting, as staff would. */
  setting<K extends SettingKey>(key: K, value: Setting<K>): Promise<void>;
  /** Ends it as Ctrl-C does, and returns how it ended. */
  stop(): Promise<Ending>;
}

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface HttpAnswer<T> {
  status: number;
  body: T;
}

/** Somebody who is signed in. Paths are those of the REST API, from after `/api`. */
export interface Client {
  /** Of the server. */
  origin: string;
  /** What the `Cookie` header holds. */
  cookie: string;
  /** The answer as it came. */
  fetch(method: string, path: string, body?: unknown): Promise<Response>;
  /** Its status and body, whatever they are. */
  ask<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<HttpAnswer<T>>;
  /** Its body. Throws with the answer if it is an error. */
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>;
}

export interface Person extends Client {
  id: string;
  name: string;
  email: string;
}

/** Builds if the build is stale, and resolves when the server says where it is. Throws with what it printed if it ends before that. */
export async function startServer(options: ServerOptions = {}): Promise<PanelServer> {
  build();
  const directory = mkdtempSync(path.join(tmpdir(), "zonegate-server-"));
  const dataDir = options.dataDir ?? path.join(directory, "data");
  const given = options.environment?.PORT;
  const port = given ?? String(await freePort());
  const origin = `http://${options.host ?? "127.0.0.1"}:${port}`;
  const environment = {
    ...(options.powerDns
      ? { POWERDNS_API_URL: options.powerDns.apiUrl, POWERDNS_API_KEY: options.powerDns.apiKey }
      : {}),
    HOST: "127.0.0.1",
    ...(given === undefined ? { PORT: port, NEXTAUTH_URL: origin } : {}),
    ...options.environment,
  };
  // A file, so that nobody has to read it for the server to go on.
  const log = path.join(directory, "server.log");
  const file = openSync(log, "a");
  const started = server({ ...variables(dataDir), ...environment });
  const child = spawn(started.file, started.args, {
    cwd: root,
    env: started.env,
    stdio: ["ignore", file, file],
  });
  closeSync(file);
  // Whoever is cut short leaves no server behind.
  const kill = () => child.kill("SIGKILL");
  const leave = () => {
    kill();
    rmSync(directory, { recursive: true, force: true });
  };
  process.once("exit", leave);
  let printed: string | null = null;
  const output = () => printed ?? readFileSync(log, "utf8");
  const ended = new Promise<Ending>((resolve) => {
    child.once("exit", (code, signal) => {
      process.removeListener("exit", leave);
      printed = output();
      rmSync(directory, { recursive: true, force: true });
      resolve({ code, signal });
    });
  });
  await untilReady(child, output);

  return {
    dataDir,
    origin,
    pid: child.pid as number,
    process: child,
    output,
    ended,
    async command(args, input) {
      const { code, out, error } = await panelCommand(dataDir, args, input, environment);
      if (code !== 0) throw new Error(`panel ${args.join(" ")}: ${out}${error}`);
      return out;
    },
    signIn: (email, password) => signIn(origin, email, password),
    async person(name, standing, email) {
      const { cookie, ...account } = await insertPerson(dataDir, name, standing, email);
      return { ...account, ...client(origin, cookie) };
    },
    setting: (key, value) => writeSetting(dataDir, key, value),
    async stop() {
      child.kill("SIGINT");
      const late = setTimeout(kill, STOP_WITHIN_MS);
      const ending = await ended;
      clearTimeout(late);
      return ending;
    },
  };
}

async function untilReady(child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  const over = () => child.exitCode !== null || child.signalCode !== null;
  while (Date.now() < deadline && !over()) {
    if (/^Zonegate is at /m.test(output())) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  if (over())
    throw new Error(`The server ended (${child.signalCode ?? child.exitCode}) before it was ready:\n${output()}`);
  child.kill("SIGKILL");
  throw new Error(`The server was not ready in time:\n${output()}`);
}

/** How a command ended, and what it printed. */
export interface Ran extends Ending {
  out: string;
  error: string;
}

/** `npm run panel -- …` on the data of a panel. */
export function panelCommand(
  dataDir: string,
  args: string[],
  input = "",
  environment: Record<string, string> = {},
): Promise<Ran> {
  const started = command("scripts/panel.ts", args);
  const child = spawn(started.file, started.args, { cwd: root, env: { ...variables(dataDir), ...environment } });
  let [out, error] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    error += chunk;
  });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, out, error }));
  });
}

const variables = (dataDir: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME ?? tmpdir(),
  NODE_ENV: "production",
  NEXT_TELEMETRY_DISABLED: "1",
  ...COMPILED,
  DATA_DIR: dataDir,
});

/** A data directory of its own, and what removes it. */
export function dataDirectory(): { dataDir: string; remove(): void } {
  const dataDir = mkdtempSync(path.join(tmpdir(), "zonegate-data-"));
  return { dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) };
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
  const cookie = cookiesOf(answer);
  if (!/session=[^;]/.test(cookie))
    throw new Error(`${email} could not sign in: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
  return client(origin, cookie);
}

function client(origin: string, cookie: string): Client {
  const send: Client["fetch"] = (method, target, body) =>
    fetch(`${origin}/api${target}`, {
      method,
      headers: { origin, cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
  return {
    origin,
    cookie,
    fetch: send,
    async ask(method, target, body) {
      const response = await send(method, target, body);
      const text = await response.text();
      return { status: response.status, body: text ? JSON.parse(text) : null };
    },
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
    const listener = createServer();
    listener.once("error", reject);
    listener.listen(0, "127.0.0.1", () => {
      const address = listener.address();
      listener.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
