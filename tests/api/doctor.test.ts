import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startCloudflare } from "../support/cloudflare.ts";
import { complaints, EMAIL, type KeptPanel, keptPanel, liveIn } from "../support/kept-panel.ts";
import { dataDirectory, panelCommand } from "../support/server.ts";

let panel: KeptPanel;
const closing: { close(): unknown }[] = [];

beforeEach(async () => {
  panel = await keptPanel();
});
afterEach(() => {
  panel.remove();
  for (const one of closing.splice(0)) one.close();
});

const at = (...parts: string[]) => path.join(panel.dataDir, ...parts);
const edit = (sql: string): void => {
  new Database(at("panel.db")).exec(`pragma foreign_keys = off; ${sql}`).close();
};

/** What answers as PowerDNS does, or as it should not. */
async function powerDns(handle: RequestListener): Promise<Record<string, string>> {
  const server: Server = createServer(handle);
  closing.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { POWERDNS_API_URL: `http://127.0.0.1:${port}`, POWERDNS_API_KEY: "key" };
}

const version = (number: string, date?: Date): RequestListener => {
  return (request, response) => {
    response.sendDate = date === undefined;
    if (date) response.setHeader("date", date.toUTCString());
    const known = request.url === "/api/v1/servers/localhost" && request.headers["x-api-key"] === "key";
    response.writeHead(known ? 200 : 404).end(JSON.stringify({ type: "Server", id: "localhost", version: number }));
  };
};

describe("a panel in order", () => {
  test("has nothing to complain of, and says so line by line", async () => {
    await liveIn(panel);
    const { code, out, error } = await panel.command(["doctor"]);
    expect({ code, error }).toEqual({ code: 0, error: "" });
    for (const line of out.trim().split("\n")) expect(line).toMatch(/^ok {7}[a-z ]+: \S.*\.$/);
    expect(out).toMatch(/^ok {7}sealed values: The secret opens all 2\.$/m);
    expect(out).toMatch(/^ok {7}administrators: 1 account holds everything and can sign in\.$/m);
  });

  test("a folder with nothing in it too, and nothing is made there", async () => {
    const { dataDir, remove } = dataDirectory();
    rmSync(dataDir, { recursive: true });
    const { code, out } = await panelCommand(dataDir, ["doctor", "--json"]);
    const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: { status: string; check: string }[] };
    expect([code, ok]).toEqual([0, true]);
    expect(findings.every(({ status }) => status === "ok")).toBe(true);
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(["environment", "data directory", "secret", "database", "provider", "clock", "mail"]),
    );
    expect(() => rmSync(dataDir, { recursive: true })).toThrow(/ENOENT/);
    remove();
  });
});

