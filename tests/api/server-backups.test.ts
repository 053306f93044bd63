/** Backups of a server through the panel: real archives at a daemon over the network, which tells the panel what came of them. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { letIn, type Placed, placeNode } from "../support/placed-server.ts";
import { type Sql, sqlOf } from "../support/stage.ts";
import { headersOf } from "../support/wings.ts";

interface Backup {
  id: string;
  name: string;
  state: string;
  locked: boolean;
  checksum: string | null;
  bytes: number | null;
  createdBy: string | null;
  here: boolean;
}
interface Refused {
  code: string;
  message: string;
  fields: Record<string, string>;
}

let panel: Panel;
let placed: Placed;
let elsewhere: Placed;
let sql: Sql;
let owner: Person;
let server: { id: string; uuid: string; folder: string };

beforeAll(async () => {
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  sql = await sqlOf();
  placed = await placeNode(panel, "1.11.13");
  elsewhere = await placeNode(panel);
  owner = await panel.person("Owner of servers", []);
});
beforeEach(async () => {
  server = await placed.server(owner);
  writeFileSync(file("a.txt"), "before");
});
afterAll(async () => {
  await placed.wings.close();
  await elsewhere.wings.close();
  await panel.close();
});

const file = (name: string) => path.join(server.folder, name);
const call = <T = Refused>(method: string, rest = "", body?: object, who = owner, id = server.id) =>
  who.call<T & Refused>(method, `/servers/${id}/backups${rest}`, body);
const listed = async (id = server.id) =>
  (await call<{ items: Backup[]; used: number }>("GET", "", undefined, owner, id)).body;
const made = async (given: object = {}, id = server.id) => {
  const { status, body } = await call<{ id: string }>("POST", "", given, owner, id);
  expect(status).toBe(201);
  await placed.wings.settled();
  return body.id;
};
const uuidOf = (backup: string) =>
  sql.get<{ uuid: string }>("select uuid from server_backups where id = ?", backup)?.uuid ?? "";
const archives = () => {
  const folder = path.join(placed.wings.root, "backups");
  return existsSync(folder) ? readdirSync(folder) : [];
};
const archive = (backup: string) => archives().includes(`${uuidOf(backup)}.tar.gz`);
const stateOf = () =>
  sql.get<{ state: string; suspended_at: number | null }>(
    "select state, suspended_at from servers where id = ?",
    server.id,
  );
/** What the daemon says of a backup. */
const told = (from: Placed, uuid: string, body: object, rest = "") =>
  panel.call(
    "POST",
    `/remote/backups/${uuid}${rest}`,
    body,
    headersOf(from.wings.config ?? { token: "", token_id: "" }),
  );
const success = { successful: true, checksum: "a".repeat(40), checksum_type: "sha1", size: 5, parts: null };

test("a server that is deleted takes its archives with it, also from a daemon that keeps them", async () => {
  const id = await made();
  const uuid = uuidOf(id);
  expect(archive(id)).toBe(true);
  const { name } = sql.get<{ name: string }>("select name from servers where id = ?", server.id) ?? { name: "" };
  expect((await owner.call("DELETE", `/servers/${server.id}`, { name })).status).toBe(200);
  await runJobs();
  expect(sql.get("select 1 from servers where id = ?", server.id)).toBeUndefined();
  expect(archives()).not.toContain(`${uuid}.tar.gz`);
});

