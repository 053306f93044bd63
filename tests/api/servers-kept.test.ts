/** What is done with servers that are there, against a daemon over the network: how they start, their addresses, what staff do, and how they are deleted. */
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { paper } from "../support/egg-files.ts";
import type { Person } from "../support/panel.ts";
import { type Refused, type Server, startMaking } from "../support/server-maker.ts";
import { fresh } from "../support/stage.ts";

const making = await startMaking();
const { panel, root, owner, sql, wings, node, egg, look, row, jobs, again, settled, holding, ready } = making;
beforeEach(making.rested);
afterAll(making.close);

describe("how it is started", () => {
  test("people see and change what the egg lets them, by its rules; staff all of it; the node hears of it", async () => {
    const server = await ready();
    const seen = async (person: Person) =>
      (await person.call<{ variables: { env: string; editable: boolean }[] }>("GET", `/servers/${server.id}/startup`))
        .body;
    expect((await seen(owner)).variables.map(({ env }) => env)).toEqual(["SERVER_JARFILE", "MAX_PLAYERS"]);
    expect(JSON.stringify(await seen(owner))).not.toContain("BUILD");
    expect((await seen(root)).variables.map(({ env }) => env)).toContain("BUILD");
    const set = (person: Person, given: object) =>
      person.call<Refused>("PATCH", `/servers/${server.id}/startup`, given);
    for (const [variables, field] of [
      [{ MAX_PLAYERS: "0" }, "variables.MAX_PLAYERS"],
      [{ BUILD: "1" }, "variables.BUILD"],
      [{ SERVER_JARFILE: "{{ config.token }}.jar" }, "variables.SERVER_JARFILE"],
      [{ OTHER: "1" }, "variables.OTHER"],
    ] as const)
      expect((await set(owner, { variables })).body.fields, field).toHaveProperty([field]);
    expect((await set(owner, { image: "mine:1" })).body.fields).toHaveProperty("image");
    expect((await set(owner, { variables: { MAX_PLAYERS: "7" }, image: "registry.example/java:17" })).status).toBe(200);
    expect((await set(root, { variables: { BUILD: "12" } })).status).toBe(200);
    await settled();
    const told = wings.servers.get(server.uuid)?.configuration.settings;
    expect(told?.environment).toMatchObject({ MAX_PLAYERS: "7", BUILD: "12" });
    expect(row(server.id)?.image).toBe("registry.example/java:17");
    expect((await set(owner, { variables: {}, revision: 1 })).status).toBe(409);
    // Which of them were changed is noted, and never what to.
    expect((await set(owner, { variables: { MAX_PLAYERS: "7", SERVER_JARFILE: "s3cret.jar" } })).status).toBe(200);
    const noted = sql
      .all<{ after: string }>(
        "select after from audit_log where target_id = ? and action = 'servers.setStartup' order by id",
        server.id,
      )
      .map(({ after }) => after);
    expect(noted.map((after) => JSON.parse(after).variables)).toEqual([["MAX_PLAYERS"], ["BUILD"], ["SERVER_JARFILE"]]);
    expect(noted.join()).not.toContain("s3cret");
  });
});