describe("what is not in order", () => {
  test.each<[string, () => void, Record<string, string>]>([
    [
      "a folder that others look into",
      () => chmodSync(at(), 0o755),
      { "data directory": expect.stringMatching(/^warning: Others on this machine can look into/) },
    ],
    [
      "a secret that others read",
      () => chmodSync(at("secret"), 0o640),
      { secret: expect.stringMatching(/^problem: Others on this machine may be able to read/) },
    ],
    ["a secret that is gone", () => rmSync(at("secret")), { secret: expect.stringMatching(/^problem: .* is gone/) }],
    [
      "a secret that was cut off",
      () => writeFileSync(at("secret"), "short\n", { mode: 0o600 }),
      { secret: expect.stringMatching(/^problem: .* too short/) },
    ],
    [
      "rows that refer to nothing",
      () => edit("delete from users"),
      { database: expect.stringMatching(/^problem: .* is damaged: \d+ rows, one in/) },
    ],
    [
      "a database of tomorrow",
      () => edit("insert into __drizzle_migrations (hash, created_at) values ('x', 99999999999999)"),
      { version: "problem: A newer Zonegate has written the database." },
    ],
    [
      "a database of yesterday",
      () =>
        edit("delete from __drizzle_migrations where created_at = (select max(created_at) from __drizzle_migrations)"),
      { version: "warning: The database is of an older version." },
    ],
    [
      "nobody who can sign in",
      () => edit(`update users set suspended_at = 1 where email = '${EMAIL}'`),
      { administrators: "problem: Nobody who holds everything can sign in." },
    ],
  ])("%s", async (_case, spoil, expected) => {
    spoil();
    expect(await complaints(panel)).toEqual(expected);
  });

  test.each<[string, Record<string, string>, string]>([
    ["a variable", { PORT: "http" }, "problem: PORT must be a port number."],
    ["no TLS", { HOST: "0.0.0.0" }, "warning: The panel listens on 0.0.0.0 and is opened over plain HTTP"],
    [
      "no proxy that is trusted",
      { NEXTAUTH_URL: "https://panel.example.org" },
      "warning: The address is https, and no reverse proxy is trusted",
    ],
  ])("the environment: %s", async (_case, env, expected) => {
    const { code, out } = await panel.command(["doctor", "--json"], "", env);
    const { findings } = JSON.parse(out) as { findings: { check: string; status: string; message: string }[] };
    const found = findings.find(({ check }) => check === "environment");
    expect(`${found?.status}: ${found?.message}`).toContain(expected);
    expect(code).toBe(expected.startsWith("problem") ? 1 : 0);
  });

  test("Cloudflare's token", async () => {
    const fake = await startCloudflare();
    closing.push(fake);
    const env = { CLOUDFLARE_API_TOKEN: fake.token, CLOUDFLARE_API_BASE: fake.base };
    fake.addZone({ name: "one.example" });
    expect(await complaints(panel, env)).toEqual({});
    const { out } = await panel.command(["doctor"], "", env);
    expect(out).toContain("Cloudflare: This token works, and sees one zone.");
    expect(out).not.toContain(fake.token);
    fake.tokens.get(fake.token)?.rights.delete("edit");
    expect(await complaints(panel, env)).toEqual({
      provider:
        "problem: Cloudflare: This token may read DNS records but not change them. Give it the permission DNS: Edit.",
    });
    expect(await complaints(panel, { ...env, CLOUDFLARE_API_TOKEN: "another" })).toEqual({
      provider: expect.stringMatching(/^problem: Cloudflare did not accept the API token/),
    });
    await fake.down();
    expect(await complaints(panel, env)).toEqual({ provider: "problem: Cloudflare cannot be reached." });
  });

  test("connections that are kept in the panel, each by its name", async () => {
    await liveIn(panel);
    edit(
      "insert into connections (id, kind, label, url, server_id, secret, created_at, updated_at, rotated_at) values ('c', 'powerdns', 'Berlin', 'http://127.0.0.1:1', 'localhost', 'v1.000000000000.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAA', 0, 0, 0)",
    );
    expect(await complaints(panel)).toMatchObject({
      connection: "problem: Berlin: The secret of this connection cannot be opened on this panel. Give it again.",
    });
  });

  test("the provider and the clock", async () => {
    expect(await complaints(panel, await powerDns(version("5.0.1")))).toEqual({});
    expect(await complaints(panel, await powerDns(version("4.6.3")))).toEqual({
      provider: "problem: PowerDNS is 4.6.3; the panel needs 4.7.",
    });
    expect(await complaints(panel, await powerDns(version("4.9.0", new Date(Date.now() - 3_600_000))))).toEqual({
      clock: expect.stringMatching(/^warning: It is 3\d\d\d seconds ahead of the provider's\.$/),
    });
    expect(await complaints(panel, await powerDns((_, response) => response.writeHead(401).end()))).toEqual({
      provider: "problem: PowerDNS does not accept the API key.",
    });
    expect(await complaints(panel, { ...(await powerDns(version("4.9.0"))), POWERDNS_SERVER_ID: "x" })).toEqual({
      provider: "problem: PowerDNS has no server x.",
    });
    expect(await complaints(panel, await powerDns((_, response) => response.end("<html>")))).toEqual({
      provider: expect.stringMatching(/^problem: What answers at .* is not the PowerDNS API\.$/),
    });
    const gone = await powerDns(version("4.9.0"));
    await new Promise<void>((resolve) => (closing.pop() as Server).close(() => resolve()));
    expect(await complaints(panel, gone)).toEqual({
      provider: expect.stringMatching(/^problem: PowerDNS does not answer at/),
    });
  });

  test("the mail server", async () => {
    const server = createTcpServer((socket) => socket.end("554 not today\r\n"));
    closing.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const env = { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: "panel@example.org" };
    expect(await complaints(panel, env)).toEqual({
      mail: expect.stringMatching(/^problem: The mail server does not let the panel in: .*not today/),
    });
  });

  test("exits 1 where there is a problem, and 0 where there is only a warning", async () => {
    chmodSync(at(), 0o755);
    expect((await panel.command(["doctor"])).code).toBe(0);
    chmodSync(at(), 0o700);
    mkdirSync(at("backups"));
    rmSync(at("secret"));
    expect((await panel.command(["doctor"])).code).toBe(1);
  });
});

test("restore and rekey wait for nobody: while the panel runs they refuse, and change nothing", async () => {
  await liveIn(panel);
  const { takeDataDirectory } = await import("#lib/data-lock.ts");
  await panel.inside(({ backUp }) => backUp(at("backup.db")));
  const release = takeDataDirectory(panel.dataDir);
  for (const args of [["restore", at("backup.db")], ["rekey"]]) {
    const { code, error } = await panel.command(args);
    expect(code).toBe(1);
    expect(error).toBe(
      `Another Zonegate (process ${process.pid}) is using ${panel.dataDir}. Stop it, or set DATA_DIR to another folder.\n`,
    );
  }
  expect((await panel.command(["backup", at("second.db")])).code).toBe(0);
  release();
  expect(await complaints(panel)).toEqual({});
});
