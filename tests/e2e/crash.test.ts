import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FaultProxy, startFaultProxy } from "../support/fake-powerdns.ts";
import { PASSWORD } from "../support/people.ts";
import { startPowerDns } from "../support/powerdns.ts";
import { type Client, dataDirectory, type PanelServer, type ServerOptions, startServer } from "../support/server.ts";

let powerdns: Awaited<ReturnType<typeof startPowerDns>>;
let proxy: FaultProxy;
let options: ServerOptions & { dataDir: string };
let remove: () => void;
let server: PanelServer;
let call: Client["ask"];

beforeAll(async () => {
  powerdns = await startPowerDns();
  proxy = await startFaultProxy(powerdns.apiUrl);
  const directory = dataDirectory();
  remove = directory.remove;
  options = {
    dataDir: directory.dataDir,
    environment: { POWERDNS_API_URL: proxy.url, POWERDNS_API_KEY: powerdns.apiKey, ZONEGATE_TEST_HOOKS: "1" },
  };
  server = await startServer(options);
  call = (await server.person("Admin", "root", "admin@example.org")).ask;
  expect((await call("POST", "/organisations", { name: "Acme", handle: "acme" })).status).toBe(201);
});
afterEach(() => proxy.fail(null));
afterAll(async () => {
  server?.process.kill("SIGKILL");
  await server?.ended;
  remove?.();
  await proxy?.close();
  await powerdns?.stop();
});

/** The one server on the data of this file, again whenever it has ended: starting it is most of what this takes. */
async function start(): Promise<void> {
  server = await startServer(options);
  call = (await server.signIn("admin@example.org", PASSWORD)).ask;
}

interface Entry {
  id: string;
  kind: string;
  state: string;
  actor: { label: string };
}

/** Asks until it is so. */
async function until<T>(ask: () => Promise<T | null>, seconds: number): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > deadline) throw new Error("it did not come to pass in time");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const records = (zone: string) => `/organisations/acme/dns/zones/${zone}/records`;
const changes = (zone: string) => `/organisations/acme/dns/zones/${zone}/changes?name=www`;
const www = { name: "www", type: "A", ttl: 60, content: "192.0.2.1" };

test("killed in the middle of a write, the next start finds out what became of it", async () => {
  const zone = "killed.example";
  const switchFile = path.join(options.dataDir, "kill-after-send");
  expect((await call("POST", "/organisations/acme/dns/zones", { name: zone })).status).toBe(201);
  writeFileSync(switchFile, "");
  await expect(call("POST", records(zone), www)).rejects.toThrow();
  expect(await server.ended).toEqual({ code: null, signal: "SIGKILL" });
  rmSync(switchFile);
  expect(await powerdns.query(`www.${zone}`, "A")).toEqual(["192.0.2.1"]);

  // Nobody waits here for half a minute to go by.
  writeFileSync(path.join(options.dataDir, "landing-ms"), "0");
  await start();
  const entries = async () => (await call<{ items: Entry[] }>("GET", changes(zone))).body.items;
  const settled = await until(
    async () => ((await entries()).some(({ state }) => state === "pending") ? null : await entries()),
    20,
  );
  expect(settled).toMatchObject([{ kind: "change", state: "applied", actor: { label: "admin@example.org" } }]);
  expect(await call("GET", `${records(zone)}?q=www`)).toMatchObject({ body: { items: [{ content: "192.0.2.1" }] } });
  expect((await call("POST", records(zone), { ...www, name: "another" })).status).toBe(201);
});

describe("starting", () => {
  test("a second process on the same data does not, and says why; the first goes on", async () => {
    await expect(startServer(options)).rejects.toThrow(
      /ended \(1\)[\s\S]*Another Zonegate \(process \d+\) is using .*Stop it, or set DATA_DIR to another folder\.\s*$/,
    );
    expect((await call("GET", "/account")).status).toBe(200);
  });

  test("a port that is taken, a variable that is wrong: a sentence each, and no stack", async () => {
    const { dataDir, remove: drop } = dataDirectory();
    try {
      const { port } = new URL(server.origin);
      await expect(startServer({ dataDir, environment: { PORT: port } })).rejects.toThrow(
        /\nPort \d+ is taken\. Set PORT to another\.\s*$/,
      );
      await expect(startServer({ dataDir, environment: { PORT: "http" } })).rejects.toThrow(
        /\nPORT must be a port number[^\n]*\s*$/,
      );
    } finally {
      drop();
    }
  });
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s: what is under way is finished, and the next start has the data",
  async (signal) => {
    const zone = `${signal.toLowerCase()}.example`;
    expect((await call("POST", "/organisations/acme/dns/zones", { name: zone })).status).toBe(201);
    const running = server;
    proxy.requests.length = 0;
    proxy.fail("hold", { method: "PATCH" });
    const write = call<{ state: string }>("POST", records(zone), www);
    await until(async () => proxy.requests.find(({ method }) => method === "PATCH") ?? null, 20);
    running.process.kill(signal);
    await until(async () => (running.output().includes("Stopping") ? true : null), 10);
    await expect(fetch(`${running.origin}/healthz`, { headers: { connection: "close" } })).rejects.toThrow();
    proxy.fail(null);
    expect(await write).toMatchObject({ status: 201, body: { state: "applied" } });
    expect(await running.ended).toEqual({ code: 0, signal: null });
    await start();
    expect(await call("GET", changes(zone))).toMatchObject({ body: { items: [{ state: "applied" }] } });
  },
);

test("the first start prints the way to set it up, and that works; the next prints none", async () => {
  const { dataDir, remove: drop } = dataDirectory();
  const first = await startServer({ dataDir });
  try {
    const [, link, token] = await until(async () => /^Set it up here: (\S+#token=(\S+))$/m.exec(first.output()), 10);
    expect(link).toBe(`${first.origin}/setup#token=${token}`);
    const made = await fetch(`${first.origin}/api/setup`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token, name: "Ada", email: "ada@example.org", password: PASSWORD }),
    });
    expect(made.status).toBe(201);
    const { ask } = await first.signIn("ada@example.org", PASSWORD);
    expect((await ask("GET", "/admin/users")).status).toBe(200);
    expect(await first.stop()).toEqual({ code: 0, signal: null });
    const second = await startServer({ dataDir });
    await second.stop();
    expect(second.output()).not.toMatch(/token/);
    expect(first.output()).not.toContain(PASSWORD);
  } finally {
    first.process.kill("SIGKILL");
    await first.ended;
    drop();
  }
});
