/** What the walk's calls about databases are about. */
import { seal } from "#lib/crypto/seal.ts";
import type { Person } from "../support/panel.ts";
import { fresh, type Stage } from "../support/stage.ts";

type Values = Record<string, unknown>;

export const databaseSamples: Record<string, (stage: Stage, caller: Person) => Values> = {
  "servers.databases.create": () => ({ label: "shop" }),
  "servers.databases.credentials": (stage) => ({ database: insertDatabase(stage, "ready") }),
  "servers.databases.rotate": (stage) => ({ database: insertDatabase(stage, "creating") }),
  "servers.databases.remove": (stage) => ({ database: insertDatabase(stage, "ready"), name: "s0_shop" }),
  "databaseHosts.open": ({ sql }) => ({ id: insertHost(sql) }),
  "databaseHosts.create": () => ({
    name: "H",
    kind: "mariadb",
    host: "127.0.0.1",
    port: 1,
    username: "u",
    password: "p",
  }),
  "databaseHosts.edit": ({ sql }) => ({ id: insertHost(sql), closed: true }),
  "databaseHosts.remove": ({ sql }) => ({ id: insertHost(sql) }),
  "databaseHosts.test": ({ sql }) => ({ id: insertHost(sql) }),
};

/** At an address that the panel does not call. */
function insertHost(sql: Stage["sql"]): string {
  const id = `database-host-${fresh()}`;
  sql.run(
    `insert into database_hosts (id, name, kind, host, port, username, password, tls, created_at, updated_at)
     values (?, 'H', 'mariadb', '127.0.0.1', ?, 'u', ?, 'off', 0, 0)`,
    id,
    fresh(),
    seal("secret", { table: "database_hosts", column: "password", row: id }),
  );
  return id;
}

function insertDatabase({ sql, server }: Stage, state: "creating" | "ready"): string {
  const id = `database-${fresh()}`;
  sql.run(
    `insert into server_databases (id, server_id, host_id, name, username, password, state, created_at)
     values (?, ?, ?, 's0_shop', 'u0_shop', ?, ?, 0)`,
    id,
    server,
    insertHost(sql),
    seal("secret", { table: "server_databases", column: "password", row: id }),
    state,
  );
  return id;
}
