/** How backups end where a word is lost on its way, or two things are wanted of the same files at once. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type Placed, placeNode } from "../support/placed-server.ts";
import { type Sql, sqlOf } from "../support/stage.ts";
import { headersOf } from "../support/wings.ts";

let panel: Panel;
let placed: Placed;
let sql: Sql;
let owner: Person;
let server: { id: string; uuid: string; folder: string };

beforeAll(async () => {
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  sql = await sqlOf();
  placed = await placeNode(panel);
  owner = await panel.person("Owner of servers", []);
});
beforeEach(async () => {
  server = await placed.server(owner);
  writeFileSync(path.join(server.folder, "a.txt"), "before");
});
afterAll(async () => {
  await placed.wings.close();
  await panel.close();
});

const call = (method: string, rest: string, body?: object) =>
  owner.call<{ id: string; message: string }>(method, `/servers/${server.id}${rest}`, body);
async function made(): Promise<string> {
  const { status, body } = await call("POST", "/backups", {});
  expect(status).toBe(201);
  await placed.wings.settled();
  return body.id;
}
/** One that the node has taken, and of which it says nothing. */
async function making(): Promise<string> {
  Object.assign(placed.wings, { broken: { status: 202, body: "" }, only: /\/backup$/ });
  const id = await made();
  Object.assign(placed.wings, { broken: null, only: null });
  return id;
}
const backup = (id: string) =>
  sql.get<{ uuid: string; state: string; checksum: string | null; ended_at: number | null }>(
    "select uuid, state, checksum, ended_at from server_backups where id = ?",
    id,
  );
const stateOf = () => sql.get<{ state: string }>("select state from servers where id = ?", server.id)?.state;
const problemOf = () => sql.get<{ problem: string }>("select problem from servers where id = ?", server.id)?.problem;
const success = { successful: true, checksum: "a".repeat(40), checksum_type: "sha1", size: 5, parts: null };
/** What the daemon says of a backup. */
const told = async (id: string) =>
  (
    await panel.call(
      "POST",
      `/remote/backups/${backup(id)?.uuid}`,
      success,
      headersOf(placed.wings.config ?? { token: "", token_id: "" }),
    )
  ).status;

test("a node whose answer is lost may be restoring: nothing else is done with the files until it says that it is over", async () => {
  const id = await made();
  writeFileSync(path.join(server.folder, "a.txt"), "after");
  const { wings } = placed;
  const panelOf = wings.panel;
  const { promise, resolve: speak } = Promise.withResolvers<void>();
  wings.panel = async (...word) => {
    await promise;
    return panelOf(...word);
  };
  Object.assign(wings, { drops: true, only: /\/restore$/ });
  const said = await call("POST", `/backups/${id}/restore`, { truncate: true });
  Object.assign(wings, { drops: false, only: null });
  expect([said.status, said.body.message]).toEqual([502, expect.stringMatching(/as far as is known it is doing so/)]);
  expect(stateOf()).toBe("restoring");
  expect((await call("POST", "/power", { action: "start" })).status).toBe(409);
  speak();
  await wings.settled();
  wings.panel = panelOf;
  expect([stateOf(), readFileSync(path.join(server.folder, "a.txt"), "utf8")]).toEqual(["ready", "before"]);
  const noted = sql.all<{ after: string }>(
    "select after from audit_log where target_id = ? and action = 'servers.backups.restore'",
    server.id,
  );
  expect(noted.map(({ after }) => JSON.parse(after))).toEqual([
    { restored: expect.any(String), truncate: true, answer: "none" },
  ]);
});

test("a node that cannot be asked whether it has the backup restores nothing", async () => {
  const id = await made();
  Object.assign(placed.wings, { drops: true, only: /download\/backup/ });
  expect((await call("POST", `/backups/${id}/restore`, {})).status).toBe(502);
  Object.assign(placed.wings, { drops: false, only: null });
  expect(stateOf()).toBe("ready");
});

test("while a backup is being made none is restored, and the server is not installed again", async () => {
  const id = await made();
  const next = await making();
  for (const state of ["making", "deleting"]) {
    sql.run("update server_backups set state = ? where id = ?", state, next);
    for (const [rest, body] of [
      [`/backups/${id}/restore`, { truncate: true }],
      ["/reinstall", {}],
    ] as const) {
      const { status, body: answer } = await call("POST", rest, body);
      expect([status, answer.message], `${rest} ${state}`).toEqual([409, expect.stringMatching(/is being made/)]);
    }
  }
  expect(stateOf()).toBe("ready");
  sql.run("update server_backups set state = 'making' where id = ?", next);
  expect(await told(next)).toBe(204);
  expect((await call("POST", `/backups/${id}/restore`, {})).status).toBe(200);
  await placed.wings.settled();
});

