/** Moves of servers on their way to an end, whichever that is: everything that can be said at the wrong time by the wrong node, and what runs afterwards. */
import { readFileSync } from "node:fs";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type Refused, startMoves } from "../support/moves.ts";
import type { Placed } from "../support/placed-server.ts";

const moving = await startMoves();
const {
  panel,
  staff,
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
  again,
  settled,
  placed,
  underWay,
  holds,
  askedFor,
} = moving;
beforeEach(moving.rested);
afterAll(moving.close);

describe("while it goes", () => {
  test("both nodes and no other are told of it, each with its own addresses, and only the source lists it", async () => {
    const server = await underWay();
    const ports = async (place: Placed) => {
      const { status, body } = await says(place, server.uuid, "");
      return status === 200 ? body.settings.allocations : status;
    };
    const [own] = held(server.id, here.node);
    const [reserved] = held(server.id, there.node);
    expect(await ports(here)).toMatchObject({ default: { ip: "192.0.2.1", port: own?.port } });
    expect(await ports(there)).toMatchObject({
      default: { ip: "127.0.0.1", port: reserved?.port },
      mappings: { "127.0.0.1": [reserved?.port] },
    });
    expect(await ports(third)).toBe(404);
    const lists = async ({ wings }: Placed) =>
      (
        await panel.call<{ data: { uuid: string }[] }>("GET", "/remote/servers?page=1&per_page=100", undefined, {
          authorization: `Bearer ${wings.config?.token_id}.${wings.config?.token}`,
        })
      ).body.data.some(({ uuid }) => uuid === server.uuid);
    expect([await lists(here), await lists(there), await lists(third)]).toEqual([true, false, false]);
    await cancel(server.id);
    expect(await ports(there)).toBe(404);
  });

  test("nobody gets at its files, console, power or backups, and what people held at the source ends", async () => {
    const { handOut } = await import("#lib/servers/holders.ts");
    const server = await placed();
    handOut({ id: server.id }, owner.id, "console", false);
    Object.assign(here.wings, { broken: { status: 202, body: "" }, only: /^POST .*\/transfer$/ });
    await begin(server.id);
    await settled();
    expect(here.wings.deauthorized.has(`${owner.id} ${server.uuid}`)).toBe(true);
    for (const [method, path, body] of [
      ["POST", "console", {}],
      ["POST", "power", { action: "start" }],
      ["GET", "files?folder=/", undefined],
      ["POST", "backups", {}],
      ["POST", "reinstall", {}],
    ] as const)
      expect((await owner.call(method, `/servers/${server.id}/${path}`, body)).status, path).toBe(409);
    await cancel(server.id);
    expect((await owner.call("POST", `/servers/${server.id}/console`)).status).toBe(200);
  });

  test("a node that it goes to is not deleted, and a server that is deleted goes nowhere", async () => {
    const server = await underWay();
    sql.run("update servers set node_id = ? where node_id = ? and id <> ?", here.node, there.node, server.id);
    expect((await staff.call<Refused>("DELETE", `/admin/nodes/${there.node}`)).body.message).toMatch(
      /moving to this node/,
    );
    const { name } = sql.get<{ name: string }>("select name from servers where id = ?", server.id) ?? { name: "" };
    expect((await owner.call("DELETE", `/servers/${server.id}`, { name })).status).toBe(200);
    expect(held(server.id, there.node)).toEqual([]);
    expect((await says(there, server.uuid, "success")).status).toBe(409);
    expect(row(server.id)).toMatchObject({ state: "deleting", node_id: here.node });
    await settled();
    expect(row(server.id)).toBeUndefined();
    expect(holds(here, server)).toBe(false);
    expect((await says(there, server.uuid, "success")).status).toBe(404);
  });
});

describe("when it is there", () => {
  test("what the node before holds for people ends, and the new one reads what was changed on the way", async () => {
    const { handOut } = await import("#lib/servers/holders.ts");
    const server = await underWay();
    // As if something had been handed out in spite of the move.
    handOut({ id: server.id }, owner.id, "files", false);
    here.wings.deauthorized.clear();
    expect((await says(there, server.uuid, "success")).status).toBe(204);
    await settled();
    expect(here.wings.deauthorized.has(`${owner.id} ${server.uuid}`)).toBe(true);
    expect(askedFor(there, server.uuid).filter((one) => /\/sync$/.test(one))).not.toEqual([]);
  });
});

