/** What the full server of the demo panel has: files, a running process, backups, databases, schedules, ports, mounts and people. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type Database from "better-sqlite3";
import type { DemoPeople } from "./demo-servers.ts";
import type { Client } from "./server.ts";
import type { Wings } from "./wings.ts";

const MINUTE = 60_000;

/** Waits until its node has said that it is there. */
export async function ready(client: Client, id: string): Promise<void> {
  for (let n = 0; n < 200; n++) {
    const { state } = await client.call<{ state: string }>("GET", `/servers/${id}`);
    if (state !== "installing") return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Server ${id} was not installed in time.`);
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
export async function furnish(owner: Client, id: string, wings: Wings, database: Database.Database): Promise<void> {
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
export async function addMounts(
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

export async function letIn(
  { owner, guest, guestEmail, invited }: DemoPeople,
  full: string,
  alien: string,
): Promise<void> {
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
