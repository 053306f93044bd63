/** `servers`: 1,000 nodes and 50,000 servers: the tab, a node that starts, and what asking all nodes how they are costs. */
import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import Database from "better-sqlite3";
import { parse } from "yaml";
import { type Person, startServer } from "../support/server.ts";
import { headersOf, type WingsConfig } from "../support/wings.ts";
import { asked, of } from "./asked.ts";
import { addressOf } from "./daemons.ts";
import { type Row, row } from "./figures.ts";
import { processorTime } from "./process.ts";

const BENCH = "servers";
const NODES = 1000;
const SERVERS = 50_000;
/** On the first node. */
const ON_ONE = 2000;
const DAEMON_PORT = 18_080;
/** Two rounds of asking. */
const WATCHED_MS = 60_000;
/** A third rare, a third common, a third absent. */
const terms = ["lobby 4242", "survival", "nothing-like-this"];

export async function servers(): Promise<Row[]> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "zonegate-servers-"));
  const daemons = fork(path.join(import.meta.dirname, "daemons.ts"), [String(DAEMON_PORT), String(NODES)]);
  const end = () => daemons.kill("SIGKILL");
  process.once("exit", end);
  try {
    await once(daemons, "message");
    return await measured(dataDir, daemons);
  } finally {
    process.removeListener("exit", end);
    end();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measured(dataDir: string, daemons: ChildProcess): Promise<Row[]> {
  const server = await startServer({ dataDir, environment: { ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" } });
  try {
    const root = await server.person("Bench of servers", "root");
    const idle = await shareOf(server.pid);
    const nodes = await addNodes(root);
    // The first round makes the connections. Without servers nothing else is asked.
    await setTimeout(WATCHED_MS / 2);
    const asking = await shareOf(server.pid);
    const against = { beside: idle, against: "without nodes" };
    addServers(dataDir, nodes, await addEgg(root));
    const goal = { goal: "< 50 ms" };
    const list = (query: string, everyMs = 0) => {
      const often = everyMs === 0 ? {} : { everyMs, times: WATCHED_MS / everyMs };
      const path = (n: number) => `/admin/servers?${query.replace("TERM", encodeURIComponent(of(terms, n)))}`;
      return asked(server.origin, root, path, often);
    };
    const rows = [
      row(BENCH, `asking ${NODES} nodes every 30 s`, asking, "% of a core", { ...against, goal: "< 5 %" }),
      row(BENCH, "Servers: first page, p95", await list(""), "ms", goal),
      row(
        BENCH,
        "the same over a minute in which all nodes are asked what their servers use",
        await list("", 100),
        "ms",
        goal,
      ),
      row(BENCH, "Servers: last page, p95", await list("at=last"), "ms", goal),
      row(BENCH, "Servers: search, p95", await list("q=TERM"), "ms", goal),
      row(BENCH, "Servers: suspended, p95", await list("suspended=yes"), "ms", goal),
    ];
    const boot = await bootOf(root, nodes[0] ?? "");
    rows.push(row(BENCH, `a node starts with ${boot.servers} servers`, boot.ms / 1000, "s", { goal: "< 3 s" }));
    const figure = `the same, and every minute what ${SERVERS.toLocaleString("en-GB")} running servers use`;
    rows.push(row(BENCH, figure, await shareOf(server.pid), "% of a core", against));
    const healthy = await root.call<{ total: number }>("GET", "/admin/nodes?health=healthy&perPage=1");
    rows.push(row(BENCH, "nodes that answered", healthy.total, "nodes", { beside: NODES, against: "asked" }));
    if (daemons.exitCode !== null) throw new Error("The daemons have ended.");
    return rows;
  } finally {
    await server.stop();
  }
}

/** Processor time of a process over a minute, in per cent of one core. */
async function shareOf(pid: number): Promise<number> {
  const before = processorTime(pid) ?? Number.NaN;
  await setTimeout(WATCHED_MS);
  return (((processorTime(pid) ?? Number.NaN) - before) / WATCHED_MS) * 100;
}

async function addNodes(root: Person): Promise<string[]> {
  const nodes: string[] = [];
  for (let n = 0; n < NODES; n++) {
    const given = {
      name: `Node ${n}`,
      location: `Hall ${n % 7}`,
      fqdn: addressOf(n),
      scheme: "http",
      port: DAEMON_PORT,
    };
    nodes.push(
      (await root.call<{ id: string }>("POST", "/admin/nodes", { ...given, memory: 65_536, disk: 1_048_576 })).id,
    );
  }
  return nodes;
}

async function addEgg(root: Person): Promise<string> {
  const variables = Array.from({ length: 10 }, (_, n) => ({
    name: `Setting ${n}`,
    env: `SETTING_${n}`,
    defaultValue: `value ${n}`,
    rules: ["required", "string", "max:64"],
    userViewable: true,
    userEditable: true,
  }));
  const given = {
    name: "Survival",
    images: [["Java 21", "ghcr.io/example/java:21"]],
    startup: "java -Xmx{{SERVER_MEMORY}}M -jar server.jar --port {{SERVER_PORT}}",
    stop: "stop",
    configStartup: JSON.stringify({ done: "Done (" }),
    configFiles: JSON.stringify({
      "server.properties": {
        parser: "properties",
        find: { "server-ip": "0.0.0.0", "server-port": "{{server.build.default.port}}" },
      },
    }),
    variables,
  };
  return (await root.call<{ id: string }>("POST", "/admin/eggs", given)).id;
}

/** Straight into the database: each with an address, two values of its own, and an account that has it. */
function addServers(dataDir: string, nodes: readonly string[], egg: string): void {
  const database = new Database(path.join(dataDir, "panel.db"));
  try {
    database.pragma("busy_timeout = 10000");
    // Nodes with so many servers call by themselves. These daemons never do.
    database.prepare("update nodes set heard_at = ?").run(Date.now());
    const user = database.prepare("select id from users limit 1").pluck().get();
    const server = database.prepare(
      `insert into servers (id, uuid, short, name, user_id, node_id, egg_id, image, memory, disk, state, suspended_at, created_at, updated_at)
       values (?, ?, ?, ?, ?, ?, ?, 'ghcr.io/example/java:21', 4096, 10240, 'ready', ?, ?, ?)`,
    );
    const allocation = database.prepare(
      "insert into allocations (id, node_id, ip, port, server_id, created_at) values (?, ?, '192.0.2.1', ?, ?, 0)",
    );
    const primary = database.prepare("update servers set allocation_id = ? where id = ?");
    const variable = database.prepare("insert into server_variables (server_id, env, value) values (?, ?, ?)");
    database.transaction(() => {
      for (let n = 0; n < SERVERS; n++) {
        const id = `bench-${String(n).padStart(6, "0")}`;
        const uuid = randomUUID();
        const node = n < ON_ONE ? nodes[0] : nodes[1 + (n % (nodes.length - 1))];
        const name = n % 3 === 0 ? `Survival ${n}` : `Lobby ${n}`;
        server.run(
          id,
          uuid,
          `${n.toString(16).padStart(8, "0")}`,
          name,
          user,
          node,
          egg,
          n % 50 === 0 ? 1 : null,
          n,
          n,
        );
        allocation.run(`a-${id}`, node, 2000 + (n % 50_000), id);
        primary.run(`a-${id}`, id);
        for (const key of [1, 2]) variable.run(id, `SETTING_${key}`, `own ${n}`);
      }
    })();
  } finally {
    database.close();
  }
}

/** As a daemon does: the first part, then all others at once. */
async function bootOf(root: Person, node: string): Promise<{ ms: number; servers: number }> {
  const { text } = await root.call<{ text: string }>("POST", `/admin/nodes/${node}/configuration`);
  const headers = headersOf(parse(text) as WingsConfig);
  const page = async (n: number) => {
    const answer = await fetch(`${root.origin}/api/remote/servers?page=${n}&per_page=50`, { headers });
    return (await answer.json()) as { data: unknown[]; meta: { last_page: number } };
  };
  const began = performance.now();
  const first = await page(0);
  const rest = await Promise.all(Array.from({ length: first.meta.last_page - 1 }, (_, n) => page(n + 2)));
  return { ms: performance.now() - began, servers: [first, ...rest].reduce((sum, { data }) => sum + data.length, 0) };
}
