import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, type Panel, type Person, startPanel } from "../support/panel.ts";

type Level = "none" | "view" | "edit" | "full";
type Standing =
  | Level
  | "admin"
  | "owner"
  | "stranger"
  | "dns:read"
  | "dns:write"
  | "dns:write dns:delete"
  | "dns:manage";

let panel: Panel;
let owner: Person;
let organisation: { id: string };
let sequence = 0;
let sql: (text: string, ...values: unknown[]) => Record<string, unknown>[];
const people = new Map<Standing, Person>();
const acme = "/organisations/acme";
const zone = `${acme}/dns/zones/levels.example`;

beforeAll(async () => {
  panel = await startPanel();
  const { db } = await import("#db/client.ts");
  const { setSetting } = await import("#lib/settings/settings.ts");
  sql = (text, ...values) => {
    const statement = db().$client.prepare(text);
    if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
    statement.run(...values);
    return [];
  };
  setSetting("zone_claims", "trusted");
  owner = await panel.person("Owner");
  organisation = (await owner.call<{ id: string }>("POST", "/organisations", { name: "Acme", handle: "acme" })).body;
  expect((await owner.call("POST", `${acme}/dns/zones`, { name: "levels.example", connection: "local" })).status).toBe(
    201,
  );
  people.set("owner", owner);
  people.set("stranger", await panel.person("Stranger"));
  people.set("admin", await member("Admin", "admin"));
  for (const level of ["none", "view", "edit", "full"] as const) {
    const person = await member(`Level ${level}`);
    expect((await owner.call("PUT", `${zone}/permissions/${person.id}`, { level })).status).toBe(200);
    people.set(level, person);
  }
  for (const grants of ["dns:read", "dns:write", "dns:write dns:delete", "dns:manage"] as const) {
    people.set(grants, await panel.person(`Staff ${grants.replaceAll(":", "-")}`, grants.split(" ")));
  }
});
afterAll(() => panel.close());

async function member(name: string, role: "admin" | "member" = "member", at = organisation): Promise<Person> {
  const person = await panel.person(name);
  sql(
    "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, ?, 0)",
    at.id,
    person.id,
    role,
  );
  return person;
}

const the = (standing: Standing): Person => {
  const person = people.get(standing);
  if (!person) throw new Error(`nobody is ${standing}`);
  return person;
};

/** Everything that an act could have changed. */
const state = () =>
  JSON.stringify([
    sql("select * from rrsets order by zone_id, sort_key, type"),
    sql("select id, state from zone_changes order by id"),
    sql("select * from zone_permissions order by zone_id, user_id"),
    sql("select id, revision, serial, record_count from zones order by id"),
    sql("select count(*) as n from audit_log"),
  ]);

interface Ground {
  /** An owner name with two addresses. */
  name: string;
  /** The ids of its records. */
  ids: [string, string];
  apexNs: string;
  soa: string;
  change: string;
  /** Somebody in the organisation with a row. */
  somebody: Person;
}

async function ground(): Promise<Ground> {
  const name = `n${++sequence}`;
  const add = async (content: string) =>
    (
      await owner.call<{ id: string; change: string }>("POST", `${zone}/records`, {
        name,
        type: "A",
        ttl: 300,
        content,
      })
    ).body;
  const [first, second] = [await add("192.0.2.1"), await add("192.0.2.2")];
  const idOf = async (type: string) =>
    (await owner.call<{ items: { id: string }[] }>("GET", `${zone}/records?type=${type}`)).body.items[0]?.id ?? "";
  const somebody = await member(`Somebody ${sequence}`);
  await owner.call("PUT", `${zone}/permissions/${somebody.id}`, { level: "edit" });
  return {
    name,
    ids: [first.id, second.id],
    apexNs: await idOf("NS"),
    soa: await idOf("SOA"),
    change: second.change,
    somebody,
  };
}

const soa = "ns1.levels.example. hostmaster.levels.example. 1 7200 3600 604800 3600";
const two = (contents: string[], name: string, ttl = 300) => ({
  rrsets: [{ name, type: "A", ttl, records: contents.map((content) => ({ content })) }],
});