describe("a later move", () => {
  const stopsAsked = (uuid: string) => askedFor(here, uuid).filter((one) => /^DELETE .*\/transfer$/.test(one)).length;
  const sendsNothing = () =>
    Object.assign(here.wings, { broken: { status: 202, body: "" }, only: /^POST .*\/transfer$/ });

  test("is not stopped at the source because an earlier target has yet to be cleared", async () => {
    const server = await underWay();
    Object.assign(there.wings, { broken: { status: 500, body: "" }, only: /^DELETE / });
    expect((await cancel(server.id)).status).toBe(200);
    await settled();
    expect(moves(server.id)).toMatchObject([{ state: "cancelled", cleared: 0 }]);
    const before = stopsAsked(server.uuid);
    sendsNothing();
    expect((await begin(server.id, { node: third.node })).status).toBe(200);
    await settled();
    again();
    await settled();
    expect(row(server.id)?.state).toBe("transferring");
    expect(stopsAsked(server.uuid)).toBe(before);
  });

  test("is not stopped by a node that it once was to go to, however often that speaks", async () => {
    const server = await underWay();
    await cancel(server.id);
    await settled();
    expect(moves(server.id)).toMatchObject([{ state: "cancelled", cleared: 1 }]);
    sendsNothing();
    expect((await begin(server.id, { node: third.node })).status).toBe(200);
    await settled();
    const before = stopsAsked(server.uuid);
    for (let n = 0; n < 20; n++) expect((await says(there, server.uuid, "success")).status).toBe(409);
    const queued = "select id from jobs where kind = 'servers.clear' and state = 'queued' and payload like ?";
    expect(sql.all(queued, `%${server.uuid}%`)).toHaveLength(1);
    await settled();
    expect(stopsAsked(server.uuid)).toBe(before);
  });

  test("is not over because a target says so before anybody was asked to send it", async () => {
    const server = await placed();
    expect((await begin(server.id)).status).toBe(200);
    expect((await says(there, server.uuid, "success")).status).toBe(409);
    expect(row(server.id)).toMatchObject({ state: "transferring", node_id: here.node });
  });
});

