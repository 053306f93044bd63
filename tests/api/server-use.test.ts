/** What servers used: asked of their nodes, taken down, read by those who may. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { letIn, type Placed, placeNode } from "../support/placed-server.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

type Line = (number | null)[];
interface History {
  step: number;
  at: number[];
  cpu: Line;
  cpuMost: Line;
  memory: Line;
  memoryMost: Line;
  disk: Line;
  received: Line;
  sent: Line;
  receivedBytes: number;
  node: { answers: boolean };
}

const LOOP = 'echo up; while read line; do [ "$line" = stop ] && exit; done';
const MIB = 1024 ** 2;
const MINUTE = 60_000;

let panel: Panel;
let owner: Person;
let placed: Placed;
let sql: Sql;

beforeAll(async () => {
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  owner = await panel.person("Owner");
  sql = await sqlOf();
  placed = await placeNode(panel);
});
beforeEach(() => {
  Object.assign(placed.wings, { broken: null, only: null, silent: false });
});
afterAll(async () => {
  await placed.wings.close();
  await panel.close();
});

const history = async (server: string, range = "1h", person = owner) =>
  (await person.call<History>("GET", `/servers/${server}/stats/history?range=${range}`)).body;
const known = (line: Line) => line.filter((figure) => figure !== null);

async function sampled(): Promise<void> {
  const { sampleAll } = await import("#lib/servers/use/sampling.ts");
  await sampleAll();
}

/** The daemon says exactly that. */
function says(body: unknown): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  Object.assign(placed.wings, { only: /^GET \/api\/servers$/, broken: { status: 200, body: text } });
}

const told = (uuid: string, use: object = {}, state = "running") => ({
  state,
  is_suspended: false,
  utilization: {
    memory_bytes: 300 * MIB,
    memory_limit_bytes: 512 * MIB,
    cpu_absolute: 12.5,
    disk_bytes: 700 * MIB,
    uptime: 1000,
    state,
    network: { rx_bytes: 1000, tx_bytes: 500 },
    ...use,
  },
  configuration: { uuid, environment: { SECRET: "hunter2-of-the-egg" } },
});

/** What a node says at a time, taken down in this thread. */
async function takeAt(at: number, servers: Map<string, string>, list: unknown[], node = placed.node) {
  const { take } = await import("#lib/servers/use/take.ts");
  const { logsDb, logsFile } = await import("#db/logs/client.ts");
  logsDb();
  return take({ file: logsFile(), node, at, bytes: Buffer.from(JSON.stringify(list)), servers: [...servers] });
}

