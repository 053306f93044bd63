/** Nodes, eggs, and servers in every state for the demo panel, one of them with everything that a server can have. */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { parse } from "yaml";
import { hashToken } from "#lib/crypto/secret.ts";
import { startMariaDb, startPostgreSql } from "./database-hosts.ts";
import { eggs, GO, standIns } from "./demo-eggs.ts";
import { addMounts, furnish, letIn, ready } from "./demo-furnish.ts";
import { fillUse } from "./demo-use.ts";
import type { Client, PanelServer } from "./server.ts";
import { sshKey } from "./ssh-key.ts";
import { startWings, type Wings } from "./wings.ts";

export interface DemoServers {
  /** Paths of pages: the server that has everything, one that is empty, and others by what stands in their way. */
  full: string;
  empty: string;
  suspended: string;
  failed: string;
  installing: string;
  moving: string;
  /** On a node that does not answer. */
  unreachable: string;
  /** For staff: the tab where it can be moved. */
  staff: string;
  /** Of invitations that nobody has answered, in the order of those invited. */
  invitations: string[];
  stop(): Promise<void>;
}

export interface DemoPeople {
  owner: Client;
  operator: Client;
  guest: Client;
  /** Addresses: of one who accepts at once, and of some who do not. */
  guestEmail: string;
  invited: readonly string[];
  /** Whose organisation has most of the servers. */
  handle: string;
}

const MINUTE = 60_000;
const GIB = 1024 ** 3;