describe("what nodes say", () => {
  test("only the target says that it is there; the source, a third, and whoever is nobody do not", async () => {
    const server = await underWay();
    expect((await says(here, server.uuid, "success")).status).toBe(409);
    expect((await says(third, server.uuid, "success")).status).toBe(404);
    expect((await says(third, server.uuid, "failure")).status).toBe(404);
    expect((await panel.call("POST", `/remote/servers/${server.uuid}/transfer/success`, "null")).status).toBe(401);
    expect((await owner.call("POST", `/remote/servers/${server.uuid}/transfer/success`, {})).status).toBe(401);
    expect(row(server.id)).toMatchObject({ state: "transferring", node_id: here.node });
    expect((await says(there, server.uuid, "success")).status).toBe(204);
    expect(row(server.id)).toMatchObject({ state: "ready", node_id: there.node });
  });

  test("the first word counts: the same again changes nothing, the opposite is refused", async () => {
    const server = await underWay();
    await says(there, server.uuid, "success");
    const after = JSON.stringify([row(server.id), held(server.id, there.node), moves(server.id)]);
    expect((await says(there, server.uuid, "success")).status).toBe(204);
    expect((await says(there, server.uuid, "failure")).status).toBe(409);
    expect((await says(here, server.uuid, "failure")).status).toBe(409);
    expect((await says(here, server.uuid, "success")).status).toBe(409);
    expect(JSON.stringify([row(server.id), held(server.id, there.node), moves(server.id)])).toBe(after);
    const entries = "select 1 from audit_log where target_id = ? and action = 'remoteTransfers.arrived'";
    expect(sql.all(entries, server.id)).toHaveLength(1);
    sql.run("delete from servers where id = ?", server.id);
  });

  test.each([
    ["the source", () => here],
    ["the target", () => there],
  ])("a failure said by %s leaves it where it was, and frees what was kept for it", async (_, who) => {
    const server = await underWay();
    expect((await says(who(), server.uuid, "failure")).status).toBe(204);
    expect(row(server.id)).toMatchObject({
      state: "ready",
      node_id: here.node,
      problem: expect.stringMatching(/failed/),
    });
    expect(held(server.id, there.node)).toEqual([]);
    expect(held(server.id, here.node)).toHaveLength(1);
    for (const place of [here, there]) expect((await says(place, server.uuid, "failure")).status).toBe(204);
    expect((await says(there, server.uuid, "success")).status).toBe(409);
    expect(row(server.id)?.node_id).toBe(here.node);
    await settled();
    expect(moves(server.id)).toMatchObject([{ state: "failed", cleared: 1 }]);
    // It can try again.
    expect((await begin(server.id)).status).toBe(200);
    await settled();
    expect(row(server.id)).toMatchObject({ node_id: there.node, problem: null });
  });

  test("an archive that does not arrive whole is no server, here or there", async () => {
    const server = await placed();
    Object.assign(there.wings, { broken: { status: 500, body: "" }, only: /^POST \/api\/transfers$/ });
    await begin(server.id);
    await settled();
    expect(row(server.id)).toMatchObject({ state: "ready", node_id: here.node });
    expect(readFileSync(`${server.folder}/world.dat`, "utf8")).toBe(`world ${server.id}`);
    expect([holds(here, server), holds(there, server)]).toEqual([true, false]);
  });

  test("a node that starts anew has sent nothing and taken nothing", async () => {
    for (const place of [here, there]) {
      const server = await underWay();
      await panel.call("POST", "/remote/servers/reset", "null", {
        authorization: `Bearer ${place.wings.config?.token_id}.${place.wings.config?.token}`,
      });
      expect(row(server.id)).toMatchObject({ state: "ready", problem: expect.stringMatching(/started anew/) });
      expect(moves(server.id)).toMatchObject([{ state: "interrupted" }]);
      expect(held(server.id, there.node)).toEqual([]);
    }
  });
});