type Act = [
  needs: Exclude<Level, "none"> | "manage",
  what: string,
  run: (person: Person, on: Ground) => Promise<Answer<unknown>>,
];
const acts: Act[] = [
  ["view", "opens the zone", (p) => p.call("GET", zone)],
  ["view", "reads records", (p) => p.call("GET", `${zone}/records`)],
  ["view", "reads RRsets", (p) => p.call("GET", `${zone}/rrsets`)],
  ["view", "reads the history", (p) => p.call("GET", `${zone}/changes`)],
  ["view", "reads one change", (p, on) => p.call("GET", `${zone}/changes/${on.change}`)],
  [
    "view",
    "previews a deletion",
    (p, on) => p.call("POST", `${zone}/changes`, { deletions: [{ name: on.name, type: "A" }], dryRun: true }),
  ],
  [
    "edit",
    "adds a record",
    (p, on) => p.call("POST", `${zone}/records`, { name: on.name, type: "A", content: "192.0.2.3" }),
  ],
  ["edit", "adds a set", (p, on) => p.call("POST", `${zone}/changes`, two(["192.0.2.1"], `${on.name}-new`))],
  [
    "edit",
    "adds a value to a set",
    (p, on) => p.call("POST", `${zone}/changes`, two(["192.0.2.1", "192.0.2.2", "192.0.2.3"], on.name)),
  ],
  [
    "edit",
    "replaces a value",
    (p, on) => p.call("PUT", `${zone}/records/${on.ids[0]}`, { name: on.name, type: "A", content: "192.0.2.9" }),
  ],
  [
    "edit",
    "replaces both values",
    (p, on) => p.call("POST", `${zone}/changes`, two(["192.0.2.8", "192.0.2.9"], on.name)),
  ],
  [
    "edit",
    "changes the TTL",
    (p, on) => p.call("POST", `${zone}/changes`, two(["192.0.2.1", "192.0.2.2"], on.name, 60)),
  ],
  ["full", "drops one of two values", (p, on) => p.call("DELETE", `${zone}/records/${on.ids[0]}`)],
  [
    "full",
    "drops one of two values by a set",
    (p, on) => p.call("POST", `${zone}/changes`, two(["192.0.2.1"], on.name)),
  ],
  [
    "full",
    "drops one by making it the other",
    (p, on) => p.call("PUT", `${zone}/records/${on.ids[0]}`, { name: on.name, type: "A", content: "192.0.2.2" }),
  ],
  [
    "full",
    "deletes a set",
    (p, on) => p.call("POST", `${zone}/changes`, { deletions: [{ name: on.name, type: "A" }] }),
  ],
  [
    "full",
    "renames a record",
    (p, on) =>
      p.call("PUT", `${zone}/records/${on.ids[0]}`, { name: `${on.name}-renamed`, type: "A", content: "192.0.2.1" }),
  ],
  [
    "full",
    "changes a record's type",
    (p, on) => p.call("PUT", `${zone}/records/${on.ids[0]}`, { name: on.name, type: "TXT", text: "192.0.2.1" }),
  ],
  [
    "full",
    "disables a record",
    (p, on) =>
      p.call("PUT", `${zone}/records/${on.ids[0]}`, { name: on.name, type: "A", content: "192.0.2.1", disabled: true }),
  ],
  [
    "full",
    "adds one and deletes another at once",
    (p, on) =>
      p.call("POST", `${zone}/changes`, {
        ...two(["192.0.2.1"], `${on.name}-more`),
        deletions: [{ name: on.name, type: "A" }],
      }),
  ],
  [
    "manage",
    "changes an apex name server",
    (p, on) =>
      p.call("PUT", `${zone}/records/${on.apexNs}`, { name: "@", type: "NS", content: `ns${sequence}.example.net.` }),
  ],
  [
    "manage",
    "replaces the apex name servers",
    (p) =>
      p.call("POST", `${zone}/changes`, {
        rrsets: [{ name: "@", type: "NS", ttl: 60, records: [{ content: `ns${sequence}.example.org.` }] }],
      }),
  ],
  [
    "manage",
    "changes the SOA",
    (p, on) =>
      p.call("PUT", `${zone}/records/${on.soa}`, { name: "@", type: "SOA", ttl: 3600 + sequence, content: soa }),
  ],
  ["manage", "reads the ladder", (p) => p.call("GET", `${zone}/permissions`)],
  ["manage", "gives a level", (p, on) => p.call("PUT", `${zone}/permissions/${on.somebody.id}`, { level: "full" })],
  ["manage", "takes a level", (p, on) => p.call("DELETE", `${zone}/permissions/${on.somebody.id}`)],
];

