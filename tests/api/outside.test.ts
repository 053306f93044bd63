/** Zones that others write to as well, at PowerDNS and past the panel: who is said to have changed what, and that nothing is lost. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import type { Provider } from "#lib/dns/providers/provider.ts";
import { startBehindFaults } from "../support/behind-faults.ts";
import { runJobs } from "../support/jobs.ts";

interface Entry {
  id: string;
  kind: string;
  state: string;
  plan: { name: string; type: string; before: { records: unknown[] } | null; after: { records: unknown[] } | null }[];
}

const { panel, powerdns, proxy, owner, sql, settleAll, zones, rested, close } = await startBehindFaults();
let sequence = 0;
afterEach(rested);
afterAll(close);

/** A zone with one record in it, `www`. */
async function zone() {
  const name = `outside${++sequence}.example`;
  const at = `${zones}/${name}`;
  expect((await owner.call("POST", zones, { name })).status).toBe(201);
  const set = (label: string, content: string, dryRun = false) =>
    owner.call<{ change: string; state: string; conflicts: { name: string; now: unknown }[] }>(
      "POST",
      `${at}/changes`,
      {
        dryRun,
        rrsets: [{ name: label, type: "A", ttl: 60, records: [{ content }] }],
      },
    );
  expect((await set("www", "192.0.2.1")).status).toBe(200);
  return {
    name,
    path: at,
    set,
    dryRun: (label: string) => set(label, "192.0.2.77", true),
    add: (label: string, content: string) =>
      owner.call<Record<string, string>>("POST", `${at}/records`, { name: label, type: "A", ttl: 60, content }),
    refresh: () => owner.call<{ moved: boolean }>("POST", `${at}/refresh`),
    /** Newest first. */
    history: async (query = "") => (await owner.call<{ items: Entry[] }>("GET", `${at}/changes${query}`)).body.items,
    mirror: async (label: string) =>
      (await owner.call<{ items: { content: string }[] }>("GET", `${at}/records?q=${label}`)).body.items.map(
        ({ content }) => content,
      ),
    truth: (label: string) => powerdns.query(`${label}.${name}`, "A"),
    /** By somebody else. */
    outside: (label: string, ...contents: string[]) =>
      atPowerDns("PATCH", `/${name}.`, {
        rrsets: [
          {
            name: `${label}.${name}.`,
            type: "A",
            ttl: 60,
            changetype: contents.length > 0 ? "REPLACE" : "DELETE",
            records: contents.map((content) => ({ content, disabled: false })),
          },
        ],
      }),
  };
}