describe("it ends otherwise", () => {
  test("called off by staff, at both nodes; what arrives afterwards is not taken, and is deleted there", async () => {
    const server = await underWay();
    // The target has all of it by then, and the two cross.
    const headers = { authorization: `Bearer ${there.wings.config?.token}`, "content-type": "application/json" };
    const body = JSON.stringify({ uuid: server.uuid, start_on_completion: false });
    await fetch(`http://127.0.0.1:${there.wings.port}/api/servers`, { method: "POST", headers, body });
    await there.wings.settled();
    expect(holds(there, server)).toBe(true);
    expect((await cancel(server.id)).status).toBe(200);
    expect(row(server.id)).toMatchObject({ state: "ready", node_id: here.node, problem: null });
    expect(held(server.id, there.node)).toEqual([]);
    expect((await cancel(server.id)).status).toBe(409);
    expect((await says(there, server.uuid, "success")).status).toBe(409);
    await settled();
    expect(askedFor(here, server.uuid).some((one) => /^DELETE .*\/transfer$/.test(one))).toBe(true);
    expect([holds(here, server), holds(there, server)]).toEqual([true, false]);
    expect(moves(server.id)).toEqual([{ state: "cancelled", problem: null, cleared: 1 }]);
    expect(await preview(server.id)).toMatchObject({
      moves: [{ state: "cancelled", by: { name: expect.any(String) } }],
    });
  });

  test("a daemon that took all of it too late keeps it, and is asked once more to delete it", async () => {
    const server = await underWay();
    const late = await there.server(owner);
    const copy = there.wings.servers.get(late.uuid);
    expect((await cancel(server.id)).status).toBe(200);
    await settled();
    expect(moves(server.id)).toMatchObject([{ cleared: 1 }]);
    if (copy) there.wings.servers.set(server.uuid, { ...copy, uuid: server.uuid });
    expect((await says(there, server.uuid, "success")).status).toBe(409);
    expect(moves(server.id)).toMatchObject([{ cleared: 0 }]);
    expect((await begin(server.id)).body.fields?.node).toMatch(/has yet to delete/);
    await settled();
    expect([holds(here, server), holds(there, server)]).toEqual([true, false]);
    expect(moves(server.id)).toMatchObject([{ state: "cancelled", cleared: 1 }]);
  });

  test("the source cannot be asked: it stays, and why is told", async () => {
    const server = await placed();
    Object.assign(here.wings, { broken: { status: 500, body: "" }, only: /^POST .*\/transfer$/ });
    await begin(server.id);
    await settled();
    expect(row(server.id)).toMatchObject({
      state: "ready",
      problem: expect.stringMatching(/could not stop the server/),
    });
    // It has been moving since before: nobody will ever say what came of it.
    Object.assign(here.wings, { broken: { status: 409, body: "" } });
    await begin(server.id);
    await settled();
    expect(row(server.id)?.problem).toMatch(/moving already/);
    expect(moves(server.id).map(({ state }) => state)).toEqual(["failed", "failed"]);
  });

  test("nobody has said anything for a day: that is said, and it can be used again", async () => {
    const [server, fresher] = [await underWay(), await underWay()];
    sql.run(
      "update server_transfers set started_at = ? where server_id = ?",
      Date.now() - 24 * 3_600_000 - 1,
      server.id,
    );
    const { endOverdue } = await import("#lib/servers/transfer/ending.ts");
    const run = () => endOverdue.run({}, { retryAt: 0, signal: new AbortController().signal });
    await run();
    await run();
    expect(row(server.id)).toMatchObject({
      state: "ready",
      node_id: here.node,
      problem: expect.stringMatching(/24 hours/),
    });
    expect(moves(server.id)).toMatchObject([{ state: "interrupted" }]);
    expect(row(fresher.id)?.state).toBe("transferring");
    expect((await says(there, server.uuid, "success")).status).toBe(409);
    expect(row(server.id)?.node_id).toBe(here.node);
    await cancel(fresher.id);
  });

  test("what is left is asked to be deleted until it is, and never where the server is", async () => {
    const server = await placed();
    Object.assign(here.wings, { broken: { status: 500, body: "" }, only: /^DELETE / });
    await begin(server.id);
    await settled();
    expect(row(server.id)?.node_id).toBe(there.node);
    expect([holds(here, server), moves(server.id)[0]?.cleared]).toEqual([true, 0]);
    // It does not go back to where its old files are.
    expect((await begin(server.id, { node: here.node })).body.fields?.node).toMatch(/has yet to delete/);
    Object.assign(here.wings, { broken: null, only: null });
    again();
    await settled();
    expect([holds(here, server), moves(server.id)[0]?.cleared]).toEqual([false, 1]);
    expect((await begin(server.id, { node: here.node })).status).toBe(200);
    await settled();
    expect(row(server.id)?.node_id).toBe(here.node);
    expect([holds(here, server), holds(there, server)]).toEqual([true, false]);
    const { clearing } = await import("#lib/servers/transfer/ending.ts");
    await clearing.run(
      { transfer: "x", uuid: server.uuid, node: here.node, stops: null, backups: [] },
      { retryAt: 0, signal: new AbortController().signal },
    );
    expect(holds(here, server)).toBe(true);
  });
});