describe("a sample", () => {
  test("is of the servers that run, with one question for all of a node, and keeps nothing of their configuration", async () => {
    const [on, off] = [await placed.server(owner), await placed.server(owner)];
    const running = placed.wings.servers.get(on.uuid);
    sql.run(
      `update eggs set startup = ?, stop = 'stop', config_startup = '{"done":"up"}' where id = (select egg_id from servers where id = ?)`,
      LOOP,
      on.id,
    );
    expect((await owner.call("POST", `/servers/${on.id}/power`, { action: "start" })).status).toBe(200);
    await expect.poll(() => running?.state).toBe("running");
    const before = placed.wings.asked.length;
    await sampled();
    expect(placed.wings.asked.slice(before)).toEqual(["GET /api/servers"]);
    const its = await history(on.id);
    expect(its.at).toHaveLength(60);
    expect(known(its.cpu)).toEqual([1.5]);
    expect(known(its.memory)).toEqual([10_485_760]);
    // Counters say something from the second look on.
    expect(known(its.received)).toEqual([]);
    expect(its.node.answers).toBe(true);
    expect(known((await history(off.id)).cpu)).toEqual([]);
    await owner.call("POST", `/servers/${on.id}/power`, { action: "kill" });
    await expect.poll(() => running?.state).toBe("offline");

    says([told(on.uuid)]);
    await sampled();
    const { logsDb } = await import("#db/logs/client.ts");
    const tables = ["server_use", "used_servers", "errors", "statements"];
    for (const table of tables)
      expect(JSON.stringify(logsDb().$client.prepare(`select * from ${table}`).all())).not.toContain("hunter2");
  });

  test("is not made of a node that is silent, nor of a server that is on another", async () => {
    const server = await placed.server(owner);
    const other = await placeNode(panel);
    const elsewhere = await other.server(owner);
    const stranger = "4f0c37f4-7e66-4d1c-9d55-0f8c4a1f4c11";
    says([told(server.uuid), told(elsewhere.uuid), told(stranger)]);
    await sampled();
    expect(known((await history(server.id)).cpu)).toEqual([12.5]);
    expect(known((await history(elsewhere.id)).cpu)).toEqual([]);
    sql.run("update nodes set seen_at = ? where id = ?", Date.now() - 10 * MINUTE, other.node);
    const before = other.wings.asked.length;
    await sampled();
    expect(other.wings.asked.length).toBe(before);
    expect((await history(elsewhere.id)).node.answers).toBe(false);
    await other.wings.close();
  });

  test("of a hostile node costs nothing but its own figures", async () => {
    const server = await placed.server(owner);
    const bad: unknown[] = [
      "no json",
      "{}",
      "null",
      "[".repeat(50_000),
      [null, 1, "x", [], {}],
      [told(server.uuid, { cpu_absolute: -1 })],
      [told(server.uuid, { cpu_absolute: 1e9 })],
      [told(server.uuid, { memory_bytes: "1; drop table server_use" })],
      [told(server.uuid, { memory_bytes: 1e300 })],
      [told(server.uuid, {}, "offline")],
      [told(server.uuid, {}, "constructor")],
      [{ ...told(server.uuid), configuration: null }],
      `[${JSON.stringify(told(server.uuid))}, "${"x".repeat(4 * MIB)}"]`,
    ];
    for (const body of bad) {
      says(body);
      await sampled();
    }
    expect(known((await history(server.id)).cpu)).toEqual([]);
    // Said often it counts once, and what is wrong beside it does not matter.
    says([told(server.uuid), told(server.uuid, { cpu_absolute: 99 }), null, told(server.uuid, { network: "much" })]);
    await sampled();
    const its = await history(server.id);
    expect(known(its.cpu)).toEqual([12.5]);
    expect(known(its.cpuMost)).toEqual([12.5]);
  });
});

test("an answer that is small to send and very large to hold is not read", async () => {
  const { take } = await import("#lib/servers/use/take.ts");
  const servers = Array.from({ length: 2000 }, (_, n) => [`uuid-${n}`, `server-${n}`] as const);
  const read = (text: string) =>
    take({ file: "/nowhere", node: "hostile", at: 0, bytes: new TextEncoder().encode(text), servers });
  for (const unit of ["{},", "[],", "0,", '{"a":[]},']) expect(read(`[${unit.repeat(2_000_000)}0]`), unit).toBeNull();
});

