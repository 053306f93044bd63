/** PostgreSQL 12 and later. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { checkServerIdentity } from "node:tls";
import type { Client } from "pg";
import {
  type AddressOf,
  CONNECT_MS,
  type DatabaseAdapter,
  DatabaseHostError,
  type HostAddress,
  hostError,
  QUERY_MS,
} from "./adapter.ts";

export function postgreSql(at: HostAddress, addressOf: AddressOf): DatabaseAdapter {
  const within = <T>(work: (client: Client) => Promise<T>) => connected(at, addressOf, work);
  return {
    test: () =>
      within(async (client) => {
        const { rows } = await client.query(
          "select current_setting('server_version') as version, rolsuper or (rolcreaterole and rolcreatedb) as able from pg_roles where rolname = current_user",
        );
        if (rows[0]?.able !== true)
          throw new DatabaseHostError("The account needs CREATEDB and CREATEROLE, to make databases and accounts.");
        return { version: String(rows[0].version) };
      }),
    create: ({ database, username, password }) =>
      within(async (client) => {
        const role = client.escapeIdentifier(username);
        const { rowCount } = await client.query("select 1 from pg_roles where rolname = $1", [username]);
        // What a role is made without it does not have; only a superuser may say so again.
        const verb = rowCount === 0 ? "create" : "alter";
        await client.query(`${verb} role ${role} login password ${client.escapeLiteral(secretOf(password))}`);
        // Whoever is no superuser gives a database only to a role that they are in.
        await client.query(`grant ${role} to current_user`);
        const there = await client.query("select 1 from pg_database where datname = $1", [database]);
        const name = client.escapeIdentifier(database);
        if (there.rowCount === 0) await client.query(`create database ${name} owner ${role}`);
        // Anybody could connect otherwise.
        await client.query(`revoke all on database ${name} from public`);
        await client.query(`grant connect on database ${name} to current_user`);
        await client.query(`revoke ${role} from current_user`);
      }),
    setPassword: (username, password) =>
      within(async (client) => {
        await client.query(
          `alter role ${client.escapeIdentifier(username)} password ${client.escapeLiteral(secretOf(password))}`,
        );
      }),
    drop: ({ database, username }) =>
      within(async (client) => {
        const role = client.escapeIdentifier(username);
        const { rowCount } = await client.query("select 1 from pg_roles where rolname = $1", [username]);
        if (rowCount !== 0) {
          await client.query(`alter role ${role} nologin`);
          await client.query(`grant ${role} to current_user`);
          await client.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", [username]);
        }
        await client.query(`drop database if exists ${client.escapeIdentifier(database)}`);
        if (rowCount !== 0) await client.query(`drop role if exists ${role}`);
      }),
    sizes: (databases) =>
      within(async (client) => {
        const { rows } = await client.query(
          "select datname, pg_database_size(oid) as octets from pg_database where datname = any($1)",
          [databases],
        );
        return new Map(rows.map(({ datname, octets }) => [String(datname), Number(octets)]));
      }),
  };
}

async function connected<T>(at: HostAddress, addressOf: AddressOf, work: (client: Client) => Promise<T>): Promise<T> {
  let client: Client | undefined;
  try {
    // Loaded by those who have such hosts.
    const { default: pg } = await import("pg");
    client = new pg.Client({
      // The address that was looked at, so that the name cannot mean another one now.
      host: await addressOf(at.host, at.port),
      port: at.port,
      user: at.username,
      password: at.password,
      database: "postgres",
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: QUERY_MS,
      ssl:
        at.tls === "verify"
          ? {
              servername: at.host,
              checkServerIdentity: (_, certificate) => checkServerIdentity(at.host, certificate),
              ...(at.ca === null ? {} : { ca: at.ca }),
            }
          : false,
    });
    // A connection that ends while nothing is asked of it is no news.
    client.on("error", () => undefined);
    await client.connect();
    return await work(client);
  } catch (error) {
    const unanswered = error instanceof Error && /does not support SSL/.test(error.message);
    throw unanswered ? new DatabaseHostError("The host does not speak TLS.") : hostError(error, CODES);
  } finally {
    await client?.end().catch(() => undefined);
  }
}

const CODES: Readonly<Record<string, string>> = {
  "28P01": "The host does not take the panel’s user name and password.",
  "28000": "The host takes no connections from the panel’s address, or not without TLS.",
  "42501": "The panel’s account at the host may not do that.",
  "53300": "The host has no connection left.",
  "53100": "The host’s disk is full.",
  "57P03": "The host is starting or stopping.",
};

/** What the host keeps of a password (RFC 5803), so that the password itself is in none of its logs. */
function secretOf(password: string): string {
  const [salt, iterations] = [randomBytes(16), 4096];
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const key = (text: string) => createHmac("sha256", salted).update(text).digest();
  const stored = createHash("sha256").update(key("Client Key")).digest();
  const parts = [stored, key("Server Key")].map((part) => part.toString("base64")).join(":");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${parts}`;
}