describe("a server that ran", () => {
  const EGG = 'echo up; while read -r line; do [ "$line" = stop ] && exit; done';

  async function running() {
    const server = await placed();
    sql.run(
      `update eggs set startup = ?, stop = 'stop', config_startup = '{"done":"up"}' where id = (select egg_id from servers where id = ?)`,
      EGG,
      server.id,
    );
    expect((await owner.call("POST", `/servers/${server.id}/power`, { action: "start" })).status).toBe(200);
    await becomes(here, server, "running");
    return server;
  }
  const stateAt = ({ wings }: Placed, { uuid }: { uuid: string }) => wings.servers.get(uuid)?.state;
  async function becomes(place: Placed, server: { uuid: string }, state: string): Promise<void> {
    await place.wings.settled();
    while (stateAt(place, server) !== state) await new Promise(setImmediate);
  }
  const waiting = () => sql.all("select 1 from jobs where kind = 'servers.start-again'").length;
  const started = (id: string) =>
    sql.all("select 1 from audit_log where target_id = ? and action = 'servers.start-again'", id).length;
  /** What waits for its time, until nothing does. */
  async function inTheEnd(): Promise<void> {
    for (; waiting() > 0; again()) await settled();
  }

  test("runs again at its new node, also where that lets go of it late, and is started once", async () => {
    const server = await running();
    await begin(server.id);
    await settled();
    expect([row(server.id)?.node_id, stateAt(there, server)]).toEqual([there.node, "offline"]);
    const job = sql.get<{ at: number }>("select due_at as at from jobs where kind = 'servers.start-again'");
    expect(job?.at).toBeLessThan(Date.now() + 60_000);
    // It has not yet let go of it: what is asked then is forgotten without a word.
    const copy = there.wings.servers.get(server.uuid);
    if (copy) copy.busy = "transferring";
    again();
    await settled();
    expect(stateAt(there, server)).toBe("offline");
    if (copy) copy.busy = null;
    again();
    await settled();
    await becomes(there, server, "running");
    const asked = () => askedFor(there, server.uuid).filter((one) => /^POST .*\/power$/.test(one)).length;
    const before = asked();
    await inTheEnd();
    expect([asked(), started(server.id)]).toEqual([before, 1]);
    const { items } = (await owner.call<{ items: { what: string }[] }>("GET", `/servers/${server.id}/activity`)).body;
    expect(items.map(({ what }) => what)).toContain("servers.start-again");
  });

  test("runs again where it stays, should the move fail", async () => {
    const server = await running();
    Object.assign(there.wings, { broken: { status: 500, body: "" }, only: /^POST \/api\/transfers$/ });
    await begin(server.id);
    await settled();
    expect([row(server.id)?.node_id, stateAt(here, server)]).toEqual([here.node, "offline"]);
    again();
    await settled();
    await becomes(here, server, "running");
    await inTheEnd();
    expect(started(server.id)).toBe(1);
  });

  test("is left alone once it is suspended or gone, and while it moves once more", async () => {
    const [shut, gone, onward] = [await running(), await running(), await running()];
    for (const { id } of [shut, gone, onward]) await begin(id);
    await settled();
    expect(waiting()).toBe(3);
    sql.run("update servers set suspended_at = 1 where id = ?", shut.id);
    sql.run("delete from servers where id = ?", gone.id);
    sql.run("update servers set state = 'transferring' where id = ?", onward.id);
    again();
    await settled();
    expect([waiting(), stateAt(there, shut), stateAt(there, gone), stateAt(there, onward)]).toEqual([
      0,
      "offline",
      "offline",
      "offline",
    ]);
  });

  test("is not given up while its move goes on", async () => {
    const server = await running();
    Object.assign(here.wings, { broken: { status: 202, body: "" }, only: /^POST .*\/transfer$/ });
    await begin(server.id);
    await settled();
    again();
    await settled();
    expect([waiting(), row(server.id)?.state]).toEqual([1, "transferring"]);
    expect((await cancel(server.id)).status).toBe(200);
    await inTheEnd();
    // The node was never asked to stop it.
    expect([stateAt(here, server), started(server.id)]).toEqual(["running", 0]);
  });

  test("is tried a few times, and no more", async () => {
    const server = await running();
    await begin(server.id);
    await settled();
    const copy = there.wings.servers.get(server.uuid);
    if (copy) copy.busy = "transferring";
    for (let n = 0; n < 6; n++) {
      again();
      await settled();
    }
    expect(sql.all("select state, error from jobs where kind = 'servers.start-again'")).toEqual([
      { state: "failed", error: "Its node does not start it." },
    ]);
    expect(askedFor(there, server.uuid).filter((one) => /^POST .*\/power$/.test(one))).toHaveLength(3);
    sql.run("delete from jobs where kind = 'servers.start-again'");
  });
});

test("a server that did not run before its move does not run after it", async () => {
  const server = await placed();
  await begin(server.id);
  await settled();
  expect(row(server.id)?.node_id).toBe(there.node);
  expect(sql.all("select 1 from jobs where kind = 'servers.start-again'")).toEqual([]);
});