export async function fillServers(server: PanelServer, people: DemoPeople): Promise<DemoServers> {
  const { owner, operator } = people;
  const programs = standIns();
  const [one, two, maria, postgres] = [
    await startWings({ version: "1.13.1" }),
    await startWings({ version: "1.11.13" }),
    await startMariaDb(),
    await startPostgreSql(),
  ];
  process.once("exit", () => void maria.kill());
  process.once("exit", () => void postgres.kill());
  const frankfurt = await addNode(operator, one, "Frankfurt 1", "Frankfurt", "2001:db8:40::25");
  const helsinki = await addNode(
    operator,
    two,
    "Water Utility of the United Northern Municipalities, second rack",
    "Helsinki",
    "198.51.100.7",
  );
  await operator.call("POST", "/admin/nodes", {
    name: "São Paulo 1",
    location: "São Paulo",
    fqdn: "node1.sao-paulo.northwind.example",
    memory: 65_536,
    disk: 1_048_576,
  });
  const database = new Database(path.join(server.dataDir, "panel.db"));
  database.pragma("busy_timeout = 10000");
  // How long an answer took on a busy machine says nothing of its clock.
  database.prepare("update nodes set drift_ms = 0").run();
  const egg: Record<string, string> = {};
  for (const [name, text] of Object.entries(eggs))
    egg[name] = (await operator.call<{ id: string }>("POST", "/admin/eggs/import", { text })).id;
  const addHost = async (name: string, kind: string, { address }: typeof maria, more: object = {}) => {
    const { host, port, username, password } = address;
    const given = { name, kind, host, port, username, password, tls: "off", ...more };
    return (await operator.call<{ id: string }>("POST", "/admin/database-hosts", given)).id;
  };
  await addHost("Oslo 1", "mariadb", maria, { most: 500, publicHost: "db1.oslo.northwind.example", publicPort: 3306 });
  const silent = await addHost("Databases of the water utility, second rack", "postgresql", postgres, {
    node: helsinki,
    closed: true,
  });
  await postgres.kill();
  await operator.call("POST", `/admin/database-hosts/${silent}/test`);

  const make = async (body: object): Promise<string> => {
    const more = { skipScripts: true, start: false, owner: people.handle, memory: 2048, disk: 10_240, cpu: 200 };
    return (await operator.call<{ id: string }>("POST", "/admin/servers", { ...more, ...body })).id;
  };
  const limits = { databaseLimit: 3, backupLimit: 5, allocationLimit: 4 };
  const full = await make({ name: "Harbour survival", egg: egg.paper, node: frankfurt, ...limits, memory: 8192 });
  const empty = await make({ name: "Untouched", egg: egg.paper, node: frankfurt, ...limits });
  const names = namesOf(58);
  const made: string[] = [];
  for (const [n, name] of names.entries()) {
    const kind = n % 3 === 0 ? egg.node : egg.paper;
    made.push(await make({ name, egg: kind, node: n % 5 === 0 ? helsinki : frankfurt, memory: 512 * (1 + (n % 8)) }));
  }
  const own = { owner: "clara@northwind.example", egg: egg.node, node: frankfurt };
  made.push(await make({ ...own, name: "Clara’s sandbox" }));
  // What others made and let the owner into.
  const alien = await make({ ...own, name: "Tidewater storefront", owner: people.guestEmail });
  await one.settled();
  await two.settled();
  one.failsInstalls = true;
  const failed = await make({ name: "Festival 2026", egg: egg.paper, node: frankfurt, skipScripts: false });
  await ready(owner, failed);
  one.failsInstalls = false;
  const [suspended = "", , unreachable = ""] = [made[1], made[2], made[5]];
  await operator.call("POST", `/admin/servers/${suspended}/suspend`, {
    reason: "Card payments were reversed three times, and nobody answered our letters.",
  });
  for (const id of made.filter((_, n) => n % 4 === 2)) await ready(owner, id);
  for (const id of made.filter((_, n) => n % 4 === 2 && n % 5 !== 0))
    await owner.ask("POST", `/servers/${id}/power`, { action: "start" });

  await furnish(owner, full, one, database);
  await addMounts(operator, full, frankfurt, helsinki, [egg.paper ?? ""]);
  const { uuid } = await owner.call<{ uuid: string }>("GET", `/servers/${full}`);
  const running = one.servers.get(uuid);
  if (running)
    running.uses = { cpu: 98.4, memory: 4.2 * GIB, disk: 6.25 * GIB, received: 24_300_000, sent: 96_100_000 };
  const month = 31 * 24 * 60 * MINUTE;
  fillUse(server.dataDir, [{ server: full, since: month }]);
  await letIn(people, full, alien);
  for (const [number, name] of ["Laptop", "Workstation in the harbour office"].entries())
    await owner.call("POST", "/account/ssh-keys", { name, key: sshKey(number) });
  await owner.call("POST", "/account/tokens", {
    name: "Restarts of the harbour",
    servers: [{ server: full, capabilities: ["console", "stats"] }],
  });
  const link = database.prepare("update server_invites set token_hash = ? where server_id = ? and email = ?");
  const invitations = people.invited.map((email) => {
    const token = `the-invitation-of-${email}`;
    link.run(hashToken(token), full, email);
    return `/invite#token=${encodeURIComponent(token)}`;
  });
  // The node takes it, and does not begin.
  Object.assign(one, { broken: { status: 202, body: "" }, only: /^POST .*\/transfer$/ });
  const moving = made[6] ?? "";
  await ready(owner, moving);
  await operator.call("POST", `/admin/servers/${moving}/transfer`, { node: helsinki });
  await asked(database, moving);
  Object.assign(one, { broken: null, only: null });
  // It goes on for as long as the demo: whoever waits for its node after this waits that long.
  const installing = await make({ name: "Conveyor belts", egg: egg.slow, node: frankfurt, skipScripts: false });
  two.broken = { status: 502, body: "" };
  await operator.ask("POST", `/admin/nodes/${helsinki}/ask`);
  database.close();
  const pageOf = (id: string) => `/dashboard/servers/${id}`;
  return {
    full: pageOf(full),
    empty: pageOf(empty),
    suspended: pageOf(suspended),
    failed: pageOf(failed),
    installing: pageOf(installing),
    moving: pageOf(moving),
    unreachable: pageOf(unreachable),
    staff: `/dashboard/admin?tab=servers&open=${full}`,
    invitations,
    async stop() {
      for (const { folder } of one.servers.values()) writeFileSync(path.join(folder, GO), "");
      await Promise.all([one.close(), two.close(), maria.stop(), postgres.stop()]);
      rmSync(programs, { recursive: true, force: true });
    },
  };
}

async function addNode(operator: Client, wings: Wings, name: string, location: string, ip: string): Promise<string> {
  const { id } = await operator.call<{ id: string }>("POST", "/admin/nodes", {
    name,
    location,
    fqdn: "127.0.0.1",
    scheme: "http",
    port: wings.port,
    memory: 524_288,
    disk: 4_194_304,
  });
  await operator.call("POST", `/admin/nodes/${id}/allocations`, { ip, ports: ["25565-25699"] });
  wings.config = parse((await operator.call<{ text: string }>("POST", `/admin/nodes/${id}/configuration`)).text);
  await operator.call("POST", `/admin/nodes/${id}/ask`);
  return id;
}

const PLACES = ["Lobby", "Creative", "Skyblock", "Storefront", "Bot of the scheduling desk", "Arena", "Wiki", "Build"];
const namesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, n) =>
    n === 7
      ? "Water utility of the united northern municipalities: survey of the reservoirs, season of 2026"
      : n === 12
        ? "A".repeat(100)
        : `${PLACES[n % PLACES.length]} ${Math.floor(n / PLACES.length) + 1}`,
  );

/** Waits until its node was asked to send it. */
async function asked(database: Database.Database, id: string): Promise<void> {
  const when = database.prepare("select asked_at from server_transfers where server_id = ?").pluck();
  for (let n = 0; n < 200 && when.get(id) === null; n++) await new Promise((resolve) => setTimeout(resolve, 100));
}