const ranks = ["view", "edit", "full", "manage"];
const has: Record<Standing, string | null> = {
  none: null,
  stranger: null,
  view: "view",
  edit: "edit",
  full: "full",
  admin: "manage",
  owner: "manage",
  "dns:read": "view",
  "dns:write": "edit",
  "dns:write dns:delete": "full",
  "dns:manage": "manage",
};

describe.each(Object.entries(has) as [Standing, string | null][])("%s", (standing, level) => {
  test.each(acts)("%s: %s", async (needs, what, run) => {
    const on = await ground();
    const before = state();
    const answer = await run(the(standing), on);
    const told = JSON.stringify(answer.body);
    if (level === null) {
      expect([answer.status, answer.body], told).toMatchObject([404, { code: "not_found" }]);
      expect(told).not.toMatch(/levels\.example|192\.0\.2/);
    } else if (ranks.indexOf(level) < ranks.indexOf(needs)) {
      expect([answer.status, answer.body], told).toMatchObject([403, { code: "forbidden", missing: needs }]);
    } else {
      expect([200, 201], told).toContain(answer.status);
      if (needs !== "view" && !what.startsWith("reads")) expect(state()).not.toBe(before);
    }
    if (answer.status >= 400 || needs === "view") expect(state(), "nothing was done").toBe(before);
  });

  test("finds the zone in lists and counts exactly if it can view it", async () => {
    const everywhere = await the(standing).call<{
      items: { name: string; level: string; manage: boolean }[];
      total: number;
    }>("GET", "/dns/zones");
    expect(everywhere.body.total).toBe(level === null ? 0 : 1);
    expect(everywhere.body.items).toMatchObject(
      level === null
        ? []
        : [{ name: "levels.example.", level: level === "manage" ? "full" : level, manage: level === "manage" }],
    );
    const inside = await the(standing).call<{ total: number }>("GET", `${acme}/dns/zones`);
    if (inside.status === 200) expect(inside.body.total).toBe(everywhere.body.total);
    else expect([inside.status, standing]).toEqual([404, expect.stringMatching(/^(stranger|dns:.*)$/)]);
    const opened = await the(standing).call<{ zones: number }>("GET", acme);
    if (opened.status === 200) expect(opened.body.zones).toBe(everywhere.body.total);
  });
});

test("a preview says who may not do what, and shows the plan all the same", async () => {
  const on = await ground();
  const body = { ...two(["192.0.2.1"], `${on.name}-new`), deletions: [{ name: on.name, type: "A" }], dryRun: true };
  const answer = await the("edit").call<{ plan: unknown[]; refused: unknown[] }>("POST", `${zone}/changes`, body);
  expect(answer.body.plan).toHaveLength(2);
  expect(answer.body.refused).toMatchObject([
    { name: `${on.name}.levels.example.`, type: "A", act: "delete", needs: "full" },
  ]);
});

test("what a platform permission opened is audited as staff's, what the organisation gives is not", async () => {
  for (const [standing, asStaff] of [
    ["owner", 0],
    ["edit", 0],
    ["dns:write", 1],
    ["dns:manage", 1],
  ] as const) {
    const on = await ground();
    await the(standing).call("POST", `${zone}/records`, { name: on.name, type: "A", content: "192.0.2.77" });
    expect(sql("select action, as_staff, actor_id from audit_log order by id desc limit 1"), standing).toEqual([
      { action: "dns.addRecord", as_staff: asStaff, actor_id: the(standing).id },
    ]);
  }
});

