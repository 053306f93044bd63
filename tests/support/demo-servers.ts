/** Nodes, eggs, and servers in every state for the demo panel, one of them with everything that a server can have. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { parse } from "yaml";
import { hashToken } from "#lib/crypto/secret.ts";
import { startMariaDb, startPostgreSql } from "./database-hosts.ts";
import { eggs, GO, standIns } from "./demo-eggs.ts";
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

/** Waits until its node has said that it is there. */
async function ready(client: Client, id: string): Promise<void> {
  for (let n = 0; n < 200; n++) {
    const { state } = await client.call<{ state: string }>("GET", `/servers/${id}`);
    if (state !== "installing") return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Server ${id} was not installed in time.`);
}

/** Waits until its node was asked to send it. */
async function asked(database: Database.Database, id: string): Promise<void> {
  const when = database.prepare("select asked_at from server_transfers where server_id = ?").pluck();
  for (let n = 0; n < 200 && when.get(id) === null; n++) await new Promise((resolve) => setTimeout(resolve, 100));
}

const properties = `# Minecraft server properties
allow-flight=false
difficulty=normal
enable-command-block=false
gamemode=survival
level-name=world
max-players=20
motd=Harbour survival, season four
online-mode=true
pvp=true
server-port=25565
simulation-distance=10
spawn-protection=16
view-distance=12
white-list=false
`;

/** Files, a running process, backups, databases, schedules, ports, and what was done. */
async function furnish(owner: Client, id: string, wings: Wings, database: Database.Database): Promise<void> {
  await ready(owner, id);
  const { uuid } = await owner.call<{ uuid: string }>("GET", `/servers/${id}`);
  const at = (inner: string) => path.join(wings.root, "volumes", uuid, inner);
  for (const folder of ["logs", "plugins", "world/region", "world_nether", "world_the_end", "config"])
    mkdirSync(at(folder), { recursive: true });
  writeFileSync(at("server.properties"), properties);
  writeFileSync(at("eula.txt"), "eula=true\n");
  writeFileSync(at("ops.json"), '[\n  { "name": "Ada", "level": 4 },\n  { "name": "Kofi", "level": 2 }\n]\n');
  writeFileSync(at("bukkit.yml"), "settings:\n  allow-end: true\n  warn-on-overload: true\n");
  writeFileSync(at("server.jar"), Buffer.alloc(3_456_789));
  writeFileSync(at("logs/latest.log"), "[06:12:04 INFO]: Ada joined the game\n".repeat(400));
  writeFileSync(at(`plugins/${"a-plugin-with-a-name-that-goes-on-".repeat(3)}1.21.8.jar`), Buffer.alloc(90_000));
  for (let n = 0; n < 260; n++)
    writeFileSync(at(`world/region/r.${n % 20}.${Math.floor(n / 20)}.mca`), Buffer.alloc(4096));
  writeFileSync(at("before-the-move.tar.gz"), Buffer.alloc(40_000));
  await owner.call("POST", `/servers/${id}/power`, { action: "start" });
  await owner.call("PATCH", `/servers/${id}`, {
    description: "The world of season four. Ask Clara before you change plugins; it is backed up every night at four.",
  });
  for (let n = 0; n < 2; n++) await owner.call("POST", `/servers/${id}/network`);

  const backup = async (name: string, ignored: string[] = []) => {
    const made = await owner.call<{ id: string }>("POST", `/servers/${id}/backups`, { name, ignored });
    // The panel asks its node beside the answer.
    for (let state = "making"; state === "making"; ) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { items } = await owner.call<{ items: { id: string; state: string }[] }>("GET", `/servers/${id}/backups`);
      state = items.find((one) => one.id === made.id)?.state ?? "gone";
    }
    return made.id;
  };
  const kept = await backup("Before season four", ["logs", "*.tmp"]);
  await owner.call("PUT", `/servers/${id}/backups/${kept}/lock`, { locked: true });
  await backup("Every night, with all plugins and every world that there has been since the first season");
  wings.failsBackups = true;
  await backup("After the festival");
  wings.failsBackups = false;
  for (const label of ["shop", "permissions_players"]) await owner.call("POST", `/servers/${id}/databases`, { label });

  const schedules = `/servers/${id}/schedules`;
  await owner.call("POST", schedules, {
    name: "Backup every night, with a warning to players",
    cron: "0 4 * * *",
    timezone: "Europe/Oslo",
    steps: [
      { kind: "command", payload: "say The server restarts in a minute", wait: 0 },
      { kind: "backup", payload: "logs", wait: 60, goesOn: true },
      { kind: "power", payload: "restart", wait: 10 },
    ],
  });
  const often = await owner.call<{ id: string }>("POST", schedules, {
    name: "Clear lag",
    cron: "*/30 * * * *",
    onlyRunning: true,
    steps: [{ kind: "command", payload: "killitems" }],
  });
  await owner.call("POST", schedules, {
    name: "Weekend mode",
    cron: "0 18 * * 5",
    enabled: false,
    steps: [{ kind: "command", payload: "difficulty hard" }],
  });
  await owner.call("POST", `${schedules}/${often.id}/run`);

  const { id: user } = await owner.call<{ id: string }>("GET", "/account");
  const event = (minutes: number, name: string, metadata: Record<string, unknown>, by: string | null = user) => ({
    user: by,
    server: uuid,
    event: name,
    metadata,
    ip: by ? "203.0.113.77" : "",
    timestamp: new Date(Date.now() - minutes * MINUTE).toISOString(),
  });
  wings.activities.push(
    event(40, "server:console.command", { command: "op Ada" }),
    event(75, "server:file.uploaded", { file: "dynmap-3.7.jar", directory: "/plugins" }),
    event(80, "server:sftp.write", { files: ["/server.properties", "/bukkit.yml"] }),
    event(81, "server:sftp.delete", { files: Array.from({ length: 40 }, (_, n) => `/world/region/r.9.${n}.mca`) }),
    event(200, "server:crashed", { exit_code: 137, oomkilled: true }, null),
  );
  await wings.report();
  // The picture is not taken in the second in which all of it was made.
  const older = (table: string, column: string, where: string, by: number) =>
    database.prepare(`update ${table} set ${column} = ${column} - ? where ${where} = ?`).run(by, id);
  older("server_databases", "created_at", "server_id", 33 * 24 * 60 * MINUTE);
}

/** Folders of nodes: given, offered, for another egg, and one with every length that a name can have. */
async function addMounts(
  operator: Client,
  full: string,
  frankfurt: string,
  helsinki: string,
  paper: string[],
): Promise<void> {
  const mount = async (body: object) =>
    (await operator.call<{ id: string }>("POST", "/admin/mounts", { nodes: [frankfurt], ...body })).id;
  const maps = await mount({
    name: "Shared maps",
    source: "/srv/maps",
    target: "/mnt/maps",
    nodes: [frankfurt, helsinki],
  });
  await mount({
    name: "Plugins that staff have checked",
    source: "/srv/plugins/checked",
    target: "/mnt/plugins",
    selfService: true,
    everyEgg: false,
    eggs: paper,
  });
  const scratch = await mount({
    name: "Scratch space for renderings of worlds, emptied on the first day of each month",
    source: "/mnt/nvme-2/scratch/renderings-of-worlds/everybody/current",
    target: "/mnt/scratch/renderings-of-worlds/everybody/current",
    readOnly: false,
    selfService: true,
  });
  for (const id of [maps, scratch]) await operator.call("PUT", `/servers/${full}/mounts/${id}`);
  await operator.call("PATCH", `/admin/mounts/${scratch}`, { nodes: [helsinki] });
}

async function letIn({ owner, guest, guestEmail, invited }: DemoPeople, full: string, alien: string): Promise<void> {
  const people = `/servers/${full}/people`;
  const month = Date.now() + 30 * 24 * 60 * MINUTE;
  await owner.call("POST", people, {
    email: guestEmail,
    capabilities: ["console", "files", "stats"],
    expiresAt: month,
  });
  for (const [n, email] of invited.entries())
    await owner.call("POST", people, {
      email,
      capabilities: n === 0 ? ["*"] : ["console", "files", "backups", "databases", "schedules", "startup", "network"],
    });
  await accept(guest);
  const clara = {
    email: "clara@northwind.example",
    capabilities: ["console", "files", "backups", "stats", "activity"],
  };
  await guest.call("POST", `/servers/${alien}/people`, clara);
  await accept(owner);
}

async function accept(client: Client): Promise<void> {
  const { items } = await client.call<{ items: { id: string }[] }>("GET", "/account/invites");
  for (const { id } of items) await client.call("POST", `/account/invites/${id}`, { accept: true });
}