async function atPowerDns(method: string, at: string, body: object): Promise<void> {
  const answer = await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones${at}`, {
    method,
    headers: { "x-api-key": powerdns.apiKey },
    body: JSON.stringify(body),
  });
  expect(answer.ok, await answer.text()).toBe(true);
}

/** With what happens while the next read of single names is under way, before PowerDNS is asked and after it has answered. */
async function duringTheNextRead<T>(
  happens: { before?: () => Promise<unknown>; after: () => Promise<unknown> },
  work: () => Promise<T>,
): Promise<T> {
  const { connectionById } = await import("#lib/dns/connections.ts");
  const connection = connectionById("powerdns");
  if (!connection) throw new Error("no connection");
  const own = connection.provider;
  const meddled: Provider = {
    ...own,
    async readNames(...asked) {
      connection.provider = own;
      await happens.before?.();
      const read = await own.readNames(...asked);
      await happens.after();
      return read;
    },
  };
  connection.provider = meddled;
  try {
    return await work();
  } finally {
    connection.provider = own;
  }
}

describe("a dry run", () => {
  test("writes nothing: what others changed meanwhile is journaled once, by the change or refresh that comes next", async () => {
    const at = await zone();
    await at.outside("www", "203.0.113.1");
    const before = await at.history();
    const answers = await Promise.all(Array.from({ length: 5 }, () => at.dryRun("www")));
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body).toMatchObject({ plan: [{ before: { records: [{ content: "203.0.113.1" }] } }] });
    }
    expect(await at.history()).toEqual(before);
    expect(await at.mirror("www")).toEqual(["192.0.2.1"]);
    expect((await at.set("www", "192.0.2.2")).status).toBe(200);
    expect((await at.history("?name=www")).map(({ kind }) => kind)).toEqual(["change", "outside", "change"]);
  });

  test("does not call the panel's own change, of which nothing is known yet, somebody else's", async () => {
    const at = await zone();
    const push = proxy.requests.push.bind(proxy.requests);
    proxy.requests.push = (...requests) => {
      if (requests.some(({ method }) => method === "PATCH")) proxy.fail("500-after");
      return push(...requests);
    };
    const mine = await at.set("mine", "192.0.2.9");
    proxy.requests.push = push;
    expect(mine).toMatchObject({ status: 202, body: { state: "unknown" } });
    proxy.fail(null);
    expect((await at.dryRun("mine")).status).toBe(200);
    expect((await at.history())[0]).toMatchObject({ id: mine.body.change, state: "unknown" });
    writeFileSync(path.join(panel.dataDir, "landing-ms"), "0");
    await settleAll();
    await settleAll();
    expect(await at.history("?name=mine")).toMatchObject([{ id: mine.body.change, state: "applied" }]);
  });

  test("that was overtaken by two changes leaves the records as they were set last", async () => {
    const at = await zone();
    const overtaken = {
      before: () => at.set("www", "192.0.2.2"),
      after: () => at.set("www", "192.0.2.3"),
    };
    expect((await duringTheNextRead(overtaken, () => at.dryRun("www"))).status).toBe(200);
    expect(await at.truth("www")).toEqual(["192.0.2.3"]);
    expect(await at.mirror("www")).toEqual(["192.0.2.3"]);
    expect(await at.history("?kind=outside")).toEqual([]);
  });
});

test("a change and a refresh that come upon the same outside change journal it once", async () => {
  const at = await zone();
  await at.outside("www", "203.0.113.1");
  sql.run("update zones set refreshed_at = 0 where name = ?", `${at.name}.`);
  const refreshed = { after: async () => expect((await at.refresh()).body).toMatchObject({ moved: true }) };
  expect((await duringTheNextRead(refreshed, () => at.set("www", "192.0.2.2"))).status).toBe(200);
  expect((await at.history("?name=www")).map(({ kind }) => kind)).toEqual(["change", "outside", "change"]);
  expect(await at.mirror("www")).toEqual(["192.0.2.2"]);
});

test("what somebody else took away can be added again", async () => {
  const at = await zone();
  await at.outside("www");
  expect((await at.add("www", "192.0.2.1")).status).toBe(201);
  expect(await at.truth("www")).toEqual(["192.0.2.1"]);
  expect((await at.history("?name=www")).map(({ kind }) => kind)).toEqual(["change", "outside", "change"]);
  expect(await at.add("www", "192.0.2.1")).toMatchObject({ status: 409, body: { code: "already_exists" } });
});

describe("what somebody else wrote beside a change while that was on its way", () => {
  const inShort = (entries: Entry[]) =>
    entries.map(({ kind, plan }) => [
      kind,
      plan.map(({ type, before, after }) => [type, before?.records, after?.records]),
    ]);
  const foreign = ["outside", [["TXT", undefined, [{ content: '"foreign"' }]]]];

  test("is in the journal as theirs, and the change as the panel's own", async () => {
    const at = await zone();
    const own = ["change", [["A", [{ content: "192.0.2.1" }], [{ content: "192.0.2.2" }]]]];
    proxy.tamper((body) => {
      const sent = JSON.parse(body) as { rrsets: object[] };
      const records = [{ content: '"foreign"', disabled: false }];
      sent.rrsets.push({ name: `www.${at.name}.`, type: "TXT", ttl: 60, changetype: "REPLACE", records });
      return JSON.stringify(sent);
    });
    expect((await at.set("www", "192.0.2.2")).body.state).toBe("applied");
    proxy.tamper(null);
    expect(await at.mirror("foreign")).toEqual(['"foreign"']);
    expect(inShort(await at.history("?name=www")).slice(0, 2)).toEqual([foreign, own]);
    const [theirs] = await at.history("?kind=outside");
    expect((await owner.call("POST", `${at.path}/changes/${theirs?.id}/revert`, {})).status).toBe(200);
    expect(await at.mirror("foreign")).toEqual([]);
  });

  test("is journaled as theirs also where the change never landed", async () => {
    const at = await zone();
    proxy.fail("500-before", { method: "PATCH" });
    const lost = await at.set("www", "192.0.2.2");
    expect(lost.body.state).toBe("unknown");
    proxy.fail(null);
    await atPowerDns("PATCH", `/${at.name}.`, {
      rrsets: [
        {
          name: `www.${at.name}.`,
          type: "TXT",
          ttl: 60,
          changetype: "REPLACE",
          records: [{ content: '"foreign"', disabled: false }],
        },
      ],
    });
    writeFileSync(path.join(panel.dataDir, "landing-ms"), "0");
    await settleAll();
    await settleAll();
    const entries = await at.history("?name=www");
    expect(entries[1]).toMatchObject({ id: lost.body.change, state: "not_applied" });
    expect(inShort(entries)[0]).toEqual(foreign);
    expect(await at.mirror("foreign")).toEqual(['"foreign"']);
  });
});

test("after the panel's clock was ahead the records are looked at and compared as ever", async () => {
  const at = await zone();
  const real = Date.now;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => real() + 7_200_000);
  try {
    expect(await at.refresh()).toMatchObject({ status: 200 });
  } finally {
    clock.mockRestore();
  }
  expect(sql.get("select refreshed_at > ? as ahead from zones where name = ?", real(), `${at.name}.`)).toEqual({
    ahead: 1,
  });
  await at.outside("www", "203.0.113.1");
  // As if the version had not told: only the comparison finds it.
  const { connectionById } = await import("#lib/dns/connections.ts");
  const info = await connectionById("powerdns")?.provider.zoneInfo(`${at.name}.`);
  sql.run("update zones set provider_version = ? where name = ?", info?.version ?? null, `${at.name}.`);
  expect((await at.refresh()).body).toMatchObject({ moved: true });
  expect(await at.mirror("www")).toEqual(["203.0.113.1"]);
});

test("a zone that nobody opens is compared once a day, and not again before", async () => {
  const { jobKinds } = await import("#lib/jobs/kinds.ts");
  const daily = jobKinds.filter(({ kind }) => kind === "dns.compare");
  const [at, opened] = [await zone(), await zone()];
  for (const { outside } of [at, opened]) await outside("www", "203.0.113.1");
  sql.run("update zones set refreshed_at = 0, compared_at = ? where name = ?", Date.now() - 90_000_000, `${at.name}.`);
  const { plant } = await import("#lib/jobs/work.ts");
  plant(daily);
  expect(sql.all("select kind from jobs where kind = 'dns.compare'")).toHaveLength(1);
  sql.run("update jobs set due_at = 0 where kind = 'dns.compare'");
  await runJobs();
  expect(await at.mirror("www")).toEqual(["203.0.113.1"]);
  expect((await at.history())[0]).toMatchObject({ kind: "outside" });
  expect(await opened.mirror("www")).toEqual(["192.0.2.1"]);
});

test("a zone that PowerDNS holds as a secondary is not written to, and that is said", async () => {
  const name = "secondary.example";
  await atPowerDns("POST", "", { name: `${name}.`, kind: "Slave", masters: ["127.0.0.1"], nameservers: [] });
  const set = (type: string, content: string) => ({
    name: `${name}.`,
    type,
    ttl: 60,
    changetype: "REPLACE",
    records: [{ content, disabled: false }],
  });
  await atPowerDns("PATCH", `/${name}.`, {
    rrsets: [set("SOA", "ns1.example.net. h.example.net. 1 2 3 4 5"), set("NS", "ns1.example.net.")],
  });
  const root = await panel.person("Root", ["*"]);
  expect((await root.call("POST", zones, { name, link: true })).status).toBe(201);
  const readOnly = async (at: string) => (await owner.call<{ readOnly: string | null }>("GET", at)).body.readOnly;
  expect(await readOnly(`${zones}/${name}`)).toMatch(/primary server of the zone. Change them there/);
  const usual = await zone();
  expect(await readOnly(usual.path)).toBeNull();
  sql.run("update zones set connection = 'gone' where name = ?", `${usual.name}.`);
  expect(await readOnly(usual.path)).toMatch(/connection that they are kept at is gone/);
  const record = { name: "www", type: "A", ttl: 60, content: "192.0.2.1" };
  expect(await owner.call("POST", `${zones}/${name}/records`, record)).toMatchObject({
    status: 422,
    body: { fields: { name: expect.stringMatching(/secondary/) }, errors: [{ code: "zone_read_only" }] },
  });
  const { content, ...rest } = record;
  const wanted = { rrsets: [{ ...rest, records: [{ content }] }] };
  expect(await owner.call("POST", `${zones}/${name}/changes`, { ...wanted, dryRun: true })).toMatchObject({
    status: 200,
    body: { errors: [{ code: "zone_read_only", name: `www.${name}.` }] },
  });
  expect(proxy.requests.filter(({ method, path: to }) => method === "PATCH" && to.includes(name))).toEqual([]);
});

test("what may no longer be done when its turn comes is not done: a role taken away, a token revoked", async () => {
  const at = await zone();
  const id = String(sql.get<{ id: string }>("select id from zones where name = ?", `${at.name}.`)?.id);
  const staff = await panel.person("Staff", ["dns:write"]);
  const rights = {
    mode: "listed",
    permissions: [],
    organisations: [{ organisation: null, role: "member" }],
    servers: [],
  };
  const made = await owner.call<{ id: string; token: string }>("POST", "/account/tokens", {
    ...{ ...rights, name: "Writer", zones: [{ zone: null, name: null, type: null, level: "edit" }] },
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const { withZoneLock } = await import("#lib/dns/zone-lock.ts");
  const { singleton } = await import("#lib/singleton.ts");
  const endOfLine = () => singleton("zone-locks", () => new Map<string, Promise<void>>()).get(id);
  const turn = Promise.withResolvers<void>();
  const held = withZoneLock(id, () => turn.promise);
  /** Returns when the request stands in line. */
  const standing = async (headers: Record<string, string>, content: string) => {
    const last = endOfLine();
    const body = { name: "late", type: "A", ttl: 60, content };
    const answer = panel.call("POST", `${at.path}/records`, body, headers);
    await vi.waitUntil(() => endOfLine() !== last);
    return { answer };
  };
  const waiting = [
    await standing({ cookie: staff.cookie }, "192.0.2.1"),
    await standing({ authorization: `Bearer ${made.body.token}` }, "192.0.2.2"),
  ];
  sql.run("delete from user_roles where user_id = ?", staff.id);
  expect((await owner.call("DELETE", `/account/tokens/${made.body.id}`)).status).toBeLessThan(300);
  turn.resolve();
  await held;
  const answers = await Promise.all(waiting.map(({ answer }) => answer));
  expect(answers.map(({ status }) => status)).toEqual([404, 403]);
  expect(await at.truth("late")).toEqual([]);
});