describe("its addresses", () => {
  test("are added within its limit, each once; the main one stays", async () => {
    const server = await ready();
    sql.run("update servers set allocation_limit = 3 where id = ?", server.id);
    const path = `/servers/${server.id}/network`;
    const added = await Promise.all(Array.from({ length: 5 }, () => owner.call("POST", path)));
    expect(added.map(({ status }) => status).toSorted()).toEqual([201, 201, 409, 409, 409]);
    interface Address {
      id: string;
      primary: boolean;
    }
    const items = async () => (await owner.call<{ items: Address[] }>("GET", path)).body.items;
    const [main, other] = (await items()).toSorted((a, b) => Number(b.primary) - Number(a.primary));
    expect((await owner.call("DELETE", `${path}/${main?.id}`)).status).toBe(409);
    expect((await owner.call("PUT", `${path}/primary`, { allocation: other?.id })).status).toBe(200);
    expect((await owner.call("DELETE", `${path}/${main?.id}`)).status).toBe(200);
    expect((await items()).map(({ id }) => id)).not.toContain(main?.id);
    const foreign = await ready();
    const [theirs] = (await owner.call<{ items: Address[] }>("GET", `/servers/${foreign.id}/network`)).body.items;
    for (const [method, target, body] of [
      ["PUT", `${path}/primary`, { allocation: theirs?.id }],
      ["DELETE", `${path}/${theirs?.id}`, undefined],
      ["PUT", `${path}/primary`, { allocation: main?.id }],
    ] as const)
      expect((await owner.call(method, target, body)).status, target).toBe(404);
    await settled();
    const ports = wings.servers.get(server.uuid)?.configuration.settings.allocations.mappings["192.0.2.1"];
    expect(ports).toHaveLength(2);
  });
});