test("are made, told of, restored and deleted, and each act is noted", async () => {
  writeFileSync(file("b.log"), "log");
  const id = await made({ name: "First", ignored: ["*.log"] });
  const { items, used } = await listed();
  expect(items).toEqual([
    expect.objectContaining({
      id,
      name: "First",
      state: "done",
      locked: false,
      checksum: expect.stringMatching(/^sha1:[0-9a-f]{40}$/),
      createdBy: "Owner of servers",
      here: true,
    }),
  ]);
  expect([used, items[0]?.bytes]).toEqual([1, expect.any(Number)]);
  expect(archive(id)).toBe(true);
  writeFileSync(file("a.txt"), "after");
  expect((await call("POST", `/${id}/restore`, {})).status).toBe(200);
  await placed.wings.settled();
  expect(readFileSync(file("a.txt"), "utf8")).toBe("before");
  expect(existsSync(file("b.log"))).toBe(true);
  expect((await call("POST", `/${id}/restore`, { truncate: true })).status).toBe(200);
  await placed.wings.settled();
  expect(existsSync(file("b.log"))).toBe(false);
  expect(stateOf()?.state).toBe("ready");
  expect((await call("DELETE", `/${id}`)).status).toBe(200);
  expect([(await listed()).items, archives().length]).toEqual([[], 0]);
  const actions = sql.all<{ action: string }>(
    "select action from audit_log where target_id = ? order by id",
    server.id,
  );
  // The node may say that it is done before the panel has noted that it began.
  expect(actions.map(({ action }) => action).toSorted()).toEqual([
    "remoteBackups.ended",
    "remoteBackups.restored",
    "remoteBackups.restored",
    "servers.backups.create",
    "servers.backups.remove",
    "servers.backups.restore",
    "servers.backups.restore",
  ]);
});

test("one that is locked stays, and one that is not done is neither locked, restored nor fetched", async () => {
  const id = await made();
  expect((await call("PUT", `/${id}/lock`, { locked: true })).status).toBe(200);
  expect((await call("DELETE", `/${id}`)).body.message).toMatch(/locked/);
  expect(archive(id)).toBe(true);
  expect((await call("PUT", `/${id}/lock`, { locked: false })).status).toBe(200);
  sql.run("update server_backups set state = 'making' where id = ?", id);
  expect((await call("PUT", `/${id}/lock`, { locked: true })).status).toBe(409);
  expect((await call("POST", `/${id}/restore`, {})).status).toBe(409);
  expect((await call("POST", `/${id}/download`)).status).toBe(409);
  expect((await call("DELETE", `/${id}`)).status).toBe(200);
});

