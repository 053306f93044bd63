/** Servers that move between nodes, with real files between two daemons: when a move may begin, what it takes along, and which addresses it leads to. */
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type Refused, startMoves } from "../support/moves.ts";
import { letIn, type Placed } from "../support/placed-server.ts";
import { fresh } from "../support/stage.ts";

const moving = await startMoves();
const {
  panel,
  owner,
  sql,
  here,
  there,
  third,
  begin,
  cancel,
  preview,
  row,
  held,
  moves,
  says,
  settled,
  placed,
  underWay,
  holds,
  askedFor,
} = moving;
beforeEach(moving.rested);
afterAll(moving.close);

describe("a server moves", () => {
  test.each([
    ["1.13.1", "1.13.1"],
    ["1.11.13", "1.11.13"],
    ["1.11.13", "1.13.1"],
  ])("with its files, in one go, from %s to %s", async (from, to) => {
    const versions: [Placed, string][] = [
      [here, from],
      [there, to],
    ];
    for (const [place, version] of versions) {
      place.wings.version = version;
      sql.run("update nodes set version = ? where id = ?", version, place.node);
    }
    const server = await placed();
    sql.run("update allocations set server_id = ? where node_id = ? and port = 40007", server.id, here.node);
    const [{ port: main } = { port: 0 }] = sql.all<{ port: number }>(
      "select port from allocations where id = (select allocation_id from servers where id = ?)",
      server.id,
    );
    const seen = await preview(server.id);
    expect(seen).toMatchObject({ notNow: null, addresses: [`192.0.2.1:${main}`, "127.0.0.1:40007"] });
    expect(seen.targets.find(({ id }) => id === there.node)).toMatchObject({ problem: null });
    expect(seen.targets.some(({ id }) => id === here.node)).toBe(false);

    expect((await begin(server.id)).status).toBe(200);
    expect(row(server.id)).toMatchObject({ state: "transferring", node_id: here.node });
    // As many as it has, the same port where it is free.
    const reserved = held(server.id, there.node).map(({ port }) => port);
    expect(reserved).toHaveLength(2);
    expect(reserved).toContain(40_007);
    expect((await owner.call("GET", `/servers/${server.id}`)).body).toMatchObject({
      state: "transferring",
      moving: { to: expect.stringMatching(/^Node /), address: { host: "127.0.0.1", port: expect.any(Number) } },
    });
    await settled();

    expect(row(server.id)).toMatchObject({ state: "ready", node_id: there.node, problem: null });
    expect(readFileSync(`${there.wings.root}/volumes/${server.uuid}/world.dat`, "utf8")).toBe(`world ${server.id}`);
    expect(held(server.id, here.node)).toEqual([]);
    expect(held(server.id, there.node).map(({ port }) => port)).toEqual(reserved);
    expect([holds(here, server), holds(there, server)]).toEqual([false, true]);
    expect(existsSync(server.folder)).toBe(false);
    expect(moves(server.id)).toEqual([{ state: "moved", problem: null, cleared: 1 }]);
    const told = there.wings.servers.get(server.uuid)?.configuration.settings.allocations;
    const at = sql.get<{ port: number }>(
      "select port from allocations where id = (select allocation_id from servers where id = ?)",
      server.id,
    );
    expect(told).toMatchObject({ default: { ip: "127.0.0.1", port: at?.port }, mappings: { "127.0.0.1": reserved } });
    expect(
      sql.all("select actor_type, action from audit_log where target_id = ? order by id", server.id).slice(-2),
    ).toEqual([
      { actor_type: "user", action: "staffServers.transfer.begin" },
      { actor_type: "node", action: "remoteTransfers.arrived" },
    ]);
    // The node lists it from now on, and the one before does not.
    expect((await says(there, server.uuid, "")).status).toBe(200);
    expect((await says(here, server.uuid, "")).status).toBe(404);
    for (const [place] of versions) {
      place.wings.version = "1.13.1";
      sql.run("update nodes set version = '1.13.1' where id = ?", place.node);
    }
    sql.run("delete from servers where id = ?", server.id);
  });
});