describe("a narrowed row", () => {
  const put = (person: Person, body: object) => owner.call("PUT", `${zone}/permissions/${person.id}`, body);
  const add = (person: Person, name: string, type = "A", content = type === "A" ? "192.0.2.1" : '"text"') =>
    person.call("POST", `${zone}/records`, { name, type, content }).then(({ status }) => status);

  test("by names and types gives its level there and view elsewhere", async () => {
    const person = await member("Narrowed");
    expect(await put(person, { level: "edit", names: ["www2", "*.dev", "_x.**"], types: ["a"] })).toMatchObject({
      status: 200,
      body: { own: { level: "edit", names: ["www2", "*.dev", "_x.**"], types: ["A"] } },
    });
    expect([await add(person, "www2"), await add(person, "a.dev"), await add(person, "_x.a.b")]).toEqual([
      201, 201, 201,
    ]);
    expect([
      await add(person, "a._x"),
      await add(person, "www2", "TXT"),
      await add(person, "mail2"),
      await add(person, "dev"),
      await add(person, "a.b.dev"),
      await add(person, "_x"),
      await add(person, "@"),
    ]).toEqual([403, 403, 403, 403, 403, 403, 403]);
    const levelOf = async (name: string, type: string) => {
      const seen = await person.call<{ items: { relative: string; level: string }[] }>(
        "GET",
        `${zone}/rrsets?perPage=200&type=${type}&q=${name === "@" ? "" : name}`,
      );
      return seen.body.items.find((set) => set.relative === name)?.level;
    };
    expect([
      await levelOf("www2", "A"),
      await levelOf("a.dev", "A"),
      await levelOf("@", "SOA"),
      await levelOf("@", "NS"),
    ]).toEqual(["edit", "edit", "view", "view"]);
    expect(await person.call("GET", zone)).toMatchObject({
      body: { level: "edit", narrowed: { names: ["www2", "*.dev", "_x.**"], types: ["A"] } },
    });
    const mixed = await person.call("POST", `${zone}/changes`, {
      rrsets: [...two(["192.0.2.5"], "b.dev").rrsets, ...two(["192.0.2.5"], "mail2").rrsets],
    });
    expect(mixed).toMatchObject({ status: 403, body: { refused: [{ name: "mail2.levels.example." }] } });
    expect(await levelOf("b.dev", "A"), "one that is refused refuses all").toBeUndefined();
  });

  test("a type written by its number is that type", async () => {
    const person = await member("By number");
    await put(person, { level: "edit", types: ["TYPE16"] });
    expect([await add(person, "numbered", "TXT"), await add(person, "numbered", "A")]).toEqual([201, 403]);
  });

  test("a delegation needs everything below it", async () => {
    const person = await member("Delegate");
    const delegate = (name: string) =>
      person
        .call("POST", `${zone}/records`, { name, type: "NS", content: "ns.example.net." })
        .then(({ status }) => status);
    await put(person, { level: "full", names: ["sub"] });
    expect(await delegate("sub")).toBe(403);
    await put(person, { level: "full", names: ["sub", "**.sub"], types: ["NS"] });
    expect(await delegate("sub")).toBe(403);
    await put(person, { level: "full", names: ["sub", "**.sub"] });
    expect(await delegate("sub")).toBe(201);
    expect(await delegate("@")).toBe(403);
  });

  test("does not hide what only others may delete", async () => {
    const person = await member("Hider");
    await owner.call("POST", `${zone}/records`, { name: "host.team", type: "A", content: "192.0.2.1" });
    await put(person, { level: "edit", names: ["team", "**.team"] });
    const hide = () =>
      person.call<{ refused: unknown[] }>("POST", `${zone}/records`, {
        name: "team",
        type: "NS",
        content: "ns.example.net.",
      });
    expect(await hide()).toMatchObject({
      status: 403,
      body: { refused: [{ name: "host.team.levels.example.", act: "delete", needs: "full" }] },
    });
    await put(person, { level: "full", names: ["team", "**.team"] });
    expect((await hide()).status).toBe(201);
  });

  test.each([
    ["a pattern that is none", { level: "edit", names: ["a*b.**.**"] }, "names.0"],
    ["a name outside the zone", { level: "edit", names: ["www.example.net."] }, "names.0"],
    ["a type that is none", { level: "edit", types: ["A B"] }, "types.0"],
    ["51 patterns", { level: "edit", names: Array.from({ length: 51 }, (_, n) => `n${n}`) }, "names"],
    ["view narrowed", { level: "view", names: ["www"] }, "names"],
    ["a level that is none", { level: "write" }, "level"],
  ])("cannot be %s", async (_what, body, field) => {
    const person = await member(`Refused ${++sequence}`);
    const before = state();
    const answer = await put(person, body);
    expect(answer).toMatchObject({
      status: 422,
      body: { fields: expect.objectContaining({ [field]: expect.any(String) }) },
    });
    expect(state()).toBe(before);
  });
});

