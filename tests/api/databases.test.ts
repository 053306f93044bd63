/** Databases of servers: at real hosts, for those who may, and whatever happens to the host or the panel meanwhile. */
import mysql from "mysql2/promise";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type DatabaseHost, startMariaDb, startPostgreSql } from "../support/database-hosts.ts";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { placeNode } from "../support/placed-server.ts";
import { fresh, insertServer, type Stage, setStage } from "../support/stage.ts";

interface Credentials {
  host: string;
  port: number;
  database: string;
  username: string;
  password: string;
  url: string;
}
interface Database {
  id: string;
  name: string;
  state: string;
}
type Refused = { message: string; fields?: Record<string, string> };

let panel: Panel;
let stage: Stage;
let keeper: Person;
let owner: Person;
let maria: DatabaseHost;
let postgres: DatabaseHost;
let server: string;

beforeAll(async () => {
  [maria, postgres] = await Promise.all([startMariaDb(), startPostgreSql()]);
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  stage = await setStage(panel);
  keeper = await panel.person("Keeper of hosts", ["admin:databases:manage", "databases:read"]);
  owner = await panel.person("Owner");
  stage.sql.run(
    "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, 'admin', 0)",
    stage.organisation.id,
    owner.id,
  );
});
afterAll(async () => {
  await panel?.close();
  await Promise.all([maria?.stop(), postgres?.stop()]);
});
beforeEach(() => {
  server = insertServer(stage.sql, stage.organisation.id);
  stage.sql.run("update servers set database_limit = 2, short = ? where id = ?", `${fresh()}`.padStart(8, "0"), server);
});

const hostOf = ({ address }: DatabaseHost, kind: string, more = {}) => ({
  name: `Host of ${kind}`,
  kind,
  host: address.host,
  port: address.port,
  username: address.username,
  password: address.password,
  tls: "off",
  ...more,
});

/** Of these two alone, and made once. */
async function hostId(kind: "mariadb" | "postgresql"): Promise<string> {
  const known = stage.sql.get<{ id: string }>(
    "select id from database_hosts where kind = ? and host = '127.0.0.1' and tls = 'off' and username = 'zonegate'",
    kind,
  );
  if (known) return known.id;
  const given = hostOf(kind === "mariadb" ? maria : postgres, kind);
  const answer = await keeper.call<{ id: string }>("POST", "/admin/database-hosts", given);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.id;
}

const path = (rest = "") => `/servers/${server}/databases${rest}`;
const listed = async () => (await owner.call<{ items: Database[]; limit: number }>("GET", path())).body.items;

async function made(host: string, label = "shop"): Promise<Database> {
  const answer = await owner.call<{ id: string }>("POST", path(), { label, host });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return (await listed()).find(({ id }) => id === answer.body.id) as Database;
}

async function credentials({ id }: Database): Promise<Credentials> {
  const answer = await owner.call<Credentials>("POST", path(`/${id}/credentials`), {});
  expect(answer.status).toBe(200);
  return answer.body;
}

/** Whether they get in, by the address that the panel gives. */
async function getsIn({ url }: Credentials): Promise<boolean> {
  try {
    if (url.startsWith("mysql:")) {
      const connection = await mysql.createConnection(url);
      await connection.query("select 1");
      connection.destroy();
    } else {
      const client = new pg.Client(url);
      client.on("error", () => undefined);
      await client.connect();
      await client.end();
    }
    return true;
  } catch {
    return false;
  }
}

