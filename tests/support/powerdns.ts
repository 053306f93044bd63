/**
 * Starts a real PowerDNS on loopback with a database of its own, for tests. Every server has its own directory and
 * ports, so that test files run beside each other.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { gunzipSync } from "node:zlib";
import Database from "better-sqlite3";

export interface PowerDnsServer {
  /** Base of the API without `/api/v1`, such as `http://127.0.0.1:18081`. */
  apiUrl: string;
  apiKey: string;
  dnsPort: number;
  /** Ends the server and removes its directory. */
  stop(): Promise<void>;
  /** Kills the server where it stands; `restart` brings it back with the same data and ports. */
  kill(): void;
  restart(): Promise<void>;
  /** Asks the server by DNS. Names that do not exist, and types that a name does not have, are an empty list. */
  query(
    name: string,
    type: "A" | "AAAA" | "CNAME" | "MX" | "NS" | "PTR" | "SRV" | "CAA" | "TXT" | "SOA",
  ): Promise<unknown[]>;
}

const SCHEMAS = [
  "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql",
  "/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql",
  "/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql.gz",
  "/usr/share/doc/pdns/schema.sqlite3.sql",
];

const READY_WITHIN_MS = 15_000;

/** What is missing to run PowerDNS here, as a sentence; `null` when nothing is. */
export function powerDnsAvailable(): string | null {
  if (binary() === undefined) return "pdns_server is not installed (apt-get install pdns-server pdns-backend-sqlite3).";
  if (schemaPath() === undefined)
    return "The SQLite schema of PowerDNS was not found (apt-get install pdns-backend-sqlite3).";
  return null;
}

/** Starts a server and resolves when its API answers. `config` overrides settings by their PowerDNS names. */
export async function startPowerDns(options: { config?: Record<string, string> } = {}): Promise<PowerDnsServer> {
  // A port that was free a moment ago may be taken by the time that the server binds it.
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(options.config ?? {});
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

async function start(config: Record<string, string>): Promise<PowerDnsServer> {
  const missing = powerDnsAvailable();
  const command = binary();
  const schema = schemaPath();
  if (missing !== null || command === undefined || schema === undefined)
    throw new Error(missing ?? "PowerDNS is missing.");

  const directory = mkdtempSync(join(tmpdir(), "zonegate-pdns-"));
  const database = join(directory, "pdns.sqlite3");
  loadSchema(database, schema);
  const [dnsPort, apiPort] = [await freePort(), await freePort()];
  const apiKey = "test-key";
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const settings: Record<string, string> = {
    "config-dir": directory,
    "socket-dir": directory,
    "module-dir": "",
    launch: "gsqlite3",
    "gsqlite3-database": database,
    "gsqlite3-pragma-synchronous": "0",
    "local-address": "127.0.0.1",
    "local-port": String(dnsPort),
    api: "yes",
    "api-key": apiKey,
    webserver: "yes",
    "webserver-address": "127.0.0.1",
    "webserver-port": String(apiPort),
    "webserver-allow-from": "127.0.0.1",
    "cache-ttl": "0",
    "query-cache-ttl": "0",
    "negquery-cache-ttl": "0",
    "zone-cache-refresh-interval": "0",
    "receiver-threads": "1",
    "distributor-threads": "1",
    "security-poll-suffix": "",
    loglevel: "3",
    daemon: "no",
    guardian: "no",
    setuid: "",
    setgid: "",
    ...config,
  };
  const args = Object.entries(settings)
    .filter(([name, value]) => value !== "" || name === "security-poll-suffix")
    .map(([name, value]) => `--${name}=${value}`);

  let child = await launch(command, args, apiUrl, apiKey);

  const kill = () => {
    child.kill("SIGKILL");
  };
  process.once("exit", kill);

  return {
    apiUrl,
    apiKey,
    dnsPort,
    kill,
    async stop() {
      process.removeListener("exit", kill);
      await ended(child);
      rmSync(directory, { recursive: true, force: true });
    },
    async restart() {
      await ended(child);
      child = await launch(command, args, apiUrl, apiKey);
    },
    query: queryAt(`127.0.0.1:${dnsPort}`),
  };
}

/** Asks a name server at an address with a port. */
function queryAt(server: string): PowerDnsServer["query"] {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  resolver.setServers([server]);
  return async (name, type) => {
    try {
      const answer: unknown = await resolver.resolve(name.replace(/\.$/, ""), type);
      return Array.isArray(answer) ? answer : [answer];
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "ENOTFOUND" || code === "ENODATA") return [];
      throw error;
    }
  };
}

/**
 * A server that runs already, of whatever version: `POWERDNS_TEST_URL` with `POWERDNS_TEST_KEY`, and `POWERDNS_TEST_DNS`
 * (`127.0.0.1:5300`) where it answers DNS. Null without them.
 */
export function givenPowerDns(): { apiUrl: string; apiKey: string; query?: PowerDnsServer["query"] } | null {
  const { POWERDNS_TEST_URL: apiUrl, POWERDNS_TEST_KEY: apiKey = "", POWERDNS_TEST_DNS: dns } = process.env;
  return apiUrl ? { apiUrl, apiKey, ...(dns ? { query: queryAt(dns) } : {}) } : null;
}

async function launch(command: string, args: string[], apiUrl: string, apiKey: string): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  let spawnError: Error | undefined;
  child.on("error", (error) => {
    spawnError = error;
  });
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (spawnError !== undefined || child.exitCode !== null || child.signalCode !== null) break;
    try {
      const response = await fetch(`${apiUrl}/api/v1/servers/localhost`, { headers: { "X-API-Key": apiKey } });
      if (response.ok) {
        await response.arrayBuffer();
        return child;
      }
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill("SIGKILL");
  throw new Error(`PowerDNS did not start: ${spawnError?.message ?? output}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGKILL");
  await exit;
}

export function loadSchema(database: string, schema: string): void {
  const bytes = readFileSync(schema);
  const handle = new Database(database);
  try {
    handle.exec((schema.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString());
  } finally {
    handle.close();
  }
}

function binary(): string | undefined {
  return [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"]
    .map((directory) => join(directory, "pdns_server"))
    .find((path) => existsSync(path));
}

export function schemaPath(): string | undefined {
  return SCHEMAS.find((path) => existsSync(path));
}

/** A port of 127.0.0.1 that is free for TCP and for UDP. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await new Promise<number>((resolve, reject) => {
      const server = createServer();
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
      });
    });
    const free = await new Promise<boolean>((resolve) => {
      const socket = createSocket("udp4");
      socket.once("error", () => resolve(false));
      socket.bind(port, "127.0.0.1", () => socket.close(() => resolve(true)));
    });
    if (free) return port;
  }
}
