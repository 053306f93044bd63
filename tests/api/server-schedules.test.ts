/** Schedules of a server: chains of real acts at a daemon, by the clock or at once, each step with what its author may do by then. */
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { killedAt } from "../support/killed.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { letIn, type Placed, placeNode } from "../support/placed-server.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

interface Run {
  state: string;
  message: string;
  by: string | null;
  steps: number;
  outcomes: { kind: string; state: string; message: string }[];
}
interface Schedule {
  id: string;
  enabled: boolean;
  nextAt: number | null;
  revision: number;
  steps: { id: string; kind: string; payload: string; wait: number; goesOn: boolean; holds: boolean }[];
  last: Run | null;
}
type Refused = { code: string; message: string; missing: string; fields: Record<string, string> };

const ENVIRONMENT = { ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" };
/** Writes down what it is told, and ends when it is told to. */
const EGG = 'echo ready; while read -r line; do echo "$line" >> told.txt; [ "$line" = stop ] && exit; done';

let panel: Panel;
let placed: Placed;
let elsewhere: Placed;
let sql: Sql;
let owner: Person;
let server: { id: string; uuid: string; folder: string };

beforeAll(async () => {
  panel = await startPanel(ENVIRONMENT);
  sql = await sqlOf();
  [placed, elsewhere] = [await placeNode(panel), await placeNode(panel)];
  owner = await panel.person("Owner of servers", []);
});
beforeEach(async () => {
  server = await placed.server(owner);
  sql.run(
    `update eggs set startup = ?, stop = 'stop', config_startup = '{"done":"ready"}' where id = (select egg_id from servers where id = ?)`,
    EGG,
    server.id,
  );
});
afterAll(async () => {
  await placed?.wings.close();
  await elsewhere?.wings.close();
  await panel?.close();
});

const call = <T = Refused>(method: string, rest = "", body?: object, who = owner) =>
  who.call<T & Refused>(method, `/servers/${server.id}/schedules${rest}`, body);
const nightly = { name: "Nightly", cron: "30 4 * * *" };
const command = (payload: string, more = {}) => ({ kind: "command", payload, ...more });
const power = (payload: string, more = {}) => ({ kind: "power", payload, ...more });

async function made(given: object, who = owner): Promise<string> {
  const { status, body } = await call<{ id: string }>("POST", "", { ...nightly, ...given }, who);
  expect(status, JSON.stringify(body)).toBe(201);
  return body.id;
}
const listed = async (id: string) =>
  (await call<{ items: Schedule[] }>("GET")).body.items.find((one) => one.id === id) as Schedule;
const runs = async (id: string) => (await call<{ items: Run[] }>("GET", `/${id}/runs`)).body.items;

/** Everything that is waiting, however long it was to wait. */
async function soon(): Promise<void> {
  for (;;) {
    await runJobs();
    await placed.wings.settled();
    sql.run("update jobs set due_at = 0 where kind = 'schedules.step' and state = 'queued'");
    if (!sql.get("select id from jobs where kind = 'schedules.step' and state = 'queued'")) return;
  }
}
async function ran(id: string, who = owner): Promise<Run> {
  expect((await call("POST", `/${id}/run`, {}, who)).status).toBe(202);
  await soon();
  return (await runs(id))[0] as Run;
}
async function tick(): Promise<void> {
  const { runDue } = await import("#lib/servers/schedules/run.ts");
  await runDue.run({}, { retryAt: 0, signal: new AbortController().signal });
}
async function started(): Promise<void> {
  const id = await made({ name: "Start", steps: [power("start")] });
  expect(await ran(id)).toMatchObject({ state: "done" });
  await call("DELETE", `/${id}`);
}
const told = () => {
  const file = path.join(server.folder, "told.txt");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
};
/** Until the server has read what it was told. */
async function heard(line: string): Promise<void> {
  while (!told().includes(line)) await new Promise(setImmediate);
}
const states = ({ outcomes }: Run) => outcomes.map(({ state }) => state);

test("a chain is done one after the other, and says what came of it", async () => {
  const id = await made({
    steps: [power("start"), command("say hello", { wait: 5 }), { kind: "backup", payload: "*.log\n" }],
  });
  expect((await listed(id)).steps).toMatchObject([{ holds: true }, { wait: 5 }, { kind: "backup" }]);
  for (const { author } of sql.all<{ author: string }>("select author from schedule_steps where schedule_id = ?", id))
    expect(JSON.parse(author), "from where it was written is not kept").toMatchObject({
      address: null,
      requestId: null,
    });
  const run = await ran(id);
  expect(run).toMatchObject({ state: "done", by: owner.email, steps: 3 });
  expect(states(run)).toEqual(["done", "done", "done"]);
  await heard("say hello");
  const backups = sql.all("select name, state, ignored from server_backups where server_id = ?", server.id);
  expect(backups).toEqual([{ name: "Nightly", state: "done", ignored: "*.log" }]);
  const acts = sql.all<{ after: string; actor_id: string }>(
    "select after, actor_id from audit_log where action = 'servers.schedules.run' and target_id = ? and after like '%command%'",
    server.id,
  );
  expect(acts).toMatchObject([{ actor_id: owner.id, after: expect.stringContaining("say hello") }]);
});

describe("by the clock", () => {
  const due = (id: string, ago: number) =>
    sql.run("update server_schedules set next_at = ? where id = ?", Date.now() - ago, id);

  test("it is run once when it is due, and then at its next time", async () => {
    await started();
    const id = await made({ cron: "*/10 * * * *", timezone: "Europe/Oslo", steps: [command("tick")] });
    due(id, 1000);
    await tick();
    await tick();
    await soon();
    expect(await runs(id)).toMatchObject([{ state: "done", by: null }]);
    await heard("tick");
    expect(told()).toEqual(["tick"]);
    const next = (await listed(id)).nextAt ?? 0;
    expect(next).toBeGreaterThan(Date.now());
    expect(new Date(next).getUTCMinutes() % 10).toBe(0);
  });

  test("what was due long ago is not done now, nor while the run before goes on, nor when it is switched off", async () => {
    await started();
    const id = await made({ steps: [command("late")] });
    due(id, 3_600_000);
    await tick();
    expect(await runs(id)).toMatchObject([{ state: "skipped", message: expect.stringMatching(/not running/) }]);
    await call("POST", `/${id}/run`, {});
    expect((await call("POST", `/${id}/run`, {})).status).toBe(409);
    due(id, 1000);
    await tick();
    expect((await runs(id))[0]).toMatchObject({ state: "skipped", message: expect.stringMatching(/under way/) });
    await soon();
    expect((await call("PATCH", `/${id}`, { enabled: false })).status).toBe(200);
    expect(await listed(id)).toMatchObject({ enabled: false, nextAt: null });
  });

  test("in its own time zone", async () => {
    const id = await made({ cron: "0 12 * * *", timezone: "Asia/Tokyo", steps: [command("noon")] });
    expect(new Date((await listed(id)).nextAt ?? 0).getUTCHours()).toBe(3);
  });
});

describe("whose step it is", () => {
  test("a step needs the capability of its kind of whoever writes it", async () => {
    const planner = await panel.person("Planner", []);
    await letIn(server.id, planner, ["schedules"]);
    const refused = await call("POST", "", { ...nightly, steps: [command("op planner")] }, planner);
    expect(refused).toMatchObject({ status: 403, body: { missing: "console" } });
    const backup = await call("POST", "", { ...nightly, steps: [{ kind: "backup" }] }, planner);
    expect(backup).toMatchObject({ status: 403, body: { missing: "backups" } });
    const id = await made({ steps: [command("say owner's")] });
    const { steps, revision } = await listed(id);
    const edit = (given: object) => call("PATCH", `/${id}`, { revision, ...given }, planner);
    // The time is theirs to set; what is done stays the owner's, and cannot be made something else.
    expect((await edit({ steps: steps.map(({ id: step }) => ({ id: step, ...command("op planner") })) })).status).toBe(
      403,
    );
    expect((await edit({ steps: [...steps.map(({ holds: _, ...step }) => step), power("kill")] })).status).toBe(403);
    expect(
      (await edit({ cron: "0 5 * * *", steps: steps.map(({ holds: _, ...step }) => ({ ...step, wait: 9 })) })).status,
    ).toBe(200);
    expect((await listed(id)).steps).toMatchObject([
      { id: steps[0]?.id, payload: "say owner's", wait: 9, holds: true },
    ]);
  });

  test("nobody has a step of somebody else done more often", async () => {
    const planner = await panel.person("Another planner", []);
    await letIn(server.id, planner, ["schedules"]);
    const id = await made({ steps: [command("give planner diamond 1")] });
    const step = { id: (await listed(id)).steps[0]?.id, ...command("give planner diamond 1") };
    const twice = await call("PATCH", `/${id}`, { steps: [step, step] }, planner);
    expect(twice).toMatchObject({ status: 403, body: { missing: "console" } });
    expect((await listed(id)).steps).toHaveLength(1);
    // Whoever may write it has a second one of their own.
    expect((await call("PATCH", `/${id}`, { steps: [step, step] })).status).toBe(200);
    const { steps } = await listed(id);
    expect([steps[0]?.id, new Set(steps.map((one) => one.id)).size]).toEqual([step.id, 2]);
  });

  test("whoever lost it by then does nothing any more, and the others' steps go on", async () => {
    await started();
    const helper = await panel.person("Helper", []);
    await letIn(server.id, helper, ["schedules", "console"]);
    const id = await made({ steps: [command("from helper")] }, helper);
    const { steps } = await listed(id);
    const kept = steps.map(({ holds: _, ...step }) => step);
    expect((await call("PATCH", `/${id}`, { steps: [...kept, command("from owner")] })).status).toBe(200);
    expect(states(await ran(id))).toEqual(["done", "done"]);
    await letIn(server.id, helper, ["schedules"]);
    const run = await ran(id);
    expect(states(run)).toEqual(["skipped", "done"]);
    expect(run.outcomes[0]?.message).toMatch(/no longer has the capability console/);
    expect((await listed(id)).steps.map(({ holds }) => holds)).toEqual([false, true]);
    await letIn(server.id, helper, ["console"], Date.now() - 1);
    expect(states(await ran(id))).toEqual(["skipped", "done"]);
    await letIn(server.id, helper, ["console"]);
    sql.run("update users set suspended_at = 1 where id = ?", helper.id);
    expect(states(await ran(id))).toEqual(["skipped", "done"]);
    sql.run("update users set suspended_at = null where id = ?", helper.id);
    expect(states(await ran(id))).toEqual(["done", "done"]);
  });
});

describe("what does not work", () => {
  test("a step that failed ends the run, unless it is told to go on", async () => {
    // Nothing can be said to a server that is offline.
    const id = await made({ steps: [command("nobody hears"), power("start")] });
    const run = await ran(id);
    expect(run).toMatchObject({ state: "failed", steps: 2 });
    expect(states(run)).toEqual(["failed"]);
    expect(run.outcomes[0]?.message).not.toBe("");
    const { steps } = await listed(id);
    const on = steps.map(({ holds: _, ...step }) => ({ ...step, goesOn: true }));
    await call("PATCH", `/${id}`, { steps: on });
    const second = await ran(id);
    expect([second.state, ...states(second)]).toEqual(["failed", "failed", "done"]);
  });

  test("nothing is begun on a server that is not installed", async () => {
    const id = await made({ onlyRunning: false, steps: [power("start")] });
    sql.run("update servers set state = 'install_failed' where id = ?", server.id);
    const asked = placed.wings.asked.filter((one) => /power/.test(one)).length;
    await ran(id);
    expect(placed.wings.asked.filter((one) => /power/.test(one))).toHaveLength(asked);
    sql.run("update servers set state = 'ready' where id = ?", server.id);
    expect((await runs(id))[0]).toMatchObject({ state: "failed" });
  });

  test("nothing is done on a suspended server, nor on one that is offline where it has to run", async () => {
    const id = await made({ onlyRunning: true, steps: [power("start")] });
    expect(await ran(id)).toMatchObject({ state: "skipped", message: "The server was offline." });
    const asked = placed.wings.asked.length;
    sql.run("update server_schedules set next_at = 1 where id = ?", id);
    sql.run("update server_schedules set next_at = ? where id = ?", Date.now(), id);
    sql.run("update servers set suspended_at = 1 where id = ?", server.id);
    await tick();
    await soon();
    expect((await runs(id))[0]).toMatchObject({ state: "skipped", message: "The server is suspended." });
    expect(placed.wings.asked.slice(asked)).toEqual([]);
    expect((await call("POST", `/${id}/run`, {})).body.code).toBe("suspended");
  });

  test("a backup makes room for itself, but not of one that is locked", async () => {
    const id = await made({ steps: [{ kind: "backup" }] });
    for (let n = 0; n < 3; n++) expect(await ran(id)).toMatchObject({ state: "done" });
    const ids = () =>
      sql.all<{ id: string }>("select id from server_backups where server_id = ? order by created_at", server.id);
    const before = ids();
    expect(before).toHaveLength(2);
    sql.run("update server_backups set locked = 1 where server_id = ?", server.id);
    expect(await ran(id)).toMatchObject({
      state: "failed",
      outcomes: [{ message: expect.stringMatching(/at most 2/) }],
    });
    expect(ids()).toEqual(before);
  });

  test("what stayed behind when the server moved takes no room", async () => {
    const id = await made({ steps: [{ kind: "backup" }] });
    await ran(id);
    const [behind, here] = [`behind-${server.id}`, "select id from server_backups where server_id = ? and id <> ?"];
    sql.run(
      "insert into server_backups (id, uuid, server_id, node_id, adapter, name, state, locked, created_at) values (?, ?, ?, ?, 'wings', 'Behind', 'done', 1, 1)",
      behind,
      randomUUID(),
      server.id,
      elsewhere.node,
    );
    const before = sql.all(here, server.id, behind);
    await ran(id);
    expect(sql.all(here, server.id, behind)).toEqual([...before, { id: expect.any(String) }]);
  });

  test("a panel that is killed with a command on its way does not send it twice, and says that it does not know", async () => {
    await started();
    const id = await made({ steps: [command("once"), command("after")] });
    await call("POST", `/${id}/run`, {});
    await killedAt("scheduled", panel, { ...ENVIRONMENT, ZONEGATE_TEST_HOOKS: "1" }, "due-jobs.ts");
    sql.run("update jobs set due_at = 0 where kind = 'schedules.step'");
    await soon();
    const [run] = await runs(id);
    expect(run).toMatchObject({
      state: "failed",
      outcomes: [{ state: "unknown", message: expect.stringMatching(/not known/) }],
    });
    await heard("once");
    expect(told()).toEqual(["once"]);
  });

  test("nonsense is said at its field, and nothing is kept of it", async () => {
    const fields = async (given: object) =>
      (await call("POST", "", { ...nightly, steps: [power("start")], ...given })).body.fields;
    expect(await fields({ cron: "every day" })).toMatchObject({ cron: expect.stringMatching(/minute, hour/) });
    expect(await fields({ cron: "* * * * * *" })).toMatchObject({ cron: expect.any(String) });
    expect(await fields({ timezone: "Mars/Olympus" })).toMatchObject({ timezone: expect.any(String) });
    expect(await fields({ steps: [] })).toMatchObject({ steps: expect.any(String) });
    expect(await fields({ steps: [power("explode")] })).toMatchObject({ "steps.0.payload": expect.any(String) });
    expect(await fields({ steps: [command("two\nlines")] })).toMatchObject({ "steps.0.payload": expect.any(String) });
    expect(await fields({ steps: [power("start", { wait: 901 })] })).toMatchObject({
      "steps.0.wait": expect.any(String),
    });
    expect(await fields({ steps: Array.from({ length: 21 }, () => power("start")) })).toMatchObject({
      steps: expect.any(String),
    });
    expect((await call<{ items: unknown[] }>("GET")).body.items).toEqual([]);
  });

  test("a schedule is of its own server", async () => {
    const id = await made({ steps: [power("start")] });
    const other = await placed.server(owner);
    for (const [method, rest] of [
      ["GET", "/runs"],
      ["POST", "/run"],
      ["PATCH", ""],
      ["DELETE", ""],
    ] as const)
      expect(
        (await owner.call(method, `/servers/${other.id}/schedules/${id}${rest}`, method === "GET" ? undefined : {}))
          .status,
      ).toBe(404);
  });
});