describe("staff", () => {
  test("suspend with a reason: it is stopped, its people lose what they hold at the node, and only staff lift it", async () => {
    const server = await ready();
    const friend = await panel.person("Friend", []);
    sql.run(
      "insert into server_subusers (server_id, user_id, capabilities, created_at, updated_at) values (?, ?, '[\"console\"]', 0, 0)",
      server.id,
      friend.id,
    );
    const suspend = (person: Person, body: object = { reason: "Unpaid" }) =>
      person.call<Refused>("POST", `/admin/servers/${server.id}/suspend`, body);
    expect((await suspend(owner)).status).toBe(403);
    expect((await suspend(root, { reason: " " })).body.fields).toHaveProperty("reason");
    await holding(server.id, owner, friend);
    const before = wings.asked.length;
    expect((await suspend(root)).status).toBe(200);
    expect((await suspend(root)).status).toBe(409);
    await settled();
    const asked = wings.asked.slice(before);
    expect(asked.filter((one) => one === "POST /api/deauthorize-user")).toHaveLength(2);
    expect(wings.servers.get(server.uuid)?.configuration.settings.suspended).toBe(true);
    expect(await look(server.id)).toMatchObject({ suspended: true, suspendedReason: "Unpaid" });
    expect(await look(server.id, friend)).toMatchObject({ suspended: true, suspendedReason: null });
    const quiet = wings.asked.length;
    for (const [method, path, body] of [
      ["POST", "/power", { action: "start" }],
      ["POST", "/reinstall", {}],
      ["PATCH", "/startup", { variables: {} }],
      ["PATCH", "", { name: "Free" }],
      ["DELETE", "", { name: "x" }],
    ] as const)
      expect((await owner.call<Refused>(method, `/servers/${server.id}${path}`, body)).body.code, path).toBe(
        "suspended",
      );
    await settled();
    for (const path of ["", "/startup", "/network", "/stats/history"])
      expect((await owner.call("GET", `/servers/${server.id}${path}`)).status).toBe(200);
    const { body: stats } = await owner.call("GET", `/servers/${server.id}/stats`);
    expect(stats).toMatchObject({ state: "offline", suspended: true, cpu: 0, memoryLimitBytes: 512 * 1024 ** 2 });
    expect(wings.asked.length).toBe(quiet);
    expect((await root.call("GET", `/servers/${server.id}/stats`)).status).toBe(200);
    expect((await owner.call("POST", `/admin/servers/${server.id}/unsuspend`)).status).toBe(403);
    expect((await root.call("POST", `/admin/servers/${server.id}/unsuspend`)).status).toBe(200);
    await settled();
    expect(wings.servers.get(server.uuid)?.configuration.settings.suspended).toBe(false);
  });

  test("are offered what owners are not: hidden eggs, with all of their variables", async () => {
    const text = JSON.stringify({ ...paper, name: `Hidden ${fresh()}` });
    const hidden = (await root.call<{ id: string }>("POST", "/admin/eggs/import", { text })).body.id;
    expect((await root.call("PATCH", `/admin/eggs/${hidden}`, { visible: false })).status).toBe(200);
    interface Offers {
      eggs: { id: string; variables: { env: string }[] }[];
      nodes: { id: string }[];
    }
    const all = (await root.call<Offers>("GET", "/admin/server-offers")).body;
    expect(all.eggs.find(({ id }) => id === hidden)?.variables).toHaveLength(paper.variables.length);
    expect(all.nodes.map(({ id }) => id)).toContain(node);
    const theirs = (await owner.call<Offers>("GET", "/server-offers")).body;
    expect(theirs.eggs.map(({ id }) => id)).not.toContain(hidden);
    expect((await owner.call("GET", "/admin/server-offers")).status).toBe(403);
  });

  test("limits are theirs to set; an owner cannot", async () => {
    const server = await ready();
    expect((await owner.call("PATCH", `/admin/servers/${server.id}/limits`, { memory: 99_999 })).status).toBe(403);
    expect(
      (await owner.call<Refused>("PATCH", `/servers/${server.id}`, { memory: 99_999 })).body.fields,
    ).toHaveProperty("memory");
    expect(
      (await root.call("PATCH", `/admin/servers/${server.id}/limits`, { memory: 2048, cpu: 0, oomKiller: false }))
        .status,
    ).toBe(200);
    await settled();
    expect(wings.servers.get(server.uuid)?.configuration.settings.build).toMatchObject({
      memory_limit: 2048,
      cpu_limit: 0,
      oom_disabled: true,
    });
  });

  test("give it to somebody else: everybody who was let in is out", async () => {
    const server = await ready();
    const [friend, next] = [await panel.person("Let in", []), await panel.person("Next", [])];
    sql.run(
      "insert into server_subusers (server_id, user_id, capabilities, created_at, updated_at) values (?, ?, '[\"*\"]', 0, 0)",
      server.id,
      friend.id,
    );
    const give = (owner: string) => root.call<Refused>("POST", `/admin/servers/${server.id}/owner`, { owner });
    const nobody = await give("no-such@example.org");
    expect(nobody.body.fields).toHaveProperty("owner");
    await holding(server.id, owner, friend);
    const before = wings.asked.length;
    expect((await give(next.email)).status).toBe(200);
    await settled();
    expect(wings.asked.slice(before).filter((one) => one === "POST /api/deauthorize-user")).toHaveLength(2);
    for (const [person, status] of [
      [owner, 404],
      [friend, 404],
      [next, 200],
    ] as const)
      expect((await person.call("GET", `/servers/${server.id}`)).status).toBe(status);
  });

  test("find servers by name and id, narrowed, with no node asked, and each person’s name masked", async () => {
    const server = await ready(owner, { name: "Zanzibar lobby" });
    const looker = await panel.person("Looker", ["servers:read"]);
    const quiet = wings.asked.length;
    const found = async (query: string) =>
      (await looker.call<{ items: Server[] }>("GET", `/admin/servers?${query}`)).body.items.map(({ id }) => id);
    for (const q of ["zanzibar", "Za", server.uuid, server.id, server.short])
      expect(await found(`q=${q}`), q).toContain(server.id);
    expect(await found(`q=zanzibar&state=ready&suspended=no&node=${node}&egg=${egg}&user=${owner.id}`)).toEqual([
      server.id,
    ]);
    expect(await found("q=zanzibar&suspended=yes")).toEqual([]);
    expect(await found("q=zanzibar&state=deleting")).toEqual([]);
    const { body } = await looker.call("GET", `/admin/servers/${server.id}`);
    expect(JSON.stringify(body)).not.toContain(owner.email);
    const hits = await looker.call<{ servers: { id: string }[]; users?: unknown }>("GET", "/admin/search?q=zanzi");
    expect(hits.body.servers.map(({ id }) => id)).toEqual([server.id]);
    expect(hits.body.users).toBeUndefined();
    const csv = await looker.call<string>("GET", "/admin/tabs/servers/csv?query=q%3Dzanzibar");
    expect(JSON.stringify(csv)).toContain("Zanzibar lobby");
    expect(wings.asked.length).toBe(quiet);
    for (const act of ["suspend", "unsuspend", "owner"])
      expect(
        (await looker.call("POST", `/admin/servers/${server.id}/${act}`, { reason: "x", owner: "x" })).status,
      ).toBe(403);
    expect((await looker.call("POST", `/servers/${server.id}/power`, { action: "stop" })).status).toBe(403);
  });
});

