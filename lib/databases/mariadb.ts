/** MariaDB, and MySQL where it speaks alike. */
import { connect } from "node:net";
import type { Connection, RowDataPacket } from "mysql2/promise";
import {
  type AddressOf,
  CONNECT_MS,
  type DatabaseAdapter,
  DatabaseHostError,
  type HostAddress,
  hostError,
  QUERY_MS,
} from "./adapter.ts";

/** Everything that is about what is in a database, and nothing that reaches out of it. */
const RIGHTS =
  "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EVENT, TRIGGER";

export function mariaDb(at: HostAddress, addressOf: AddressOf): DatabaseAdapter {
  const within = <T>(work: (connection: Connection) => Promise<T>) => connected(at, addressOf, work);
  return {
    test: () =>
      within(async (connection) => {
        const [rows] = await connection.query<RowDataPacket[]>("select version() as version");
        const [grants] = await connection.query<RowDataPacket[]>("show grants");
        // Nobody can hand on what they do not hold with the right to hand it on.
        const whole = grants.map((row) => String(Object.values(row)[0])).filter((text) => / ON \*\.\* TO /i.test(text));
        const handsOn = whole.some((text) => /WITH GRANT OPTION/i.test(text));
        const makes = whole.some((text) => /ALL PRIVILEGES|CREATE USER/i.test(text));
        if (!handsOn || !makes)
          throw new DatabaseHostError(
            "The account needs all privileges on *.* with the right to grant them, to make databases and accounts.",
          );
        return { version: String(rows[0]?.version ?? "") };
      }),
    create: ({ database, username, password }) =>
      within(async (connection) => {
        const account = accountOf(connection, username);
        await connection.query(`create database if not exists ${quoted(database)} character set utf8mb4`);
        await connection.query(`create user if not exists ${account} identified by ${connection.escape(password)}`);
        await connection.query(`alter user ${account} identified by ${connection.escape(password)}`);
        await connection.query(`grant ${RIGHTS} on ${quoted(pattern(database))}.* to ${account}`);
      }),
    setPassword: (username, password) =>
      within(async (connection) => {
        await connection.query(
          `alter user ${accountOf(connection, username)} identified by ${connection.escape(password)}`,
        );
      }),
    drop: ({ database, username }) =>
      within(async (connection) => {
        await connection.query(`drop user if exists ${accountOf(connection, username)}`);
        const [open] = await connection.query<RowDataPacket[]>(
          "select id from information_schema.processlist where user = ?",
          [username],
        );
        for (const { id } of open) await connection.query(`kill connection ${Number(id)}`).catch(ended);
        await connection.query(`drop database if exists ${quoted(database)}`);
      }),
    sizes: (databases) =>
      within(async (connection) => {
        if (databases.length === 0) return new Map();
        const [rows] = await connection.query<RowDataPacket[]>(
          `select s.schema_name as name, coalesce(sum(t.data_length + t.index_length), 0) as octets
           from information_schema.schemata s left join information_schema.tables t on t.table_schema = s.schema_name
           where s.schema_name in (?) group by s.schema_name`,
          [databases],
        );
        return new Map(rows.map(({ name, octets }) => [String(name), Number(octets)]));
      }),
  };
}

async function connected<T>(
  at: HostAddress,
  addressOf: AddressOf,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  let connection: Connection | undefined;
  try {
    // Loaded by those who have such hosts.
    const { createConnection } = await import("mysql2/promise");
    const stream = connect({ host: await addressOf(at.host, at.port), port: at.port });
    connection = await createConnection({
      stream,
      host: at.host,
      user: at.username,
      password: at.password,
      connectTimeout: CONNECT_MS,
      ...(at.tls === "verify"
        ? { ssl: { rejectUnauthorized: true, verifyIdentity: true, ...(at.ca === null ? {} : { ca: at.ca }) } }
        : {}),
    });
    await connection.query(`set session max_statement_time = ${QUERY_MS / 1000}`).catch(notThere);
    return await work(connection);
  } catch (error) {
    throw hostError(error, CODES);
  } finally {
    connection?.destroy();
  }
}

const CODES: Readonly<Record<string, string>> = {
  ER_ACCESS_DENIED_ERROR: "The host does not take the panel’s user name and password.",
  ER_DBACCESS_DENIED_ERROR: "The panel’s account at the host may not do that.",
  ER_SPECIFIC_ACCESS_DENIED_ERROR: "The panel’s account at the host may not do that.",
  ER_HOST_NOT_PRIVILEGED: "The host takes no connections from the panel’s address.",
  ER_CON_COUNT_ERROR: "The host has no connection left.",
  HANDSHAKE_NO_SSL_SUPPORT: "The host does not speak TLS.",
  PROTOCOL_CONNECTION_LOST: "The host ended the connection.",
};

/** Names come from the panel alone; that none can leave its quotes is seen to all the same. */
const quoted = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

/** In a grant the name of a database is a pattern, and an underscore in it would stand for any character. */
const pattern = (name: string): string => name.replace(/[_%]/g, "\\$&");

/** From any address: who may reach the host is for its own network to say. */
const accountOf = (connection: Connection, username: string): string => `${connection.escape(username)}@'%'`;

/** The connection is gone already. */
function ended(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ER_NO_SUCH_THREAD")) throw error;
}

/** MySQL calls it otherwise. */
function notThere(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ER_UNKNOWN_SYSTEM_VARIABLE")) throw error;
}