test("one that is done while it is being deleted in vain is not lost", async () => {
  const id = await making();
  sql.run("update server_backups set state = 'deleting' where id = ?", id);
  expect(await told(id), "the daemon deletes what it is refused").toBe(204);
  expect(backup(id)?.state).toBe("deleting");
  Object.assign(placed.wings, { broken: { status: 500, body: "" }, only: /^DELETE / });
  expect((await call("DELETE", `/backups/${id}`)).status).toBe(502);
  Object.assign(placed.wings, { broken: null, only: null });
  expect(backup(id)).toMatchObject({
    state: "done",
    checksum: `sha1:${success.checksum}`,
    ended_at: expect.any(Number),
  });
  expect((await call("DELETE", `/backups/${id}`)).status).toBe(200);
  expect(backup(id)).toBeUndefined();
});

test("one that is not done, and is deleted in vain, is still being made", async () => {
  const id = await making();
  Object.assign(placed.wings, { broken: { status: 500, body: "" }, only: /^DELETE / });
  expect((await call("DELETE", `/backups/${id}`)).status).toBe(502);
  Object.assign(placed.wings, { broken: null, only: null });
  expect(backup(id)).toMatchObject({ state: "making", ended_at: null });
});

test("one that comes to lie at the node just after it was deleted there is deleted once more", async () => {
  const id = await making();
  const file = path.join(placed.wings.root, "backups", `${backup(id)?.uuid}.tar.gz`);
  let asked = 0;
  const only = Object.assign(/^/, {
    test: (request: string) => {
      if (!request.startsWith("DELETE ") || asked++ > 0) return false;
      sql.run("update server_backups set ended_at = 1, bytes = 5 where id = ?", id);
      return true;
    },
  });
  // The first time it has nothing yet.
  Object.assign(placed.wings, { broken: { status: 404, body: "" }, only });
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, "an archive");
  expect((await call("DELETE", `/backups/${id}`)).status).toBe(200);
  Object.assign(placed.wings, { broken: null, only: null });
  expect([asked, existsSync(file), backup(id)]).toEqual([2, false, undefined]);
});

describe("of what a node never said the end", () => {
  const HOURS = 12 * 3_600_000;
  const run = async () => {
    const { endOverdueWork } = await import("#lib/servers/overdue.ts");
    await endOverdueWork.run({}, { retryAt: 0, signal: new AbortController().signal });
  };
  const since = (ms: number, state: string) =>
    sql.run(
      "update servers set state = ?, problem = null, updated_at = ? where id = ?",
      state,
      Date.now() - ms,
      server.id,
    );
  const noted = () =>
    sql
      .all<{ after: string; actor_type: string }>(
        "select after, actor_type from audit_log where target_id = ? and action = 'servers.overdue'",
        server.id,
      )
      .map(({ after, actor_type }) => [actor_type, JSON.parse(after).state]);

  test("an installation is interrupted, and can begin again", async () => {
    since(HOURS - 60_000, "installing");
    await run();
    expect(stateOf()).toBe("installing");
    since(HOURS + 60_000, "installing");
    await run();
    await run();
    expect([stateOf(), problemOf()]).toEqual(["interrupted", expect.stringMatching(/12 hours/)]);
    expect(noted()).toEqual([["system", "interrupted"]]);
    expect((await call("POST", "/reinstall", {})).status).toBe(200);
    await runJobs();
    await placed.wings.settled();
    expect([stateOf(), problemOf()]).toEqual(["ready", null]);
  });

  test("a restoration is over, and why nobody knows how is told", async () => {
    since(HOURS - 60_000, "restoring");
    await run();
    expect(stateOf()).toBe("restoring");
    since(HOURS + 60_000, "restoring");
    sql.run("update servers set suspended_at = 1 where id = ?", server.id);
    await run();
    expect([stateOf(), problemOf()]).toEqual(["ready", expect.stringMatching(/Look at the server’s files/)]);
    expect(noted()).toEqual([["system", "ready"]]);
    // The daemon has forgotten that it is suspended.
    await runJobs();
    expect(placed.wings.servers.get(server.uuid)?.configuration.settings.suspended).toBe(true);
  });

  test("a backup has failed, and the next one can be made", async () => {
    const id = await making();
    const begun = (ms: number) => sql.run("update server_backups set created_at = ? where id = ?", Date.now() - ms, id);
    begun(HOURS - 60_000);
    await run();
    expect(backup(id)?.state).toBe("making");
    begun(HOURS + 60_000);
    await run();
    await run();
    expect(backup(id)).toMatchObject({ state: "failed", ended_at: expect.any(Number) });
    expect(noted()).toEqual([["system", "failed"]]);
    expect(await told(id)).toBe(409);
    await made();
  });
});
