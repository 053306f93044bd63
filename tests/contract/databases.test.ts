/** What the panel does at database hosts, the same for each kind, at the real servers. */
import mysql from "mysql2/promise";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DatabaseAdapter, HostAddress } from "#lib/databases/adapter.ts";
import { mariaDb } from "#lib/databases/mariadb.ts";
import { postgreSql } from "#lib/databases/postgresql.ts";
import { type DatabaseHost, startMariaDb, startPostgreSql } from "../support/database-hosts.ts";

const itself = async (host: string) => host;

interface Kind {
  name: string;
  start: () => Promise<DatabaseHost>;
  adapter: (at: HostAddress) => DatabaseAdapter;
  /** What the statement answers, run in a database by an account of it. */
  ask: (at: HostAddress, database: string, text: string) => Promise<unknown[]>;
}

const kinds: Kind[] = [
  {
    name: "MariaDB",
    start: startMariaDb,
    adapter: (at) => mariaDb(at, itself),
    ask: async ({ host, port, username, password }, database, text) => {
      const connection = await mysql.createConnection({ host, port, user: username, password, database });
      try {
        const [rows] = await connection.query(text);
        return rows as unknown[];
      } finally {
        connection.destroy();
      }
    },
  },
  {
    name: "PostgreSQL",
    start: startPostgreSql,
    adapter: (at) => postgreSql(at, itself),
    ask: async ({ host, port, username, password }, database, text) => {
      const client = new pg.Client({ host, port, user: username, password, database });
      client.on("error", () => undefined);
      await client.connect();
      try {
        return (await client.query(text)).rows;
      } finally {
        await client.end();
      }
    },
  },
];

describe.each(kinds)("$name", ({ start, adapter, ask }) => {
  let host: DatabaseHost;
  let at: DatabaseAdapter;
  const login = (n: number) => ({ database: `s0_a${n}`, username: `u0_a${n}`, password: `secret${n}` });
  const as = ({ username, password }: { username: string; password: string }) => ({
    ...host.address,
    username,
    password,
  });

  beforeAll(async () => {
    host = await start();
    at = adapter(host.address);
  });
  afterAll(() => host?.stop());

  test("says its version, and what the panel's account cannot do", async () => {
    expect((await at.test()).version).toMatch(/^\d+\.\d+/);
    await at.create(login(0));
    await expect(adapter(as(login(0))).test()).rejects.toThrow(/account needs/);
    await expect(adapter({ ...host.address, password: "wrong" }).test()).rejects.toThrow(/does not take/);
    await expect(adapter({ ...host.address, port: 1 }).test()).rejects.toThrow(/Nothing listens/);
    await expect(adapter({ ...host.address, tls: "verify" }).test()).rejects.toThrow(/TLS|signed/);
    await at.drop(login(0));
  });

  test("an account can do anything in its own database", async () => {
    const one = login(1);
    await at.create(one);
    await ask(as(one), one.database, "create table things (id int primary key, what varchar(20))");
    await ask(as(one), one.database, "insert into things values (1, 'kept')");
    await ask(as(one), one.database, "create view seen as select what from things");
    expect(await ask(as(one), one.database, "select what from seen")).toEqual([{ what: "kept" }]);
    expect((await at.sizes([one.database, "none"])).get(one.database)).toBeGreaterThan(0);
    expect((await at.sizes([one.database, "none"])).has("none")).toBe(false);
  });

  test("and nothing in another's, whose name an underscore would also match", async () => {
    const [mine, theirs] = [login(2), { ...login(3), database: "s0xa2" }];
    for (const one of [mine, theirs]) await at.create(one);
    await ask(as(theirs), theirs.database, "create table things (id int)");
    await expect(ask(as(mine), theirs.database, "select 1")).rejects.toThrow(/denied/i);
    await expect(ask(as(mine), mine.database, "create database other")).rejects.toThrow(/denied/i);
    await expect(ask(as(mine), mine.database, "create user other")).rejects.toThrow(/denied/i);
  });

  test("made twice, it is as made once, and keeps what is in it", async () => {
    const one = { ...login(1), password: "another" };
    await at.create(one);
    expect(await ask(as(one), one.database, "select what from things")).toEqual([{ what: "kept" }]);
    await expect(ask(as(login(1)), one.database, "select 1")).rejects.toThrow();
  });

  test("a new password takes the place of the old one", async () => {
    const one = { ...login(1), password: "third" };
    await at.setPassword(one.username, one.password);
    expect(await ask(as(one), one.database, "select what from things")).toHaveLength(1);
    await expect(ask(as({ ...one, password: "another" }), one.database, "select 1")).rejects.toThrow();
  });

  test("dropped, it is gone with its account, whoever is connected, and once more is no error", async () => {
    const one = { ...login(1), password: "third" };
    const open = ask(as(one), one.database, sleeps).catch((error: unknown) => error);
    await connected(one.username);
    await at.drop(one);
    expect(await open).toBeInstanceOf(Error);
    await at.drop(one);
    await expect(ask(as(one), one.database, "select 1")).rejects.toThrow();
    expect((await at.sizes([one.database])).size).toBe(0);
    // What is made anew has nothing of it.
    await at.create(one);
    await expect(ask(as(one), one.database, "select what from things")).rejects.toThrow();
  });

  test("a host that is gone is said, and works again when it is back", async () => {
    await host.kill();
    await expect(at.test()).rejects.toThrow(/Nothing listens/);
    await host.restart();
    expect((await at.test()).version).toMatch(/^\d/);
    expect((await at.sizes([login(2).database])).size).toBe(1);
  });

  const sleeps = start === startMariaDb ? "select sleep(600)" : "select pg_sleep(600)";

  /** Waits until the account is connected. */
  async function connected(username: string): Promise<void> {
    const text =
      start === startMariaDb
        ? `select id from information_schema.processlist where user = '${username}'`
        : `select pid from pg_stat_activity where usename = '${username}'`;
    const database = start === startMariaDb ? "information_schema" : "postgres";
    while ((await ask(host.address, database, text)).length === 0);
  }
});