describe("the ladder", () => {
  const row = (person: Person) => `${zone}/permissions/${person.id}`;

  test("a row that has expired counts no more", async () => {
    const person = await member("Expiring");
    const soon = Date.now() + 3_600_000;
    expect(await owner.call("PUT", row(person), { level: "full", expiresAt: soon })).toMatchObject({
      status: 200,
      body: { level: "full", own: { expiresAt: soon, expired: false } },
    });
    const add = async (content: string) =>
      (await person.call("POST", `${zone}/records`, { name: "expiring", type: "A", content })).status;
    expect(await add("192.0.2.1")).toBe(201);
    sql("update zone_permissions set expires_at = ? where user_id = ?", Date.now() - 1, person.id);
    expect([await add("192.0.2.2"), (await person.call("GET", zone)).status], "back to the member default").toEqual([
      403, 200,
    ]);
    await owner.call("PATCH", acme, { memberDefault: "none" });
    try {
      expect([await add("192.0.2.2"), (await person.call("GET", zone)).status]).toEqual([404, 404]);
      expect((await person.call<{ total: number }>("GET", "/dns/zones")).body.total).toBe(0);
    } finally {
      await owner.call("PATCH", acme, { memberDefault: "view" });
    }
  });

  test("a row below the member default cannot expire, nor one in the past", async () => {
    const person = await member("Lowered");
    const later = Date.now() + 3_600_000;
    expect(await owner.call("PUT", row(person), { level: "none", expiresAt: later })).toMatchObject({
      status: 422,
      body: { fields: { expiresAt: expect.stringMatching(/cannot expire/) } },
    });
    expect(await owner.call("PUT", row(person), { level: "edit", expiresAt: Date.now() - 1 })).toMatchObject({
      status: 422,
      body: { fields: { expiresAt: expect.any(String) } },
    });
    expect((await owner.call("PUT", row(person), { level: "view", expiresAt: later })).status).toBe(200);
    expect((await owner.call("PUT", row(person), { level: "none" })).status).toBe(200);
    expect((await person.call("GET", zone)).status).toBe(404);
  });

  test("says what somebody has by default, and audits both ways what was and is", async () => {
    const person = await member("Audited");
    const given = await owner.call("PUT", row(person), { level: "edit", names: ["www"], types: ["A"] });
    expect(given).toMatchObject({ body: { userId: person.id, role: "member", inherited: "view", level: "edit" } });
    expect(await owner.call("DELETE", row(person))).toMatchObject({ status: 200, body: { level: "view", own: null } });
    expect((await owner.call("DELETE", row(person))).status).toBe(404);
    const noted = sql(
      "select action, as_staff, before, after, organisation_id from audit_log where target_type = 'zone_permission' and target_label like 'audited@%' order by id",
    );
    expect(noted).toMatchObject([
      { action: "dns.setPermission", as_staff: 0, before: null, organisation_id: organisation.id },
      { action: "dns.clearPermission", as_staff: 0, organisation_id: organisation.id },
    ]);
    expect(JSON.parse(String(noted[0]?.after))).toEqual({
      level: "edit",
      names: ["www"],
      types: ["A"],
      expiresAt: null,
    });
    expect(JSON.parse(String(noted[1]?.before))).toMatchObject({ level: "edit", names: ["www"] });
    expect(JSON.parse(String(noted[1]?.after))).toEqual({ level: "view", inherited: true });
    await the("dns:manage").call("PUT", row(person), { level: "edit" });
    expect(sql("select as_staff from audit_log order by id desc limit 1")).toEqual([{ as_staff: 1 }]);
  });

  test("lists everybody in the organisation, and only them get rows", async () => {
    const listed = await owner.call<{ items: { email: string; level: string; inherited: string }[]; total: number }>(
      "GET",
      `${zone}/permissions?perPage=200`,
    );
    expect(listed.body.total).toBe(
      sql("select 1 from organisation_members where organisation_id = ?", organisation.id).length,
    );
    const levels = new Map(listed.body.items.map((item) => [item.email, item.level]));
    expect(
      ["owner", "admin", "level.none", "level.view", "level.edit", "level.full"].map((name) =>
        levels.get(`${name}@example.org`),
      ),
    ).toEqual(["full", "full", "none", "view", "edit", "full"]);
    expect((await owner.call("PUT", row(the("stranger")), { level: "view" })).status).toBe(404);
    expect(await owner.call("PUT", row(the("admin")), { level: "view" })).toMatchObject({
      status: 409,
      body: { code: "conflict" },
    });
  });

  test("a row of one zone says nothing of another", async () => {
    expect((await owner.call("POST", `${acme}/dns/zones`, { name: "other.example", connection: "local" })).status).toBe(
      201,
    );
    try {
      const other = `${acme}/dns/zones/other.example`;
      expect(
        (await the("full").call("POST", `${other}/records`, { name: "x", type: "A", content: "192.0.2.1" })).status,
      ).toBe(403);
      expect((await the("none").call("GET", other)).status).toBe(200);
    } finally {
      sql("delete from zones where name = 'other.example.'");
    }
  });

  test("flags off the ladder cannot be in the database", () => {
    const [known] = sql("select id from zones");
    for (const flags of ["0, 1, 0", "0, 0, 1", "1, 0, 1", "2, 0, 0", "0, 1, 1"]) {
      expect(() =>
        sql(
          `insert into zone_permissions (zone_id, user_id, can_view, can_modify, can_delete, created_at) values (?, ?, ${flags}, 0)`,
          known?.id,
          the("stranger").id,
        ),
      ).toThrow(/CHECK/);
    }
  });
});

