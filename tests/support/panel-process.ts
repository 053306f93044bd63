/** The panel as a process that tests kill, signal and start again on the same data, and whose output they read. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const READY_WITHIN_MS = 60_000;

export interface Server {
  origin: string;
  process: ChildProcess;
  /** Everything that it has printed. */
  output(): string;
  /** How it ended, once it has. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Ends it as Ctrl-C does, and returns how it ended. */
  stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface ServerOptions {
  dataDir: string;
  env?: Record<string, string>;
}

/** The variables of the panel are those given and no others. */
const environment = ({ dataDir, env = {} }: ServerOptions): Record<string, string> => ({
  PATH: process.env.PATH ?? "",
  HOME: process.env.HOME ?? tmpdir(),
  NODE_ENV: "production",
  NEXT_TELEMETRY_DISABLED: "1",
  LOG_LEVEL: "warn",
  PORT: "0",
  DATA_DIR: dataDir,
  ...env,
});

/** Resolves when it says where it is. Throws with what it printed if it ends before that. */
export async function startServer(options: ServerOptions): Promise<Server> {
  if (!existsSync(path.join(".next", "BUILD_ID")))
    throw new Error("There is no build: run `npm run build` first, or `npm test`.");
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "scripts/serve.ts"], {
    env: environment(options) as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A test run that is cut short leaves no server behind.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const said = Promise.withResolvers<string>();
  let text = "";
  const collect = (chunk: Buffer) => {
    text += chunk.toString();
    const origin = /^Zonegate is at (\S+)$/m.exec(text)?.[1];
    if (origin) said.resolve(origin);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("close", (code, signal) => {
      process.removeListener("exit", kill);
      resolve({ code, signal });
    });
  });
  void ended.then(({ code, signal }) =>
    said.reject(new Error(`The server ended (${signal ?? code}) before it was ready:\n${text}`)),
  );
  const timer = setTimeout(() => {
    kill();
    said.reject(new Error(`The server was not ready in time:\n${text}`));
  }, READY_WITHIN_MS);
  try {
    const origin = await said.promise;
    return {
      origin,
      process: child,
      output: () => text,
      ended,
      stop() {
        child.kill("SIGINT");
        return ended;
      },
    };
  } finally {
    clearTimeout(timer);
  }
}

/** `npm run panel -- …` on the same data. */
export function panelCommand(
  dataDir: string,
  args: string[],
  input = "",
): Promise<{ code: number | null; out: string; error: string }> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "scripts/panel.ts", ...args], {
    env: { PATH: process.env.PATH ?? "", DATA_DIR: dataDir } as unknown as NodeJS.ProcessEnv,
  });
  let [out, error] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    error += chunk;
  });
  child.stdin.end(input);
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, error })));
}

/** A data directory of its own, and what removes it. */
export function dataDirectory(): { dataDir: string; remove(): void } {
  const dataDir = mkdtempSync(path.join(tmpdir(), "zonegate-e2e-"));
  return { dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) };
}

export interface HttpAnswer<T> {
  status: number;
  body: T;
}

/** Signs in over HTTP as a browser's form does; what it returns calls the API with that session. */
export async function signInOverHttp(origin: string, email: string, password: string) {
  const csrf = await fetch(`${origin}/api/auth/csrf`);
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const signed = await fetch(`${origin}/api/auth/callback/password`, {
    method: "POST",
    redirect: "manual",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "sec-fetch-site": "same-origin",
      cookie: cookies(csrf),
    },
    body: new URLSearchParams({ csrfToken, email, password, json: "true" }),
  });
  if (!/session=[^;]/.test(cookies(signed))) throw new Error(`not signed in: ${signed.status} ${await signed.text()}`);
  const cookie = cookies(signed);
  return async <T = Record<string, unknown>>(
    method: string,
    target: string,
    body?: unknown,
  ): Promise<HttpAnswer<T>> => {
    const response = await fetch(`${origin}/api${target}`, {
      method,
      headers: {
        cookie,
        "sec-fetch-site": "same-origin",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text ? JSON.parse(text) : null) as T };
  };
}

const cookies = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
