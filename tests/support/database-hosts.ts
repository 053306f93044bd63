/** Real MariaDB and PostgreSQL on free loopback ports, each with a fresh data directory, for tests. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import type { HostAddress } from "#lib/databases/adapter.ts";

export interface DatabaseHost {
  /** Where it is, and the account that may do everything there. */
  address: HostAddress;
  stop(): Promise<void>;
  /** Ends it where it stands; `restart` brings it back with the same data and port. */
  kill(): Promise<void>;
  restart(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const ADMIN = "zonegate";
const PASSWORD = "a secret of the host";

export const startMariaDb = (): Promise<DatabaseHost> => again(mariaDb);
export const startPostgreSql = (): Promise<DatabaseHost> => again(postgreSql);

/** A port that was free a moment ago may be taken by the time that the server binds it. */
async function again(start: () => Promise<DatabaseHost>): Promise<DatabaseHost> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

async function mariaDb(): Promise<DatabaseHost> {
  const folder = folderOf("mysql");
  const data = path.join(folder, "data");
  const port = await freePort();
  const as = process.getuid?.() === 0 ? ["--user=mysql"] : [];
  execFileSync("mariadb-install-db", [
    "--no-defaults",
    ...as,
    `--datadir=${data}`,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
  ]);
  const start = () =>
    spawn(
      "/usr/sbin/mariadbd",
      [
        "--no-defaults",
        ...as,
        `--datadir=${data}`,
        `--port=${port}`,
        "--bind-address=127.0.0.1",
        `--socket=${path.join(folder, "socket")}`,
        "--skip-name-resolve",
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-buffer-pool-size=16M",
        "--performance-schema=off",
      ],
      { stdio: "ignore" },
    );
  const { createConnection } = await import("mysql2/promise");
  const address: HostAddress = { host: "127.0.0.1", port, username: ADMIN, password: PASSWORD, tls: "off", ca: null };
  const ready = async (user: string, password: string) => {
    const connection = await createConnection({ host: "127.0.0.1", port, user, password });
    return connection;
  };
  let child = start();
  const first = await until(child, () => ready("root", ""));
  await first.query(`create user '${ADMIN}'@'%' identified by '${PASSWORD}'`);
  await first.query(`grant all privileges on *.* to '${ADMIN}'@'%' with grant option`);
  first.destroy();
  return {
    address,
    stop: async () => {
      await ended(child, "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
    kill: () => ended(child, "SIGKILL"),
    restart: async () => {
      child = start();
      (await until(child, () => ready(ADMIN, PASSWORD))).destroy();
    },
  };
}

async function postgreSql(): Promise<DatabaseHost> {
  const folder = folderOf("postgres");
  const data = path.join(folder, "data");
  const port = await freePort();
  const bin = path.join("/usr/lib/postgresql", readdirSync("/usr/lib/postgresql").toSorted().at(-1) ?? "", "bin");
  const secret = path.join(folder, "password");
  writeFileSync(secret, PASSWORD);
  own(secret, "postgres");
  const as = process.getuid?.() === 0 ? { uid: idOf("postgres", "-u"), gid: idOf("postgres", "-g") } : {};
  const options = [
    "-D",
    data,
    "-U",
    "root",
    "--auth=scram-sha-256",
    `--pwfile=${secret}`,
    "--no-sync",
    "--locale=C.UTF-8",
  ];
  execFileSync(path.join(bin, "initdb"), options, { ...as, cwd: folder });
  const start = () =>
    spawn(
      path.join(bin, "postgres"),
      ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder, "-F", "-c", "shared_buffers=16MB"],
      { ...as, cwd: folder, stdio: "ignore" },
    );
  const { default: pg } = await import("pg");
  const ready = async (user: string) => {
    const client = new pg.Client({ host: "127.0.0.1", port, user, password: PASSWORD, database: "postgres" });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  };
  let child = start();
  const first = await until(child, () => ready("root"));
  // As a host is best set up: no superuser.
  await first.query(`create role ${ADMIN} login createdb createrole password '${PASSWORD}'`);
  await first.query(`grant pg_signal_backend to ${ADMIN}`);
  await first.end();
  return {
    address: { host: "127.0.0.1", port, username: ADMIN, password: PASSWORD, tls: "off", ca: null },
    stop: async () => {
      await ended(child, "SIGQUIT");
      rmSync(folder, { recursive: true, force: true });
    },
    kill: () => ended(child, "SIGQUIT"),
    restart: async () => {
      child = start();
      await (await until(child, () => ready(ADMIN))).end();
    },
  };
}

/** Servers refuse to run as root, so the folder is theirs. */
function folderOf(account: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `zonegate-${account}-`));
  chmodSync(folder, 0o755);
  own(folder, account);
  return folder;
}

function own(file: string, account: string): void {
  if (process.getuid?.() === 0) chownSync(file, idOf(account, "-u"), idOf(account, "-g"));
}

const idOf = (account: string, which: "-u" | "-g"): number => Number(execFileSync("id", [which, account]).toString());

async function until<T>(child: ChildProcess, attempt: () => Promise<T>): Promise<T> {
  const late = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (child.exitCode === null && Date.now() < late) await setTimeout(50);
      else {
        await ended(child, "SIGKILL");
        throw error;
      }
    }
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await gone;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