describe("it is deleted", () => {
  test("by its owner, who types its name; the node is asked until it has, and then the address is free", async () => {
    const server = await ready();
    const friend = await panel.person("Everything but this", []);
    sql.run(
      "insert into server_subusers (server_id, user_id, capabilities, created_at, updated_at) values (?, ?, '[\"*\"]', 0, 0)",
      server.id,
      friend.id,
    );
    const { name, allocation_id } = row(server.id) ?? {};
    const remove = (person: Person, body: object) => person.call<Refused>("DELETE", `/servers/${server.id}`, body);
    expect((await remove(friend, { name })).status).toBe(403);
    expect((await remove(owner, { name: "something" })).body.fields).toHaveProperty("name");
    wings.broken = { status: 502, body: "" };
    expect((await remove(owner, { name })).status).toBe(200);
    expect((await remove(owner, { name })).status).toBe(409);
    await settled();
    expect(row(server.id)?.state).toBe("deleting");
    expect((await owner.call("POST", `/servers/${server.id}/reinstall`)).status).toBe(409);
    wings.broken = null;
    again();
    await settled();
    expect(row(server.id)).toBeUndefined();
    expect(wings.servers.has(server.uuid)).toBe(false);
    expect(sql.get("select server_id from allocations where id = ?", allocation_id)).toEqual({ server_id: null });
    expect(sql.all("select 1 from server_subusers where server_id = ?", server.id)).toEqual([]);
  });

  test("by staff, without the node where it cannot be asked any more", async () => {
    const server = await ready();
    const name = row(server.id)?.name;
    const remover = await panel.person("Remover", ["servers:read", "admin:servers:delete"]);
    wings.broken = { status: 502, body: "" };
    expect((await remover.call("DELETE", `/admin/servers/${server.id}`, { name })).status).toBe(200);
    await settled();
    expect(row(server.id)?.state).toBe("deleting");
    expect((await remover.call("DELETE", `/admin/servers/${server.id}`, { name, force: true })).status).toBe(200);
    expect(row(server.id)).toBeUndefined();
    again();
    await settled();
    expect(jobs("servers.delete")).toEqual([]);
  });
});

test("an account that is deleted: its servers are said before, and are gone from their nodes first", async () => {
  const leaver = await panel.person("Leaver", ["servers:create"]);
  const server = await ready(leaver);
  const { body } = await leaver.call<{ effects: { servers: number } }>("GET", "/account/deletion");
  expect(body.effects.servers).toBe(1);
  expect((await leaver.call("DELETE", "/account", { email: leaver.email, choices: [] })).status).toBe(200);
  sql.run("update deletions set due_at = 1 where user_id = ?", leaver.id);
  sql.run("update users set deletion_due_at = 1 where id = ?", leaver.id);
  const { deleteDueAccounts } = await import("#lib/users/deletion.ts");
  const pass = () => deleteDueAccounts.run({}, { retryAt: 0, signal: new AbortController().signal });
  await pass();
  expect(sql.get("select message from deletions where user_id = ?", leaver.id)).toMatchObject({
    message: expect.stringMatching(/servers/),
  });
  await settled();
  expect(wings.servers.has(server.uuid)).toBe(false);
  expect(row(server.id)).toBeUndefined();
  await pass();
  expect(sql.get("select 1 from users where id = ?", leaver.id)).toBeUndefined();
});
