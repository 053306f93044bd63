/** Servers that are made, against a daemon over the network: by whom, where, and what becomes of it when the node does not answer. */
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type Refused, startMaking } from "../support/server-maker.ts";

const making = await startMaking();
const { panel, root, owner, sql, wings, egg, nodeAt, asking, make, look, jobs, again, settled, ready } = making;
beforeEach(making.rested);
afterAll(making.close);

describe("a server is made", () => {
  test("by whoever may: it is installed, started, told apart, and answers", async () => {
    const made = await make(owner, { variables: { MAX_PLAYERS: "30" } });
    expect(made.status).toBe(201);
    expect(await look(made.body.id)).toMatchObject({ state: "installing", address: { host: "192.0.2.1" } });
    await settled();
    const server = await look(made.body.short);
    expect(server).toMatchObject({ state: "ready", short: server.uuid.slice(0, 8) });
    expect(server.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const told = wings.servers.get(server.uuid)?.configuration.settings;
    expect(told?.environment).toMatchObject({ MAX_PLAYERS: "30", BUILD: "latest", SERVER_JARFILE: "server.jar" });
    await expect
      .poll(async () => (await owner.call<{ state: string }>("GET", `/servers/${server.id}/stats`)).body.state)
      .toBe("running");
    const { body } = await owner.call("GET", `/servers/${server.id}/stats`);
    expect(JSON.stringify(body)).not.toMatch(/BUILD|environment|configuration/);
    expect((await owner.call("POST", `/servers/${server.id}/power`, { action: "stop" })).status).toBe(200);
    await expect
      .poll(async () => (await owner.call<{ state: string }>("GET", `/servers/${server.id}/stats`)).body.state)
      .toBe("offline");
    const stranger = await panel.person("Stranger to it", ["servers:create"]);
    for (const path of ["", "/stats", "/startup", "/network"])
      expect((await stranger.call("GET", `/servers/${server.uuid}${path}`)).status, path).toBe(404);
    expect(sql.all("select action from audit_log where target_id = ? order by id", server.id)).toEqual([
      { action: "servers.create" },
      { action: "remoteServers.installed" },
      { action: "servers.power" },
    ]);
  });

  test("of what its egg says alone, and every wrong field says so", async () => {
    const wrong = async (given: object) => (await make(owner, given)).body.fields;
    expect(await wrong({ egg: "none" })).toHaveProperty("egg");
    expect(await wrong({ image: "evil:latest" })).toHaveProperty("image");
    expect(await wrong({ variables: { MAX_PLAYERS: "many" } })).toHaveProperty(["variables.MAX_PLAYERS"]);
    expect(await wrong({ variables: { BUILD: "x" } })).toHaveProperty(["variables.BUILD"]);
    expect(await wrong({ variables: { NOTHING: "x" } })).toHaveProperty(["variables.NOTHING"]);
    expect(await wrong({ variables: { SERVER_JARFILE: "{{config.token}}" } })).toHaveProperty([
      "variables.SERVER_JARFILE",
    ]);
    expect(await wrong({ memory: 0 })).toHaveProperty("memory");
    expect(await wrong({ cpu: 0 })).toHaveProperty("cpu");
    expect(await wrong({ node: "none" })).toHaveProperty("node");
    expect(await wrong({ organisation: "not-mine" })).toHaveProperty("organisation");
    sql.run("update eggs set visible = 0 where id = ?", egg);
    expect(await wrong({})).toHaveProperty("egg");
    const { status } = await root.call("POST", "/admin/servers", { ...asking(), owner: owner.email });
    sql.run("update eggs set visible = 1 where id = ?", egg);
    expect(status).toBe(201);
    expect((await (await panel.person("Nobody", [])).call("POST", "/servers", asking())).status).toBe(403);
    await settled();
  });

  test("where there is room, and only where such a server may be", async () => {
    const other = await nodeAt(1, { sftpPort: 2 });
    const seen = () => sql.run("update nodes set seen_at = ? where id = ?", Date.now(), other);
    const on = (given: object = {}) => make(owner, { node: other, ...given });
    expect((await on()).body.fields).toHaveProperty("node");
    seen();
    const set = (columns: string) => sql.run(`update nodes set ${columns} where id = ?`, other);
    for (const columns of [
      "maintenance = 1",
      "maintenance = 0, classification = 'paid'",
      "classification = 'enterprise'",
      "classification = 'free', seen_at = seen_at - 120001",
    ]) {
      set(columns);
      expect((await on()).body.fields, columns).toHaveProperty("node");
    }
    seen();
    await owner.call("POST", "/organisations", { name: "Own nodes", handle: "own-nodes" });
    sql.run(
      "update nodes set classification = 'enterprise', organisation_id = (select id from organisations where handle = 'own-nodes') where id = ?",
      other,
    );
    expect((await on()).body.fields).toHaveProperty("node");
    expect((await on({ organisation: "own-nodes" })).status).toBe(201);
    const theirs = async (organisation: string, who = owner) =>
      (await who.call<{ items: object[] }>("GET", `/servers?organisation=${organisation}`)).body.items;
    expect(await theirs("own-nodes")).toMatchObject([{ organisation: { handle: "own-nodes" } }]);
    expect(await theirs("no-such")).toEqual([]);
    expect(await theirs("own-nodes", await panel.person("Curious", []))).toEqual([]);
    set("classification = 'free', organisation_id = null, memory = 1000, memory_over = 0");
    // 512 are taken by the first.
    expect((await on()).body.fields).toHaveProperty("node");
    set("memory_over = 3");
    expect((await on()).status).toBe(201);
    set("memory_over = -1");
    expect((await on()).status).toBe(201);
    sql.run("update allocations set server_id = (select id from servers limit 1) where node_id = ?", other);
    expect((await on()).body.fields).toHaveProperty("node");
    sql.run("delete from jobs where kind = 'servers.create'");
    sql.run("update allocations set server_id = null where node_id = ?", other);
    sql.run("delete from servers where node_id = ?", other);
  });

  test("of many at once no two have one address, and none goes over a limit", async () => {
    const { setSetting } = await import("#lib/settings/settings.ts");
    const many = await panel.person("Many at once", ["servers:create"]);
    setSetting("limits.servers_per_account", 5);
    const answers = await Promise.all(Array.from({ length: 12 }, () => make(many, { start: false })));
    setSetting("limits.servers_per_account", 100);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    expect(answers.find(({ status }) => status === 409)?.body.message).toMatch(/5 servers; 0 are left/);
    const taken = sql.all<{ n: number }>(
      "select count(distinct allocation_id) as n from servers where user_id = ? union all select count(*) from allocations a join servers s on s.id = a.server_id where s.user_id = ?",
      many.id,
      many.id,
    );
    expect(taken.map(({ n }) => n)).toEqual([5, 5]);
    setSetting("limits.memory_per_account", 3000);
    expect((await make(many, { memory: 512 })).body.fields).toHaveProperty("memory");
    setSetting("limits.memory_per_account", 1_000_000);
    await settled();
  });

  test("once, also when the node’s answer is lost, and after the node was away", async () => {
    const { body } = await make(owner, { start: false });
    Object.assign(wings, { drops: true, only: /^POST \/api\/servers$/ });
    await settled();
    expect(jobs("servers.create")).toEqual([{ state: "queued", attempts: 1 }]);
    Object.assign(wings, { drops: false, only: null });
    again();
    await settled();
    expect(jobs("servers.create")).toEqual([]);
    expect(wings.doubled).toEqual([]);
    expect((await look(body.id)).state).toBe("ready");
  });

  test("a node that starts anew before it heard of it installs it afterwards; one that was stopped meanwhile says so", async () => {
    const { body } = await make(owner, { start: false });
    await wings.reboot();
    expect((await look(body.id)).state).toBe("interrupted");
    await settled();
    expect((await look(body.id)).state).toBe("ready");
    const lost = await ready();
    sql.run("update servers set state = 'installing' where id = ?", lost.id);
    await wings.reboot();
    expect((await look(lost.id)).state).toBe("interrupted");
    expect((await owner.call<Refused>("POST", `/servers/${lost.id}/power`, { action: "start" })).body.message).toMatch(
      /Install it again/,
    );
    expect((await owner.call("POST", `/servers/${lost.id}/reinstall`)).status).toBe(200);
    await settled();
    expect((await look(lost.id)).state).toBe("ready");
  });

  test("what could not be installed says so, and a node that never answers too", async () => {
    wings.failsInstalls = true;
    const { body } = await make(owner, { start: false });
    await settled();
    expect(await look(body.id)).toMatchObject({ state: "install_failed" });
    wings.failsInstalls = false;
    const late = await make(owner, { start: false });
    wings.broken = { status: 502, body: "" };
    sql.run("update jobs set attempts = 9 where kind = 'servers.create'");
    await settled();
    expect(await look(late.body.id)).toMatchObject({ state: "install_failed", problem: expect.stringMatching(/502/) });
    sql.run("delete from jobs");
  });
});
