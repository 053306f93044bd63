/** The other way round: a node that answers has to be able to call the panel too, and is not trusted with servers where it cannot. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type Placed, placeNode } from "../support/placed-server.ts";
import { type Sql, sqlOf } from "../support/stage.ts";
import { headersOf } from "../support/wings.ts";

interface Node {
  health: string;
  heardAt: number | null;
  unheardSince: number | null;
  warnings: string[];
}

let panel: Panel;
let keeper: Person;
let sql: Sql;
let placed: Placed;
let server: { id: string; uuid: string };

beforeAll(async () => {
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  keeper = await panel.person("Keeper", ["nodes:*", "admin:servers:write", "soc:read"]);
  sql = await sqlOf();
});
beforeEach(async () => {
  placed = await placeNode(panel);
  server = await placed.server(keeper);
  // What it said while the server was made there.
  await round();
  sql.run("update nodes set heard_at = null, unheard_since = null where id = ?", placed.node);
  placed.wings.told.length = 0;
  return () => placed.wings.close();
});
afterAll(() => panel.close());

const opened = async () => (await keeper.call<Node>("GET", `/admin/nodes/${placed.node}`)).body;
const asked = async () => {
  expect((await keeper.call("POST", `/admin/nodes/${placed.node}/ask`)).status).toBe(200);
  return opened();
};
const cannotCall = () => {
  placed.wings.panel = () => Promise.reject(new Error("There is no way."));
};
const run = { retryAt: 0, signal: new AbortController().signal };
const round = async () => (await import("#lib/nodes/health.ts")).askNodes.run({}, run);
const hearing = async () => (await import("#lib/nodes/reaches-panel.ts")).hearNodes.run({}, run);
const fetches = () => placed.wings.told.map(({ method, path }) => `${method} ${path}`);
const UNHEARD = /do not come here.*http:\/\/localhost:3000/;

describe("a node calls the panel", () => {
  test("and what it does by itself is written down with the next round, and counts for it alone", async () => {
    const other = await placeNode(panel);
    sql.run("update nodes set heard_at = null");
    const { config } = placed.wings;
    if (!config) throw new Error("It has its configuration.");
    const calls = (token: string) =>
      panel.call("GET", "/remote/servers", undefined, headersOf({ token_id: config.token_id, token }));
    expect((await calls("wrong")).status).toBe(403);
    await round();
    expect((await opened()).heardAt).toBeNull();
    const before = Date.now();
    expect((await calls(config.token)).status).toBe(200);
    await round();
    expect((await opened()).heardAt).toBeGreaterThanOrEqual(before);
    expect(sql.get("select heard_at from nodes where id = ?", other.node)).toEqual({ heard_at: null });
    await other.wings.close();
  });

  test("when it is asked by hand: it reads a server anew", async () => {
    const before = Date.now();
    const node = await asked();
    expect(fetches()).toEqual([`GET /servers/${server.uuid}`]);
    expect(node).toMatchObject({ health: "healthy", unheardSince: null });
    expect(node.heardAt).toBeGreaterThanOrEqual(before);
  });

  test("when it is asked by hand and has no server: it asks for one that nobody has, and gets none", async () => {
    sql.run("update servers set suspended_at = 1 where id = ?", server.id);
    expect((await asked()).heardAt).not.toBeNull();
    expect(fetches()).toEqual([expect.stringMatching(/^GET \/servers\/[\da-f-]{36}$/)]);
    expect(fetches()).not.toContain(`GET /servers/${server.uuid}`);
    expect([...placed.wings.servers.keys()]).toEqual([server.uuid]);
  });
});

describe("a node that answers and cannot call", () => {
  test("is unhealthy, says why, and gets no servers until it is heard again", async () => {
    const { panel: way } = placed.wings;
    cannotCall();
    const node = await asked();
    expect(node).toMatchObject({ health: "unhealthy", heardAt: null });
    expect(node.warnings.join()).toMatch(UNHEARD);
    const { unheardSince } = node;
    expect(unheardSince).toBeGreaterThan(0);
    expect((await asked()).unheardSince).toBe(unheardSince);
    const listed = async (health: string) =>
      (await keeper.call<{ items: { id: string }[] }>("GET", `/admin/nodes?health=${health}`)).body.items.map(
        ({ id }) => id,
      );
    expect(await listed("unhealthy")).toContain(placed.node);
    expect(await listed("healthy")).not.toContain(placed.node);
    const tile = async () =>
      (await keeper.call<{ items: { id: string; count: number }[] }>("GET", "/soc/overview")).body.items.find(
        ({ id }) => id === "nodes",
      )?.count;
    const counted = (await tile()) ?? 0;
    const offered = async () =>
      (await keeper.call<{ nodes: { id: string }[] }>("GET", "/admin/server-offers")).body.nodes.map(({ id }) => id);
    sql.run(
      "insert into allocations (id, node_id, ip, port, created_at) values (?, ?, '192.0.2.9', 1, 0)",
      `free-${placed.node}`,
      placed.node,
    );
    expect(await offered()).not.toContain(placed.node);
    placed.wings.panel = way;
    await hearing();
    expect(await opened()).toMatchObject({ health: "healthy", unheardSince: null });
    expect((await opened()).warnings.join()).not.toMatch(UNHEARD);
    expect(await tile()).toBe(counted - 1);
    expect(await offered()).toContain(placed.node);
  });

  test("is also one that calls another panel, whatever that says", async () => {
    const { panel: way } = placed.wings;
    const answer = await way(
      "GET",
      `/remote/servers/${server.uuid}`,
      undefined,
      headersOf(placed.wings.config ?? never()),
    );
    await round();
    sql.run("update nodes set heard_at = null where id = ?", placed.node);
    placed.wings.panel = async () => answer;
    expect(await asked()).toMatchObject({ health: "unhealthy", heardAt: null });
  });

  test("is still asked what its servers use", async () => {
    cannotCall();
    await asked();
    const { body } = await keeper.call<{ node: { answers: boolean } }>("GET", `/servers/${server.id}/stats/history`);
    expect(body.node.answers).toBe(true);
  });
});

describe("the job", () => {
  test("has those call that were not heard for half an hour, and lets the others be", async () => {
    const heardAt = (at: number | null) => sql.run("update nodes set heard_at = ? where id = ?", at, placed.node);
    heardAt(Date.now() - 29 * 60_000);
    await hearing();
    expect(fetches()).toEqual([]);
    heardAt(Date.now() - 31 * 60_000);
    const before = Date.now();
    await hearing();
    expect(fetches()).toEqual([`GET /servers/${server.uuid}`]);
    expect((await opened()).heardAt).toBeGreaterThanOrEqual(before);
    cannotCall();
    heardAt(null);
    await hearing();
    expect(await opened()).toMatchObject({ health: "unhealthy" });
  });

  test("thinks nothing of a node that has no server to read, has lost it, or is away", async () => {
    sql.run("update servers set state = 'installing' where id = ?", server.id);
    await hearing();
    sql.run("update servers set state = 'ready' where id = ?", server.id);
    placed.wings.servers.clear();
    await hearing();
    expect(fetches()).toEqual([]);
    expect((await opened()).unheardSince).toBeNull();
    await placed.wings.close();
    await hearing();
    expect((await opened()).unheardSince).toBeNull();
  });

  test("what was found out counts for the node as it was", async () => {
    cannotCall();
    const { noteUnheard } = await import("#lib/nodes/heard.ts");
    const { loadNode } = await import("#lib/nodes/load.ts");
    const { transaction } = await import("#db/client.ts");
    const node = loadNode(placed.node);
    await asked();
    const { unheardSince } = await opened();
    expect(unheardSince).not.toBeNull();
    const moved = await keeper.call("PATCH", `/admin/nodes/${placed.node}`, { fqdn: `127.0.1.${node.number % 250}` });
    expect(moved.status).toBe(200);
    expect((await opened()).unheardSince).toBeNull();
    transaction((tx) => noteUnheard(tx, node, Date.now()));
    expect((await opened()).unheardSince).toBeNull();
  });

  test("whoever calls while the others are still made to is not taken for one that cannot", async () => {
    const { heardFrom, noteUnheard } = await import("#lib/nodes/heard.ts");
    const { loadNode } = await import("#lib/nodes/load.ts");
    const { transaction } = await import("#db/client.ts");
    const node = loadNode(placed.node);
    const since = Date.now();
    heardFrom(node.id);
    // Written down already when it comes to those that were not heard.
    await round();
    transaction((tx) => noteUnheard(tx, node, since));
    expect(await opened()).toMatchObject({ health: "healthy", unheardSince: null });
    transaction((tx) => noteUnheard(tx, node, Date.now() + 1));
    expect((await opened()).unheardSince).not.toBeNull();
  });
});

const never = (): never => {
  throw new Error("It has its configuration.");
};