test("two who ask at once do not get more than there may be", async () => {
  const results = await Promise.all(Array.from({ length: 6 }, () => call("POST", "", {})));
  await placed.wings.settled();
  expect(results.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
  await made();
  const { status, body } = await call("POST", "", {});
  expect([status, body.message]).toEqual([409, expect.stringMatching(/at most 2 backups/)]);
  expect((await listed()).used).toBe(2);
  sql.run("update servers set backup_limit = 0 where id = ?", server.id);
  expect((await call("POST", "", {})).body.message).toMatch(/has no backups/);
});

describe("what a node says of a backup", () => {
  test("said twice it is taken twice; the opposite is refused, and nothing changes", async () => {
    const id = await made();
    const [before] = (await listed()).items;
    const uuid = uuidOf(id);
    expect((await told(placed, uuid, success)).status).toBe(204);
    expect((await told(placed, uuid, { ...success, successful: false })).status).toBe(409);
    expect((await listed()).items[0]).toEqual(before);
    expect(archive(id)).toBe(true);
    sql.run("update server_backups set state = 'making' where id = ?", id);
    // What cannot be read is no reason to lose a backup.
    const odd = { successful: true, checksum: 5, checksum_type: null, size: "many", extra: {} };
    expect((await told(placed, uuid, odd)).status).toBe(204);
    expect((await listed()).items[0]).toMatchObject({ state: "done", checksum: null, bytes: 0 });
  });

  test("an answer that was lost on the way loses nothing", async () => {
    const { wings } = placed;
    const panelOf = wings.panel;
    let lost = 0;
    wings.panel = async (method, target, ...rest) => {
      const answer = await panelOf(method, target, ...rest);
      if (!target.startsWith("/remote/backups/") || lost++ > 0) return answer;
      throw new Error("the connection broke");
    };
    const id = await made();
    wings.panel = panelOf;
    expect(lost).toBe(2);
    expect([(await listed()).items[0]?.state, archive(id)]).toEqual(["done", true]);
  });

  test("it is heard of what lies on it alone, and of nothing that it does not know", async () => {
    const id = await made();
    const uuid = uuidOf(id);
    sql.run("update server_backups set state = 'making' where id = ?", id);
    sql.run("update servers set state = 'restoring' where id = ?", server.id);
    expect((await told(elsewhere, uuid, success)).status).toBe(404);
    expect((await told(elsewhere, uuid, { successful: true }, "/restore")).status).toBe(404);
    expect((await told(placed, "0a3cbb43-58c9-4a53-8f0f-1f29d9d4c0a1", success)).status).toBe(404);
    expect((await listed()).items[0]?.state).toBe("making");
    expect(stateOf()?.state).toBe("restoring");
    expect((await panel.call("POST", `/remote/backups/${uuid}`, success)).status).toBe(401);
    expect((await owner.call("POST", `/remote/backups/${uuid}`, success)).status).toBe(401);
  });

  test("one that failed shows so, and makes room for the next", async () => {
    placed.wings.failsBackups = true;
    await made();
    placed.wings.failsBackups = false;
    expect((await listed()).items).toMatchObject([{ state: "failed", bytes: null }]);
    expect((await listed()).used).toBe(0);
    await made();
    expect((await listed()).items).toMatchObject([{ state: "done" }]);
  });

  test("one that a node never began leaves nothing, here and there", async () => {
    placed.wings.broken = { status: 500, body: "" };
    expect((await call("POST", "", {})).status).toBe(502);
    placed.wings.broken = null;
    expect((await listed()).items).toEqual([]);
    // It began it after all, and the panel did not hear of it.
    Object.assign(placed.wings, { drops: true, only: /\/backup$/ });
    const there = archives().length;
    await call("POST", "", {});
    Object.assign(placed.wings, { drops: false, only: null });
    await placed.wings.settled();
    const { items } = await listed();
    expect(archives()).toHaveLength(there + items.length);
  });

  test("a node that starts anew has lost what it was making", async () => {
    const id = await made();
    sql.run("update server_backups set state = 'making' where id = ?", id);
    await placed.wings.reboot();
    expect((await listed()).items[0]?.state).toBe("failed");
  });
});

describe("restoring", () => {
  test("a suspended server is not restored, and none is less suspended for it", async () => {
    const id = await made();
    const staff = await panel.person("Keeper of backups", ["admin:access", "admin:servers:manage"]);
    sql.run("update servers set suspended_at = 1 where id = ?", server.id);
    const before = placed.wings.asked.length;
    expect((await call("POST", `/${id}/restore`, {})).body.code).toBe("suspended");
    expect((await call("POST", `/${id}/restore`, {}, staff)).body.code).toBe("suspended");
    expect(placed.wings.asked).toHaveLength(before);
    // Suspended while it went on: the daemon forgets that, and is told again.
    sql.run("update servers set suspended_at = null where id = ?", server.id);
    expect((await call("POST", `/${id}/restore`, {})).status).toBe(200);
    sql.run("update servers set suspended_at = 1 where id = ?", server.id);
    await placed.wings.settled();
    expect(placed.wings.servers.get(server.uuid)?.configuration.settings.suspended).toBe(false);
    expect(stateOf()).toEqual({ state: "ready", suspended_at: 1 });
    await runJobs();
    expect(placed.wings.servers.get(server.uuid)?.configuration.settings.suspended).toBe(true);
    expect((await told(placed, uuidOf(id), { successful: true }, "/restore")).status).toBe(204);
    expect(stateOf()).toEqual({ state: "ready", suspended_at: 1 });
  });

  test("files are never wiped for a backup that is not there, and not of this server on this node", async () => {
    const id = await made();
    const theirs = await placed.server(owner);
    const wrong = await call("POST", `/${id}/restore`, { truncate: true }, owner, theirs.id);
    expect(wrong.status).toBe(404);
    sql.run("update server_backups set node_id = ? where id = ?", elsewhere.node, id);
    expect((await call("POST", `/${id}/restore`, { truncate: true })).body.message).toMatch(
      /stayed behind when the server moved/,
    );
    expect((await listed()).items[0]?.here).toBe(false);
    sql.run("update server_backups set node_id = ?, state = 'failed' where id = ?", placed.node, id);
    expect((await call("POST", `/${id}/restore`, { truncate: true })).status).toBe(409);
    sql.run("update server_backups set node_id = ?, state = 'done' where id = ?", placed.node, id);
    // The archive is gone from the node's disk, and the panel does not know.
    rmSync(path.join(placed.wings.root, "backups", `${uuidOf(id)}.tar.gz`));
    const lost = await call("POST", `/${id}/restore`, { truncate: true });
    expect([lost.status, lost.body.message]).toEqual([404, "The node does not have this backup any more."]);
    expect(stateOf()).toMatchObject({ state: "ready" });
    expect(readFileSync(file("a.txt"), "utf8")).toBe("before");
    expect(placed.wings.asked.filter((one) => one.endsWith(`/${uuidOf(id)}/restore`))).toEqual([]);
  });

  test("the backup of one server is not reached through another", async () => {
    const id = await made();
    const theirs = await placed.server(owner);
    for (const [method, rest, body] of [
      ["POST", "/restore", {}],
      ["POST", "/download", undefined],
      ["PUT", "/lock", { locked: true }],
      ["DELETE", "", undefined],
    ] as const)
      expect((await call(method, `/${id}${rest}`, body, owner, theirs.id)).status, rest).toBe(404);
    expect(archive(id)).toBe(true);
  });

  test("while it goes on nothing else is done with the files, and a node that does not begin it changes nothing", async () => {
    const id = await made();
    sql.run("update servers set state = 'restoring' where id = ?", server.id);
    expect((await call("POST", `/${id}/restore`, {})).status).toBe(409);
    expect((await call("POST", "", {})).status).toBe(409);
    expect((await call("DELETE", `/${id}`)).status).toBe(409);
    sql.run("update servers set state = 'interrupted' where id = ?", server.id);
    placed.wings.broken = { status: 500, body: "" };
    expect((await call("POST", `/${id}/restore`, {})).status).toBe(502);
    expect((await call("DELETE", `/${id}`)).status).toBe(502);
    placed.wings.broken = null;
    expect(stateOf()?.state).toBe("interrupted");
    expect((await listed()).items[0]?.state).toBe("done");
  });
});

test("who may: backups is what it takes, and an address dies after one use", async () => {
  const id = await made();
  const guest = await panel.person("Guest of backups", []);
  const reads = async () => (await call("GET", "", undefined, guest)).status;
  expect(await reads()).toBe(404);
  await letIn(server.id, guest, ["files", "console"]);
  expect(await reads()).toBe(403);
  expect((await call("POST", `/${id}/download`, undefined, guest)).status).toBe(403);
  await letIn(server.id, guest, ["backups"]);
  expect(await reads()).toBe(200);
  const { address } = (await call<{ address: string }>("POST", `/${id}/download`, undefined, guest)).body;
  const first = await fetch(address);
  expect([first.status, (await first.arrayBuffer()).byteLength]).toEqual([200, (await listed()).items[0]?.bytes]);
  expect((await fetch(address)).status).toBe(404);
  expect(sql.all("select given, cut_at from server_holders where user_id = ?", guest.id)).toEqual([
    { given: '["backups"]', cut_at: null },
  ]);
  sql.run("update servers set suspended_at = 1 where id = ?", server.id);
  expect(await reads()).toBe(200);
  expect((await call("POST", `/${id}/download`, undefined, guest)).body.code).toBe("suspended");
  expect((await call("POST", "", {}, guest)).body.code).toBe("suspended");
});
