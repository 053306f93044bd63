/**
 * Starts a real recursor (pdns_recursor) on loopback, which knows no servers but those it is told of: zones that tests
 * serve stand for the DNS of the world.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort, type PowerDnsServer, powerDnsAvailable, startPowerDns } from "./powerdns.ts";

const READY_WITHIN_MS = 15_000;

export interface Recursor {
  /** As `RESOLVER` takes it. */
  address: string;
  stop(): Promise<void>;
}

export interface Authority extends PowerDnsServer {
  address: string;
  /**
   * Makes a zone, or brings it to these lines in one step: name (absolute), type and content. SOA and NS are up to the
   * caller. It is there all the time: a recursor that is refused once asks that server no more for a minute.
   */
  zone(apex: string, lines: string[]): Promise<void>;
  /** Calls its API below `/api/v1/servers/localhost`. */
  api(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** What is missing to run one here, as a sentence; `null` when nothing is. */
export const recursorAvailable = (): string | null =>
  powerDnsAvailable() ??
  (binary() === undefined ? "pdns_recursor is not installed (apt-get install pdns-recursor)." : null);

/** An authoritative server at an address of its own; all that share a port can be name servers of one world. */
export async function startAuthority(
  address: string,
  port: number,
  config: Record<string, string> = {},
): Promise<Authority> {
  const server = await startPowerDns({ config: { "local-address": address, "local-port": String(port), ...config } });
  const api: Authority["api"] = async (method, path, body) => {
    const response = await fetch(`${server.apiUrl}/api/v1/servers/localhost${path}`, {
      method,
      headers: { "X-API-Key": server.apiKey, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok && response.status !== 404) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text && response.ok ? JSON.parse(text) : null;
  };
  return {
    ...server,
    dnsPort: port,
    address,
    api,
    async zone(apex, lines) {
      const sets = new Map<string, { name: string; type: string; ttl: number; records: { content: string }[] }>();
      for (const line of lines) {
        const [, name = "", type = "", content = ""] = /^(\S+) (\S+) (.+)$/.exec(line) ?? [];
        const set = sets.get(`${name} ${type}`) ?? { name, type, ttl: 0, records: [] };
        set.records.push({ content });
        sets.set(`${name} ${type}`, set);
      }
      const there = (await api("GET", `/zones/${apex}`)) as { rrsets: { name: string; type: string }[] } | null;
      if (there === null) {
        await api("POST", "/zones", { name: apex, kind: "Native", nameservers: [], rrsets: [...sets.values()] });
        return;
      }
      const gone = there.rrsets.filter(({ name, type }) => !sets.has(`${name} ${type}`));
      const rrsets = [
        ...gone.map(({ name, type }) => ({ name, type, changetype: "DELETE" })),
        ...Array.from(sets.values(), (set) => ({ ...set, changetype: "REPLACE" })),
      ];
      await api("PATCH", `/zones/${apex}`, { rrsets });
    },
  };
}

/** `zones`: whom it asks about each zone (`address:port`). `anchors`: DS records that it validates from. */
export async function startRecursor(zones: Record<string, string>, anchors: string[] = []): Promise<Recursor> {
  const command = binary();
  if (command === undefined) throw new Error(recursorAvailable() ?? "pdns_recursor is missing.");
  const directory = mkdtempSync(join(tmpdir(), "zonegate-recursor-"));
  const lua = join(directory, "trust.lua");
  writeFileSync(lua, ["clearTA()", ...anchors.map((anchor) => `addTA(${anchor})`)].join("\n"));
  const port = await freePort();
  const settings = {
    "config-dir": directory,
    "socket-dir": directory,
    "local-address": "127.0.0.1",
    "local-port": String(port),
    "forward-zones": Object.entries(zones)
      .map(([zone, server]) => `${zone}=${server}`)
      .join(","),
    "lua-config-file": lua,
    dnssec: anchors.length > 0 ? "validate" : "process-no-validate",
    "dont-query": "",
    "minimum-ttl-override": "0",
    "max-negative-ttl": "1",
    "max-cache-bogus-ttl": "1",
    "packetcache-ttl": "0",
    "packetcache-servfail-ttl": "0",
    "disable-packetcache": "yes",
    "server-down-max-fails": "0",
    "non-local-bind": "no",
    "security-poll-suffix": "",
    "hint-file": "no",
    threads: "1",
    "pdns-distributes-queries": "no",
    "qname-minimization": "no",
    loglevel: "3",
    daemon: "no",
    setuid: "",
    setgid: "",
  };
  const args = Object.entries(settings)
    .filter(([name, value]) => value !== "" || name === "security-poll-suffix" || name === "dont-query")
    .map(([name, value]) => `--${name}=${value}`);
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  await untilStarted(child, port);
  return {
    address: `127.0.0.1:${port}`,
    async stop() {
      process.removeListener("exit", kill);
      const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      if (child.exitCode === null && child.signalCode === null) {
        kill();
        await exit;
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Until it answers, whatever it says. */
async function untilStarted(child: ChildProcess, port: number): Promise<void> {
  let output = "";
  const read = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on("data", read);
  child.stderr?.on("data", read);
  const resolver = new Resolver({ timeout: 200, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    try {
      await resolver.resolve("ready.invalid", "A");
      return;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      if (!["ECONNREFUSED", "ETIMEOUT", "ECANCELLED"].includes(code)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error(`pdns_recursor did not start: ${output}`);
}

const binary = (): string | undefined =>
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"]
    .map((directory) => join(directory, "pdns_recursor"))
    .find((path) => existsSync(path));
