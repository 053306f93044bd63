import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { startPowerDns } from "../support/powerdns.ts";

let panel: Panel;
let powerdns: Awaited<ReturnType<typeof startPowerDns>>;
let root: Person;
let owner: Person;
let rival: Person;
let setSetting: typeof import("#lib/settings/settings.ts").setSetting;
let sql: (text: string, ...values: unknown[]) => Record<string, unknown>[];
const acme = "/organisations/acme/dns/zones";
const other = "/organisations/rival/dns/zones";

beforeAll(async () => {
  powerdns = await startPowerDns();
  panel = await startPanel({
    POWERDNS_API_URL: powerdns.apiUrl,
    POWERDNS_API_KEY: powerdns.apiKey,
    POWERDNS_NAMESERVERS: "NS1.example.net., ns2.example.net",
  });
  const { db } = await import("#db/client.ts");
  ({ setSetting } = await import("#lib/settings/settings.ts"));
  sql = (text, ...values) => {
    const statement = db().$client.prepare(text);
    if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
    statement.run(...values);
    return [];
  };
  setSetting("zone_claims", "trusted");
  root = await panel.person("Root", "root");
  owner = await panel.person("Owner");
  rival = await panel.person("Rival");
  expect((await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" })).status).toBe(201);
  expect((await rival.call("POST", "/organisations", { name: "Rival Incorporated", handle: "rival" })).status).toBe(
    201,
  );
});
afterAll(async () => {
  await panel?.close();
  await powerdns?.stop();
});
afterEach(() => {
  setSetting("feature.dns", true);
  setSetting("limits.zones_per_organisation", 100);
});

const create = (who: Person, at: string, body: object) =>
  who.call<{ id: string; code: string; message: string; fields: Record<string, string> }>("POST", at, body);
const zones = () => sql("select name, connection, organisation_id from zones order by name");

async function atPowerDns(method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones${path}`, {
    method,
    headers: { "x-api-key": powerdns.apiKey },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

/** A zone that somebody made at PowerDNS without the panel. */
async function foreign(name: string): Promise<void> {
  const made = await atPowerDns("POST", "", {
    name,
    kind: "Native",
    nameservers: ["ns1.example.net."],
    rrsets: [{ name: `www.${name}`, type: "A", ttl: 60, records: [{ content: "192.0.2.80", disabled: false }] }],
  });
  expect(made.status).toBe(201);
}

describe("creating", () => {
  test("at PowerDNS: it answers there with the name servers of the environment, and history begins with it", async () => {
    const made = await create(owner, acme, { name: "Made.Example" });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: "made.example.",
        connection: "powerdns",
        origin: "created",
        status: "active",
        level: "full",
        manage: true,
      },
    });
    expect(((await powerdns.query("made.example", "NS")) as string[]).toSorted()).toEqual([
      "ns1.example.net",
      "ns2.example.net",
    ]);
    expect(await powerdns.query("made.example", "SOA")).toMatchObject([
      { nsname: "ns1.example.net", hostmaster: "hostmaster.made.example" },
    ]);
    expect(await owner.call("GET", `${acme}/made.example/records`)).toMatchObject({ body: { total: 3 } });
    expect(await owner.call("GET", `${acme}/made.example/changes`)).toMatchObject({
      body: { total: 1, items: [{ kind: "create", state: "applied", actor: { id: owner.id } }] },
    });
    expect(sql("select action, actor_id, as_staff from audit_log order by id desc limit 1")).toEqual([
      { action: "dns.create", actor_id: owner.id, as_staff: 0 },
    ]);
  });

  test("in the panel: it says that nothing serves it", async () => {
    const made = await create(owner, acme, { name: "kept.example", connection: "local" });
    expect(made).toMatchObject({
      status: 201,
      body: {
        connection: "local",
        status: "active",
        statusMessage: "Not served: export it, or move it to a connection.",
      },
    });
    expect(await powerdns.query("kept.example", "SOA").catch(() => [])).toEqual([]);
    expect(await owner.call("GET", `${acme}/kept.example/records`)).toMatchObject({ body: { total: 3 } });
  });

  test("a name in any script is one name", async () => {
    expect(await create(owner, acme, { name: "MÜNCHEN.example", connection: "local" })).toMatchObject({
      status: 201,
      body: { name: "xn--mnchen-3ya.example.", displayName: "münchen.example" },
    });
    expect((await create(owner, acme, { name: "xn--mnchen-3ya.example.", connection: "local" })).status).toBe(409);
    for (const name of ["xn--mnchen-3ya.example", "münchen.example", "XN--MNCHEN-3YA.EXAMPLE."]) {
      expect((await owner.call("GET", `${acme}/${encodeURIComponent(name)}`)).status, name).toBe(200);
    }
  });

  test.each([
    "com",
    "co.uk",
    "in-addr.arpa",
    "ip6.arpa",
    "arpa",
    ".",
    "uk.",
    "xn--p1ai",
    "a..example",
    "*.example.org",
    `${"a".repeat(64)}.example`,
  ])("nobody gets %s, staff neither", async (name) => {
    const before = zones();
    expect(await create(root, acme, { name, connection: "local" })).toMatchObject({
      status: 422,
      body: { fields: { name: expect.any(String) } },
    });
    expect(zones()).toEqual(before);
  });

  test("a reverse zone is one", async () => {
    for (const name of ["2.0.192.in-addr.arpa", "0-127.2.0.192.in-addr.arpa", "8.b.d.0.1.0.0.2.ip6.arpa"]) {
      expect((await create(owner, acme, { name, connection: "local" })).status, name).toBe(201);
    }
  });

  test("a connection that there is not, and a field that there is not", async () => {
    expect(await create(owner, acme, { name: "x.example", connection: "elsewhere" })).toMatchObject({
      status: 422,
      body: { fields: { connection: expect.any(String) } },
    });
    expect(await create(owner, acme, { name: "x.example", kind: "Master" })).toMatchObject({
      status: 422,
      body: { fields: { kind: expect.any(String) } },
    });
  });
});

describe("whose a name is", () => {
  test("at, above or below another organisation's is refused, at either connection, without a word about whose", async () => {
    for (const connection of ["powerdns", "local"]) {
      const apex = `deep.whose-${connection}.example`;
      expect((await create(rival, other, { name: apex, connection })).status).toBe(201);
      const before = zones();
      for (const name of [apex, `whose-${connection}.example`, `below.${apex}`, `far.below.${apex}`]) {
        const answer = await create(owner, acme, { name, connection });
        expect(answer, name).toMatchObject({
          status: 409,
          body: {
            code: "already_exists",
            fields: { name: "This name, or one above or below it, is taken at this connection." },
          },
        });
        expect(JSON.stringify(answer.body)).not.toMatch(/rival/i);
      }
      expect(zones()).toEqual(before);
      expect(
        (await create(owner, acme, { name: `beside.whose-${connection}.example`, connection })).status,
        "beside it",
      ).toBe(201);
      expect((await create(rival, other, { name: `below.${apex}`, connection })).status, "below one's own").toBe(201);
    }
  });

  test("a zone at PowerDNS that nobody linked counts too", async () => {
    await foreign("unlinked.example.");
    for (const name of ["unlinked.example", "a.unlinked.example"])
      expect((await create(owner, acme, { name })).status, name).toBe(409);
    expect(await create(root, acme, { name: "unlinked.example" })).toMatchObject({
      status: 409,
      body: { message: "This zone exists at the connection. Link it instead." },
    });
  });

  test("two organisations that ask at once: names that exclude each other are not both given", async () => {
    for (const [one, two] of [
      ["race.example", "race.example"],
      ["up.race2.example", "race2.example"],
    ] as const) {
      for (const connection of ["local", "powerdns"]) {
        const answers = await Promise.all([
          create(owner, acme, { name: one.replace("race", `race-${connection}`), connection }),
          create(rival, other, { name: two.replace("race", `race-${connection}`), connection }),
        ]);
        expect(answers.map(({ status }) => status).toSorted(), `${one} ${connection}`).toEqual([201, 409]);
      }
    }
  });

  test("the same name may stand at two connections, but once in an organisation", async () => {
    expect((await create(owner, acme, { name: "twice.example", connection: "local" })).status).toBe(201);
    expect(await create(owner, acme, { name: "TWICE.example.", connection: "powerdns" })).toMatchObject({
      status: 409,
      body: { fields: { name: "This organisation has this zone already." } },
    });
    expect((await create(rival, other, { name: "twice.example", connection: "powerdns" })).status).toBe(201);
  });

  test("in another organisation's path there is no such zone", async () => {
    for (const [method, suffix, body] of [
      ["GET", "", undefined],
      ["GET", "/records", undefined],
      ["POST", "/records", { name: "x", type: "A", content: "192.0.2.1" }],
      ["POST", "/changes", { deletions: [{ name: "@", type: "NS" }] }],
      ["GET", "/changes", undefined],
      ["GET", "/permissions", undefined],
    ] as const) {
      for (const who of [root, rival])
        expect((await who.call(method, `${other}/made.example${suffix}`, body)).status, `${method} ${suffix}`).toBe(
          404,
        );
    }
    const [row] = sql("select id from zones where name = 'made.example.'");
    expect((await root.call("GET", `${other}/${row?.id}`)).status).toBe(404);
    expect((await root.call("GET", `${acme}/${row?.id}`)).status).toBe(200);
  });
});

describe("linking", () => {
  test("is for dns:connections; the zone comes with its records, which stay as they were", async () => {
    await foreign("linked.example.");
    expect(await create(owner, acme, { name: "linked.example", link: true })).toMatchObject({
      status: 403,
      body: { missing: "dns:connections" },
    });
    expect(await owner.call("GET", "/organisations/acme/dns/connections")).toMatchObject({
      body: { mayLink: false, mayCreate: true },
    });
    const linked = await create(root, acme, { name: "linked.example", link: true });
    expect(linked).toMatchObject({ status: 201, body: { origin: "linked", status: "active", recordCount: 3 } });
    expect(await powerdns.query("www.linked.example", "A")).toEqual(["192.0.2.80"]);
    expect(await owner.call("GET", `${acme}/linked.example/records?q=www`)).toMatchObject({
      body: { items: [{ content: "192.0.2.80" }] },
    });
    expect(await owner.call("GET", `${acme}/linked.example/changes`)).toMatchObject({
      body: { items: [{ kind: "link", state: "applied" }] },
    });
    expect((await create(root, other, { name: "linked.example", link: true })).status, "a second time, elsewhere").toBe(
      409,
    );
  });

  test("what is not there cannot be linked, and leaves nothing", async () => {
    expect(await create(root, acme, { name: "absent.example", link: true })).toMatchObject({
      status: 422,
      body: { fields: { name: "There is no such zone at this connection." } },
    });
    expect(sql("select 1 from zones where name = 'absent.example.'")).toEqual([]);
  });
});

describe("limits and switches", () => {
  test("an organisation has at most so many zones, also when several are asked for at once", async () => {
    const [row] = sql(
      "select count(*) as n from zones where organisation_id = (select id from organisations where handle = 'acme')",
    );
    const has = Number(row?.n);
    setSetting("limits.zones_per_organisation", has + 2);
    const answers = await Promise.all([1, 2, 3, 4].map((n) => create(owner, acme, { name: `limit-${n}.example` })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 409, 409]);
    expect(await create(owner, acme, { name: "limit-5.example", connection: "local" })).toMatchObject({
      status: 409,
      body: { code: "conflict", message: `An organisation can have at most ${has + 2} zones.` },
    });
  });

  test("a zone has at most so many records", async () => {
    expect((await create(owner, acme, { name: "full.example", connection: "local" })).status).toBe(201);
    setSetting("limits.records_per_zone", 4);
    try {
      const add = (content: string) =>
        owner.call("POST", `${acme}/full.example/records`, { name: "a", type: "A", content });
      expect((await add("192.0.2.1")).status).toBe(201);
      expect(await add("192.0.2.2")).toMatchObject({
        status: 422,
        body: { message: "A zone can have at most 4 records." },
      });
    } finally {
      setSetting("limits.records_per_zone", 50_000);
    }
  });

  test("DNS switched off answers 503 everywhere, before anything is looked up; switched on it is all there", async () => {
    setSetting("feature.dns", false);
    const stranger = await panel.person("Stranger");
    const { router } = await import("#lib/api/router.ts");
    for (const [name, procedure] of Object.entries(router.dns)) {
      const { method = "POST", path = "" } = (
        procedure as unknown as { "~orpc": { route: { method?: string; path?: string } } }
      )["~orpc"].route;
      for (const [organisation, zone] of [
        ["acme", "made.example"],
        ["no-such", "no-such.example"],
      ] as const) {
        const target = path
          .replace("{organisation}", organisation)
          .replace("{zone}", zone)
          .replace(/\{\w+\}/, "x");
        for (const who of [root, stranger]) {
          const answer = await who.call(method, target, method === "GET" ? undefined : {});
          expect(answer, `${name} in ${organisation}`).toMatchObject({
            status: 503,
            body: { code: "feature_disabled" },
          });
        }
        expect((await panel.call(method, target, method === "GET" ? undefined : {})).status, name).toBe(401);
      }
    }
    expect(await powerdns.query("made.example", "SOA")).toHaveLength(1);
    expect((await owner.call("GET", "/organisations/acme")).status).toBe(200);
    setSetting("feature.dns", true);
    expect((await owner.call("GET", `${acme}/made.example`)).status).toBe(200);
  });
});

describe("the list", () => {
  test("is searched, sorted and paged, and each sees their own", async () => {
    const ask = async (who: Person, query: string) =>
      (await who.call<{ items: { name: string }[]; total: number }>("GET", `/dns/zones?${query}`)).body;
    const mine = await ask(owner, "perPage=200");
    const [row] = sql(
      "select count(*) as n from zones where organisation_id = (select id from organisations where handle = 'acme')",
    );
    expect(mine.total).toBe(Number(row?.n));
    expect(mine.items.map(({ name }) => name)).toEqual(mine.items.map(({ name }) => name).toSorted());
    expect((await ask(owner, "q=MADE.ex")).items.map(({ name }) => name)).toEqual(["made.example."]);
    expect((await ask(owner, "q=whose")).items.map(({ name }) => name)).toEqual([
      "beside.whose-local.example.",
      "beside.whose-powerdns.example.",
    ]);
    expect((await ask(owner, "sort=-name&perPage=1&page=2")).items).toHaveLength(1);
    expect((await ask(root, "perPage=200")).total).toBe(zones().length);
    expect((await ask(owner, "q=%25")).total).toBe(0);
  });
});
