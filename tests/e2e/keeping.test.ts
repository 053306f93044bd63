import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, dataDirectory, type PanelServer, panelCommand, startServer } from "../support/server.ts";

const EMAIL = "ada@example.org";
const PASSWORD = "a long enough password";
let dataDir: string;
let remove: () => void;
let server: PanelServer | null = null;

beforeAll(async () => {
  ({ dataDir, remove } = dataDirectory());
  await panelCommand(dataDir, ["users", "add", EMAIL], `${PASSWORD}\n`);
  await panelCommand(dataDir, ["promote", EMAIL]);
});
afterAll(async () => {
  server?.process.kill("SIGKILL");
  await server?.ended;
  remove?.();
});

const organisations = async (client: Client): Promise<string[]> =>
  (await client.call<{ items: { handle: string }[] }>("GET", "/organisations")).items.map(({ handle }) => handle);

test("backed up while it runs, rekeyed and restored while it does not, and served again each time", async () => {
  server = await startServer({ dataDir });
  const client = await server.signIn(EMAIL, PASSWORD);
  await client.call("POST", "/organisations", { name: "Before", handle: "before" });
  const file = path.join(dataDir, "backup.db");
  expect((await panelCommand(dataDir, ["backup", file])).code).toBe(0);
  await client.call("POST", "/organisations", { name: "After", handle: "after" });
  for (const args of [["restore", file], ["rekey"]]) {
    const refused = await panelCommand(dataDir, args);
    expect(refused.code).toBe(1);
    expect(refused.error).toContain(`Another Zonegate (process ${server.pid}) is using`);
  }
  expect((await panelCommand(dataDir, ["doctor"])).code).toBe(0);
  expect((await organisations(client)).toSorted()).toEqual(["after", "before"]);
  await server.stop();

  expect((await panelCommand(dataDir, ["rekey"])).code).toBe(0);
  server = await startServer({ dataDir });
  const old = await fetch(`${server.origin}/api/account`, { headers: { cookie: client.cookie } });
  expect(old.status).toBe(401);
  expect(await organisations(await server.signIn(EMAIL, PASSWORD))).toHaveLength(2);
  await server.stop();

  const restored = await panelCommand(dataDir, ["restore", file]);
  expect(restored.code).toBe(0);
  expect(restored.out).toContain("The secret here is not the one that this backup was sealed with");
  expect(existsSync(/there is (\S+)\.$/m.exec(restored.out)?.[1] ?? "")).toBe(true);
  server = await startServer({ dataDir });
  expect(server.output()).toContain("The secret is not the one that this database was sealed with");
  expect(await organisations(await server.signIn(EMAIL, PASSWORD))).toEqual(["before"]);
  await server.stop();
});