test("what SQL lists is what the ladder says, whatever somebody has", async () => {
  const { listZones, loadZone } = await import("#lib/dns/zones.ts");
  const { summaryOf } = await import("#lib/organisations/organisations.ts");
  const { setSetting } = await import("#lib/settings/settings.ts");
  const { compileGrants } = await import("#lib/access/permissions.ts");
  const user = await panel.person("Anybody");
  const made = (
    await the("admin").call<{ id: string }>("POST", "/organisations", { name: "Sampled", handle: "sampled" })
  ).body;
  const zoneId = (
    await the("admin").call<{ id: string }>("POST", "/organisations/sampled/dns/zones", {
      name: "sampled.example",
      connection: "local",
    })
  ).body.id;
  const levels = fc.constantFrom<Level>("none", "view", "edit", "full");
  const standing = fc.record({
    role: fc.constantFrom("owner", "admin", "member", null),
    memberDefault: levels,
    guests: fc.constantFrom("allowed", "allowed", "forbidden"),
    feature: fc.constantFrom(true, true, false),
    row: fc.option(
      fc.record({
        level: levels,
        expires: fc.constantFrom(null, -1000, 60_000),
        names: fc.subarray(["www", "**"]),
        types: fc.subarray(["A", "TXT"]),
      }),
      { nil: null },
    ),
    grants: fc.subarray(
      ["dns:read", "dns:write", "dns:delete", "dns:manage", "dns:connections", "dns:*", "*", "org:read", "soc:read"],
      { maxLength: 3 },
    ),
  });
  const seen = new Set<string>();
  fc.assert(
    fc.property(standing, ({ role, memberDefault, guests, feature, row, grants }) => {
      setSetting("feature.guests", feature);
      sql("delete from organisation_members where organisation_id = ?", made.id);
      sql("delete from zone_permissions where zone_id = ?", zoneId);
      sql("update organisations set member_default = ?, guests = ? where id = ?", memberDefault, guests, made.id);
      if (role)
        sql(
          "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, ?, 0)",
          made.id,
          user.id,
          role,
        );
      if (row) {
        const rank = ["none", "view", "edit", "full"].indexOf(row.level);
        sql(
          "insert into zone_permissions (zone_id, user_id, can_view, can_modify, can_delete, names, types, expires_at, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, 0)",
          zoneId,
          user.id,
          Number(rank > 0),
          Number(rank > 1),
          Number(rank > 2),
          JSON.stringify(row.names),
          JSON.stringify(row.types),
          row.expires === null ? null : Date.now() + row.expires,
        );
      }
      const actor = { ...panel.system, type: "user" as const, id: user.id, grants: compileGrants(grants) };
      const { access } = loadZone("sampled", "sampled.example", actor);
      const listed = listZones({ page: 1, perPage: 50, sort: "name", q: "sampled" }, actor, null);
      seen.add(role === null && access.source === "row" ? "guest" : access.level);
      expect(listed.items.map(({ level, manage }) => ({ level, manage }))).toEqual(
        access.level === "none" ? [] : [{ level: access.level, manage: access.manage }],
      );
      expect([
        listed.total,
        listZones({ page: 1, perPage: 50, sort: "name", q: "" }, actor, made.id).total,
        summaryOf(made.id, actor).zones,
      ]).toEqual(Array(3).fill(access.level === "none" ? 0 : 1));
    }),
    { numRuns: 500 },
  );
  setSetting("feature.guests", true);
  expect([...seen].toSorted()).toEqual(["edit", "full", "guest", "none", "view"]);
});