describe("a history", () => {
  test("over an hour, a day, a week and a month is the mean and the most of what was seen", async () => {
    const server = await placed.server(owner);
    const ids = new Map([[server.uuid, server.id]]);
    // The last two whole hours, a minute apart.
    const hour = 60 * MINUTE;
    const start = Date.now() - (Date.now() % hour) - 2 * hour;
    let received = 5000;
    for (let minute = 0; minute < 120; minute++) {
      received += 6000;
      const use = {
        cpu_absolute: minute % 2 === 0 ? 10 : 30,
        memory_bytes: (100 + (minute % 3)) * MIB,
        disk_bytes: minute * MIB,
        network: { rx_bytes: received, tx_bytes: 0 },
      };
      await takeAt(start + minute * MINUTE, ids, [told(server.uuid, use)]);
    }
    const week = await history(server.id, "7d");
    expect(week.at).toHaveLength(168);
    const first = week.at.indexOf(start);
    expect(week.cpu.slice(first, first + 2)).toEqual([20, 20]);
    expect(week.cpuMost.slice(first, first + 2)).toEqual([30, 30]);
    expect(week.memory[first]).toBe(101 * MIB);
    expect(week.memoryMost[first]).toBe(102 * MIB);
    expect(week.disk.slice(first, first + 2)).toEqual([59 * MIB, 119 * MIB]);
    expect(week.received.slice(first, first + 2)).toEqual([100, 100]);
    expect(week.sent[first]).toBe(0);
    expect(week.receivedBytes).toBe(119 * 6000);

    const day = await history(server.id, "24h");
    expect(day.at).toHaveLength(288);
    expect(known(day.cpu)).toHaveLength(24);
    expect(known(day.cpu).slice(0, 2)).toEqual([18, 22]);
    const month = await history(server.id, "30d");
    expect(month.at).toHaveLength(240);
    expect(new Set(known(month.cpu))).toEqual(new Set([20]));
    const last = await history(server.id, "1h");
    expect(last.step).toBe(60);
    for (const figure of known(last.cpu)) expect([10, 30]).toContain(figure);
    expect((await owner.call("GET", `/servers/${server.id}/stats/history?range=1y`)).status).toBe(422);
  });

  test("counts octets across starts, and not across a time in which nobody looked", async () => {
    const server = await placed.server(owner);
    const ids = new Map([[server.uuid, server.id]]);
    const hour = 60 * MINUTE;
    const start = Date.now() - (Date.now() % hour) - hour;
    const at = (minute: number, octets: number) =>
      takeAt(start + minute * MINUTE, ids, [told(server.uuid, { network: { rx_bytes: octets, tx_bytes: octets } })]);
    await at(0, 1_000_000);
    await at(1, 1_060_000);
    // Started anew: it counts from 0.
    await at(2, 600);
    await at(20, 90_000_000);
    await at(21, 90_000_600);
    const { received, receivedBytes } = await history(server.id, "7d");
    expect(receivedBytes).toBe(60_000 + 600 + 600);
    expect(known(received)).toEqual([Math.round((61_200 * 1000) / (3 * MINUTE))]);
  });

  test("goes on where a server has moved to another node", async () => {
    const server = await placed.server(owner);
    const ids = new Map([[server.uuid, server.id]]);
    const hour = 60 * MINUTE;
    const start = Date.now() - (Date.now() % hour) - hour;
    const at = (minute: number, octets: number, node: string) =>
      takeAt(start + minute * MINUTE, ids, [told(server.uuid, { network: { rx_bytes: octets, tx_bytes: 0 } })], node);
    await at(0, 500, "here");
    await at(1, 1500, "here");
    // What counts there has nothing to do with what counted here.
    await at(2, 900_000, "there");
    await at(3, 900_100, "there");
    const its = await history(server.id, "7d");
    expect(its.receivedBytes).toBe(1100);
    expect(known(its.cpu)).toEqual([12.5]);
  });

  test("is for those who may see the use of this server, also while it is suspended", async () => {
    const server = await placed.server(owner);
    const [looks, writes] = [await panel.person("Looks"), await panel.person("Writes")];
    await letIn(server.id, looks, ["stats"]);
    await letIn(server.id, writes, ["files", "console"]);
    says([told(server.uuid)]);
    await sampled();
    sql.run("update servers set suspended_at = 1 where id = ?", server.id);
    expect(known((await history(server.id, "1h", looks)).cpu)).toEqual([12.5]);
    expect((await writes.call("GET", `/servers/${server.id}/stats/history`)).status).toBe(403);
    const before = placed.wings.asked.length;
    const { status, body } = await looks.call("GET", `/servers/${server.id}/stats`);
    expect(status).toBe(200);
    // It is stopped, and its files are still there.
    expect(body).toMatchObject({ state: "offline", suspended: true, cpu: 0, memoryBytes: 0, diskBytes: 700 * MIB });
    expect(placed.wings.asked.length).toBe(before);
  });

  test("has its time", async () => {
    const { logsDb } = await import("#db/logs/client.ts");
    const { retainLogs } = await import("#lib/log/store.ts");
    const add = (seconds: number, ago: number) =>
      logsDb()
        .$client.prepare("insert into server_use values (?, ?, 999999, 1, 1, 1, 1, 1, 1, 1, 1, 1)")
        .run(seconds, Date.now() - ago);
    const [hour, day] = [3_600_000, 86_400_000];
    const kept: [number, number][] = [
      [60, hour],
      [300, day],
      [3600, 30 * day],
    ];
    for (const [seconds, ms] of kept) [add(seconds, ms), add(seconds, ms + 4 * hour)];
    await retainLogs({ requests: 0, errors: 0, statements: 0 });
    const left = logsDb().$client.prepare("select resolution from server_use where server = 999999").pluck().all();
    expect(left.toSorted()).toEqual([300, 3600, 60]);
  });
});