describe("hosts", () => {
  test("are asked before they are kept, and what they did not take is said at its field", async () => {
    const refused = async (given: object) =>
      (await keeper.call<Refused>("POST", "/admin/database-hosts", given)).body.fields;
    expect(await refused(hostOf(maria, "mariadb", { password: "wrong" }))).toEqual({
      host: "The host does not take the panel’s user name and password.",
    });
    expect(await refused(hostOf(maria, "mariadb", { port: 1 }))).toEqual({
      host: "Nothing listens at this address and port.",
    });
    expect(await refused(hostOf(maria, "mariadb", { host: "10.0.0.1" }))).toMatchObject({
      host: expect.stringMatching(/network/),
    });
    expect(await refused(hostOf(maria, "mariadb", { tls: "verify" }))).toMatchObject({
      host: expect.stringMatching(/TLS|signed/),
    });
    expect(await refused(hostOf(maria, "mariadb", { username: "", ca: "no certificate" }))).toMatchObject({
      username: expect.any(String),
      ca: expect.any(String),
    });
    expect(stage.sql.all("select id from database_hosts where name like 'Host of%'")).toEqual([]);
  });

  test("say what they are, and never their secret", async () => {
    const id = await hostId("mariadb");
    const answers = [
      await keeper.call("GET", `/admin/database-hosts/${id}`),
      await keeper.call("GET", "/admin/database-hosts"),
      await keeper.call("POST", `/admin/database-hosts/${id}/test`, {}),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers[0]?.body).toMatchObject({ state: "ok", version: expect.stringMatching(/^\d/), databases: 0 });
    expect(JSON.stringify(answers)).not.toContain(maria.address.password);
    const entries = stage.sql.all<{ text: string }>(
      "select before || after as text from audit_log where target_type = 'databaseHost'",
    );
    expect(JSON.stringify(entries)).not.toContain(maria.address.password);
  });

  test("a secret is typed again before it is sent to another place", async () => {
    const id = await hostId("postgresql");
    const edit = (given: object) => keeper.call<Refused>("PATCH", `/admin/database-hosts/${id}`, given);
    expect((await edit({ host: "localhost" })).body.fields).toMatchObject({ password: expect.any(String) });
    expect((await edit({ tls: "verify" })).body.fields).toMatchObject({ password: expect.any(String) });
    expect((await edit({ name: "Host of postgresql", most: 50 })).status).toBe(200);
    expect((await edit({ host: "localhost", password: "wrong" })).status).toBe(422);
    expect((await keeper.call("GET", `/admin/database-hosts/${id}`)).body).toMatchObject({
      host: "127.0.0.1",
      most: 50,
    });
  });
});

describe.each(["mariadb", "postgresql"] as const)("at %s", (kind) => {
  test("a database is made, gets in, gets another password, and is gone", async () => {
    const database = await made(await hostId(kind));
    expect(database).toMatchObject({ name: expect.stringMatching(/^s\d{8}_shop$/), state: "ready" });
    const first = await credentials(database);
    expect(await getsIn(first)).toBe(true);
    expect((await owner.call("POST", path(`/${database.id}/rotate`), {})).status).toBe(200);
    const second = await credentials(database);
    expect(second.password).not.toBe(first.password);
    expect([await getsIn(first), await getsIn(second)]).toEqual([false, true]);
    expect((await owner.call("DELETE", path(`/${database.id}`), { name: "another" })).status).toBe(422);
    expect((await owner.call("DELETE", path(`/${database.id}`), { name: database.name })).status).toBe(200);
    expect(await listed()).toMatchObject([{ state: "deleting" }]);
    expect((await owner.call("POST", path(`/${database.id}/credentials`), {})).status).toBe(409);
    await runJobs();
    expect(await listed()).toEqual([]);
    expect(await getsIn(second)).toBe(false);
  });

  test("a host that is gone: nothing is kept of what it did not make, and what is deleted goes when it is back", async () => {
    const host = await hostId(kind);
    const kept = await made(host, "kept");
    const there = kind === "mariadb" ? maria : postgres;
    await there.kill();
    const answer = await owner.call<Refused>("POST", path(), { label: "lost", host });
    expect(answer).toMatchObject({
      status: 502,
      body: { message: expect.stringMatching(/was not made. Nothing listens/) },
    });
    expect((await owner.call("DELETE", path(`/${kept.id}`), { name: kept.name })).status).toBe(200);
    await runJobs();
    expect((await listed()).map(({ state }) => state)).toEqual(["deleting", "deleting"]);
    expect((await keeper.call("POST", `/admin/database-hosts/${host}/test`, {})).body).toMatchObject({
      state: "failed",
    });
    await there.restart();
    stage.sql.run("update jobs set due_at = 0 where kind like 'databases.%' and state = 'queued'");
    await runJobs();
    expect(await listed()).toEqual([]);
  });

  test("a password that the host may not have taken is set once more, and nobody is told one that is wrong", async () => {
    const host = await hostId(kind);
    const database = await made(host);
    const first = await credentials(database);
    const there = kind === "mariadb" ? maria : postgres;
    await there.kill();
    expect((await owner.call("POST", path(`/${database.id}/rotate`), {})).status).toBe(502);
    expect((await owner.call("POST", path(`/${database.id}/credentials`), {})).status).toBe(409);
    await there.restart();
    stage.sql.run("update jobs set due_at = 0 where kind like 'databases.%' and state = 'queued'");
    await runJobs();
    const second = await credentials(database);
    expect([await getsIn(first), await getsIn(second)]).toEqual([false, true]);
  });
});

test("no server has more than it may, also when all of them ask at once", async () => {
  const host = await hostId("mariadb");
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, n) => owner.call("POST", path(), { label: `n${n}`, host })),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 409, 409, 409, 409]);
  expect(await listed()).toHaveLength(2);
});