describe("it does not begin", () => {
  const refusals: [string, () => void, string | RegExp][] = [
    [
      "where the target is silent",
      () => sql.run("update nodes set seen_at = 1 where id = ?", there.node),
      /does not answer/,
    ],
    [
      "where the target is in maintenance",
      () => sql.run("update nodes set maintenance = 1 where id = ?", there.node),
      /in maintenance/,
    ],
    [
      "where memory is short",
      () => sql.run("update nodes set memory = 1 where id = ?", there.node),
      /not enough memory/,
    ],
    ["where disk is short", () => sql.run("update nodes set disk = 1 where id = ?", there.node), /not enough disk/],
    [
      "at a daemon of the other family",
      () => sql.run("update nodes set version = '1.0.0-beta29' where id = ?", there.node),
      /Pelican/,
    ],
    [
      "at a daemon that is too old",
      () => sql.run("update nodes set version = '1.7.0' where id = ?", there.node),
      /1\.11/,
    ],
    [
      "at a node of somebody else",
      () =>
        sql.run(
          "update nodes set organisation_id = (select id from organisations limit 1), classification = 'enterprise' where id = ?",
          there.node,
        ),
      /another organisation/,
    ],
    [
      "at a node for organisations that has none",
      () => sql.run("update nodes set classification = 'enterprise' where id = ?", there.node),
      /has none/,
    ],
    [
      "where no address is free",
      () =>
        sql.run(
          "update allocations set server_id = (select id from servers limit 1) where node_id = ? and server_id is null",
          there.node,
        ),
      /0 free addresses/,
    ],
  ];
  test.each(refusals)("%s", async (_, when, says) => {
    const server = await placed();
    const columns = sql.get<Record<string, string>>("select * from nodes where id = ?", there.node);
    const free = sql.all<{ id: string }>(
      "select id from allocations where node_id = ? and server_id is null",
      there.node,
    );
    when();
    try {
      const { status, body } = await begin(server.id);
      expect([status, body.fields?.node]).toEqual([422, expect.stringMatching(says)]);
      // Nor is it chosen by itself, or shown as one that could be.
      sql.run("update nodes set maintenance = 1 where id = ?", third.node);
      expect((await begin(server.id, { node: null })).status).toBe(409);
      const shown = (await preview(server.id)).targets.find(({ id }) => id === there.node);
      expect(shown?.problem).toMatch(says);
      expect(row(server.id)?.state).toBe("ready");
      expect(moves(server.id)).toEqual([]);
    } finally {
      const { organisation_id, classification, version } = columns ?? {};
      sql.run(
        "update nodes set organisation_id = ?, classification = ?, version = ? where id = ?",
        organisation_id,
        classification,
        version,
        there.node,
      );
      for (const { id } of free) sql.run("update allocations set server_id = null where id = ?", id);
    }
  });

  test("to where it is, to nowhere, for what is not at rest, and from a node that does not answer", async () => {
    const server = await placed();
    expect((await begin(server.id, { node: here.node })).body.fields?.node).toMatch(/already/);
    expect((await begin(server.id, { node: "none" })).body.fields?.node).toMatch(/no such node/);
    expect((await begin("none")).status).toBe(404);
    for (const state of ["installing", "install_failed", "interrupted", "restoring", "transferring", "deleting"]) {
      sql.run("update servers set state = ? where id = ?", state, server.id);
      expect((await begin(server.id)).status, state).toBe(409);
      expect(typeof (await preview(server.id)).notNow, state).toBe("string");
    }
    sql.run("update servers set state = 'ready' where id = ?", server.id);
    sql.run("update nodes set seen_at = 1 where id = ?", here.node);
    expect((await begin(server.id)).body.message).toMatch(/nothing can be sent from there/);
    expect(moves(server.id)).toEqual([]);
  });

  test("for anybody but staff who manage servers", async () => {
    const server = await placed();
    const looker = await panel.person("Looker", ["servers:read", "admin:servers:write", "wings:transfers"]);
    for (const person of [owner, looker])
      for (const [method, body] of [["GET"], ["POST", { node: there.node }], ["DELETE"]] as const)
        expect((await person.call(method, `/admin/servers/${server.id}/transfer`, body)).status).toBe(403);
    expect(row(server.id)?.state).toBe("ready");
  });

  test("with backups unless somebody says that they may go; then they go, and are listed as gone", async () => {
    const server = await placed();
    const made = await owner.call<{ id: string }>("POST", `/servers/${server.id}/backups`, { name: "Before" });
    await settled();
    const archive = () =>
      sql.get<{ state: string }>("select state from server_backups where id = ?", made.body.id)?.state;
    expect(archive()).toBe("done");
    sql.run("update server_backups set locked = 1 where id = ?", made.body.id);
    expect((await preview(server.id)).backups).toEqual({ all: 1, locked: 1 });
    expect((await begin(server.id)).body.fields?.losesBackups).toMatch(/1 backup stays behind and is deleted/);
    sql.run("update server_backups set state = 'making' where id = ?", made.body.id);
    expect((await begin(server.id, { losesBackups: true })).body.message).toMatch(/being made/);
    sql.run("update server_backups set state = 'done' where id = ?", made.body.id);
    expect((await begin(server.id, { losesBackups: true })).status).toBe(200);
    await settled();
    expect(row(server.id)?.node_id).toBe(there.node);
    const listed = () =>
      owner
        .call<{ items: { here: boolean }[]; used: number }>("GET", `/servers/${server.id}/backups`)
        .then(({ body }) => ({ here: body.items.map((one) => one.here), used: body.used }));
    expect(await listed()).toEqual({ here: [false], used: 0 });
    expect(askedFor(here, server.uuid).filter((one) => /^DELETE .*\/backup\//.test(one))).toHaveLength(1);
    expect((await owner.call("POST", `/servers/${server.id}/backups/${made.body.id}/restore`)).status).toBe(409);
    // Those that are gone leave room for others, and can be taken off the list.
    for (const _ of [1, 2]) {
      expect((await owner.call("POST", `/servers/${server.id}/backups`)).status).toBe(201);
      await settled();
    }
    expect((await owner.call("DELETE", `/servers/${server.id}/backups/${made.body.id}`)).status).toBe(200);
    expect(await listed()).toEqual({ here: [true, true], used: 2 });
  });
});

describe("addresses at the target", () => {
  test("are those that were chosen, each once, and of no other", async () => {
    const server = await placed();
    const { free } = await preview(server.id, `?node=${there.node}`);
    const [one = { id: "", address: "" }, two = { id: "", address: "" }] = free;
    const foreign = (await preview(server.id, `?node=${third.node}`)).free[0]?.id;
    for (const allocations of [[foreign], ["none"], [one.id, two.id]])
      expect((await begin(server.id, { allocations })).body.fields, JSON.stringify(allocations)).toHaveProperty(
        "allocations",
      );
    expect((await begin(server.id, { node: null, allocations: [one.id] })).body.fields).toHaveProperty("node");
    expect((await begin(server.id, { allocations: [two.id] })).status).toBe(200);
    expect(held(server.id, there.node).map(({ port }) => `127.0.0.1:${port}`)).toEqual([two.address]);
    // Nobody else gets it meanwhile, and it keeps those that it has.
    const other = await placed();
    expect((await begin(other.id, { allocations: [two.id] })).body.fields).toHaveProperty("allocations");
    for (const [method, path, body] of [
      ["POST", "network", {}],
      ["PUT", "network/primary", { allocation: two.id }],
      ["DELETE", `network/${two.id}`, undefined],
    ] as const)
      expect((await owner.call<Refused>(method, `/servers/${server.id}/${path}`, body)).body.message).toMatch(/moving/);
    await settled();
    expect(row(server.id)?.allocation_id).toBe(two.id);
  });

  test("two that begin at once do not get the same, nor does one server go to two nodes", async () => {
    const [one, two] = [await placed(), await placed()];
    const both = await Promise.all([begin(one.id), begin(two.id), begin(one.id, { node: third.node })]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 200, 409]);
    const ports = [...held(one.id, there.node), ...held(two.id, there.node), ...held(one.id, third.node)];
    expect(new Set(ports.map(({ port }) => port)).size).toBe(2);
    await settled();
    expect([row(one.id)?.state, row(two.id)?.state]).toEqual(["ready", "ready"]);
  });

  test("what is on its way counts as there", async () => {
    const [one, two] = [await underWay(), await placed()];
    sql.run("update servers set memory = 512 where id in (?, ?)", one.id, two.id);
    const used = sql.get<{ n: number }>("select sum(memory) as n from servers where node_id = ?", there.node)?.n ?? 0;
    sql.run("update nodes set memory = ? where id = ?", used + 600, there.node);
    expect((await begin(two.id)).body.fields?.node).toMatch(/memory/);
    expect((await cancel(one.id)).status).toBe(200);
    expect((await begin(two.id)).status).toBe(200);
    await settled();
  });
});

test("people stay what they are in it, and reach it over SFTP where it is then", async () => {
  const server = await placed();
  const friend = await panel.person(`Friend ${fresh()}`);
  await letIn(server.id, friend, ["files"]);
  const { password } = (await friend.call<{ password: string }>("POST", `/servers/${server.id}/sftp/password`)).body;
  const username = (await friend.call<{ login: string }>("GET", `/servers/${server.id}/sftp`)).body.login;
  await begin(server.id);
  await settled();
  expect((await friend.call("GET", `/servers/${server.id}/files?folder=/`)).status).toBe(200);
  const session = await there.wings.sftpLogin(username, { password });
  expect([session.server, session.may("file.read")]).toEqual([server.uuid, true]);
  await expect(here.wings.sftpLogin(username, { password })).rejects.toThrow();
  expect((await friend.call("GET", `/servers/${server.id}`)).body).toMatchObject({
    sftp: { port: sql.get<{ p: number }>("select sftp_port as p from nodes where id = ?", there.node)?.p },
  });
});