describe("the setting zone_claims", () => {
  test("proof: only staff make zones at once; trusted: owners and admins do, members never", async () => {
    const { setSetting } = await import("#lib/settings/settings.ts");
    const create = (person: Person, name: string) =>
      person.call("POST", `${acme}/dns/zones`, { name, connection: "local" });
    setSetting("zone_claims", "proof");
    try {
      for (const standing of ["owner", "admin"] as const) {
        expect(await create(the(standing), `claimed-${standing}.example`)).toMatchObject({
          status: 201,
          body: { status: "pending" },
        });
        const choices = await the(standing).call<{ items: object[] }>("GET", `${acme}/dns/connections`);
        expect(choices).toMatchObject({ body: { mayCreate: true, reason: null } });
        expect(choices.body.items).toContainEqual(expect.objectContaining({ id: "local", proof: true }));
      }
      expect((await create(the("full"), "claimed-full.example")).status).toBe(403);
      expect(sql("select 1 from zones where name like 'claimed-%' and reserved = 1")).toEqual([]);
      sql("delete from zones where name like 'claimed-%'");
      const staff = await panel.person("Approving staff", ["dns:manage", "org:write"]);
      expect((await create(staff, "approved.example")).status).toBe(201);
      expect(sql("select action, as_staff from audit_log order by id desc limit 1")).toEqual([
        { action: "dns.create", as_staff: 1 },
      ]);
    } finally {
      setSetting("zone_claims", "trusted");
    }
    expect((await create(the("full"), "claimed.example")).status).toBe(403);
    expect((await create(the("admin"), "claimed.example")).status).toBe(201);
    sql("delete from zones where name in ('claimed.example.', 'approved.example.')");
  });
});