test("a host has room for so many, is closed to new ones, or is for the servers of one node", async () => {
  const host = await hostId("mariadb");
  const edit = (given: object) => keeper.call("PATCH", `/admin/database-hosts/${host}`, given);
  const other = insertServer(stage.sql, stage.organisation.id);
  const node = stage.sql.get<{ node_id: string }>("select node_id from servers where id = ?", other)?.node_id;
  for (const closing of [{ most: 0 }, { closed: true, most: null }, { closed: false, node }]) {
    expect((await edit(closing)).status).toBe(200);
    expect((await owner.call<Refused>("POST", path(), { label: "shop", host })).body.fields).toMatchObject({
      host: expect.any(String),
    });
  }
  expect((await edit({ node: null })).status).toBe(200);
  expect((await owner.call("POST", path(), { label: "shop", host })).status).toBe(201);
  expect((await keeper.call("DELETE", `/admin/database-hosts/${host}`)).status).toBe(409);
});

test("what was being made when the panel ended is not kept", async () => {
  const host = await hostId("postgresql");
  const database = await made(host);
  const known = await credentials(database);
  stage.sql.run("update server_databases set state = 'creating', created_at = 0 where id = ?", database.id);
  const { settleDatabases } = await import("#lib/databases/job.ts");
  await settleDatabases.run({}, { retryAt: 0, signal: new AbortController().signal });
  await runJobs();
  expect(await listed()).toEqual([]);
  expect(await getsIn(known)).toBe(false);
});

test("while a host is making one, neither it nor its server is deleted from under it", async () => {
  const placed = await placeNode(panel);
  try {
    server = (await placed.server(owner)).id;
    stage.sql.run("update servers set database_limit = 2, name = 'Lobby' where id = ?", server);
    const database = await made(await hostId("mariadb"));
    const known = await credentials(database);
    const becomes = (state: string) =>
      stage.sql.run(
        "update server_databases set state = ?, created_at = ? where id = ?",
        state,
        Date.now(),
        database.id,
      );
    becomes("creating");
    const early = await owner.call<Refused>("DELETE", path(`/${database.id}`), { name: database.name });
    expect([early.status, early.body.message]).toEqual([409, expect.stringMatching(/is being made/)]);
    await owner.call("DELETE", `/servers/${server}`, { name: "Lobby" });
    await runJobs();
    expect(stage.sql.get("select state from server_databases where id = ?", database.id)).toEqual({
      state: "creating",
    });
    expect(await getsIn(known)).toBe(true);
    becomes("ready");
    stage.sql.run("update jobs set due_at = 0 where state = 'queued'");
    await runJobs();
    expect(stage.sql.get("select state from servers where id = ?", server)).toBeUndefined();
    expect(await getsIn(known)).toBe(false);
  } finally {
    await placed.wings.close();
  }
});

test("a database is of its own server, and a suspended server's are looked at and left alone", async () => {
  const database = await made(await hostId("mariadb"));
  const mine = server;
  const other = insertServer(stage.sql, stage.organisation.id);
  expect((await owner.call("POST", `/servers/${other}/databases/${database.id}/credentials`, {})).status).toBe(404);
  stage.sql.run("update servers set suspended_at = 1 where id = ?", mine);
  expect(await listed()).toHaveLength(1);
  for (const [method, rest] of [
    ["POST", ""],
    ["POST", `/${database.id}/rotate`],
    ["POST", `/${database.id}/credentials`],
  ] as const)
    expect((await owner.call(method, path(rest), rest === "" ? { label: "x" } : {})).body).toMatchObject({
      code: "suspended",
    });
});

test("a server that is deleted takes its databases with it, as soon as their host answers", async () => {
  const placed = await placeNode(panel);
  try {
    server = (await placed.server(owner)).id;
    stage.sql.run("update servers set database_limit = 2, name = 'Lobby' where id = ?", server);
    const known = await credentials(await made(await hostId("mariadb")));
    await maria.kill();
    const deleted = await owner.call("DELETE", `/servers/${server}`, { name: "Lobby" });
    expect(deleted.status, JSON.stringify(deleted.body)).toBeLessThan(300);
    await runJobs();
    expect(stage.sql.get("select state from servers where id = ?", server)).toEqual({ state: "deleting" });
    await maria.restart();
    stage.sql.run("update jobs set due_at = 0 where state = 'queued'");
    await runJobs();
    expect(stage.sql.get("select state from servers where id = ?", server)).toBeUndefined();
    expect(await getsIn(known)).toBe(false);
  } finally {
    await placed.wings.close();
  }
});
