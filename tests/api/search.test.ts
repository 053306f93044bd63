/** Searching records over every zone: what is found, in which order, and by whom. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";

interface Hit {
  name: string;
  type: string;
  relative: string;
  level: string;
  zone: { name: string; organisation: { handle: string } };
  records: { content: string }[];
  others: number;
}
type Answer = { items: Hit[]; more: boolean };

let panel: Panel;
let root: Person;
let clara: Person;
let other: Person;

const zone = (handle: string, name: string) => `/organisations/${handle}/dns/zones/${name}`;
const set = (name: string, type: string, ...contents: string[]) => ({
  name,
  type,
  ttl: 300,
  records: contents.map((content) => ({ content })),
});

beforeAll(async () => {
  panel = await startPanel({ LOG_LEVEL: "silent" });
  const { setSetting } = await import("#lib/settings/settings.ts");
  setSetting("zone_claims", "trusted");
  root = await panel.person("Root", "root");
  clara = await panel.person("Clara");
  other = await panel.person("Other");
  for (const [person, handle] of [
    [clara, "north"],
    [other, "south"],
  ] as const)
    await person.call("POST", "/organisations", { name: handle, handle });
  await make(clara, "north", "alpha.example", [
    set("mail", "A", "192.0.2.1"),
    set("mailman", "A", "192.0.2.2"),
    set("old-mail", "CNAME", "mail.alpha.example."),
    set("www", "A", "192.0.2.3", "192.0.2.4", "192.0.2.5", "192.0.2.6"),
    set("@", "TXT", `"v=spf1 include:mail.partner.example -all"`),
    set("münchen", "A", "192.0.2.80"),
    set("k1._domainkey", "TXT", `"v=DKIM1; p=${"a".repeat(240)}MARK" "ED${"b".repeat(50)}"`),
    set("grüße", "TXT", '"sch\\195\\182ne gr\\195\\188\\195\\159e"'),
    set("db", "A", "10.0.0.1"),
  ]);
  await make(other, "south", "beta.example", [set("mail", "A", "198.51.100.1"), set("hidden-thing", "A", "10.9.9.9")]);
});
afterAll(() => panel.close());

async function make(person: Person, handle: string, name: string, rrsets: object[]): Promise<void> {
  const made = await person.call("POST", `/organisations/${handle}/dns/zones`, { name, connection: "local" });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const filled = await person.call("POST", `${zone(handle, name)}/changes`, { rrsets });
  expect(filled.status, JSON.stringify(filled.body)).toBe(200);
}

async function find(person: Pick<Person, "call">, q: string, rest: Record<string, string> = {}): Promise<Answer> {
  const answer = await person.call<Answer>("GET", `/dns/search?${new URLSearchParams({ q, ...rest })}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}
const names = ({ items }: Answer) => items.map(({ name, type }) => `${name} ${type}`);

test("what a deleted zone held is not found, and hides nothing that is", async () => {
  const hosts = (prefix: string, name: (index: number) => string) =>
    Array.from({ length: 150 }, (_, index) => set(name(index), "TXT", `"${prefix}"`));
  const at = "deleted.example";
  await make(
    clara,
    "north",
    "before.example",
    hosts("x-lantern-x", (index) => `x${index}`),
  );
  await make(
    clara,
    "north",
    at,
    hosts("lantern", (index) => `lantern${index}.lantern`),
  );
  await make(clara, "north", "behind.example", [set("lantern", "A", "192.0.2.1")]);
  const best = async (person: Person) => (await find(person, "lantern", { limit: "3" })).items[0]?.name;
  expect((await find(clara, "lantern0.lantern")).items).toHaveLength(1);
  const { id } = (await clara.call<{ id: string }>("GET", zone("north", at))).body;
  expect((await clara.call("DELETE", zone("north", at), { name: at })).status).toBe(200);
  for (const person of [clara, root]) {
    expect(await find(person, "lantern0.lantern")).toMatchObject({ items: [], more: false });
    expect(await best(person)).toBe("lantern.behind.example.");
  }
  expect((await clara.call("POST", `/organisations/north/dns/deleted-zones/${id}/restore`, {})).status).toBe(201);
  for (const person of [clara, root]) expect((await find(person, "lantern0.lantern")).items).toHaveLength(1);
  for (const name of ["before.example", at, "behind.example"])
    expect((await clara.call("DELETE", zone("north", name), { name })).status).toBe(200);
});

describe("what is found", () => {
  test("the name itself first, then what begins with it, then the rest", async () => {
    expect(names(await find(clara, "mail"))).toEqual(
      ["mail.alpha.example. A", "mailman.alpha.example. A", "old-mail.alpha.example. CNAME", "alpha.example. TXT"].sort(
        (a, b) => order.indexOf(a) - order.indexOf(b),
      ),
    );
  });
  const order = [
    "mail.alpha.example. A",
    "mailman.alpha.example. A",
    "old-mail.alpha.example. CNAME",
    "alpha.example. TXT",
  ];

  test.each([
    ["values", "192.0.2.3", ["www.alpha.example. A"]],
    ["parts of values", "partner.exa", ["alpha.example. TXT"]],
    ["whole names", "www.alpha.example", ["www.alpha.example. A"]],
    ["whole names with their dot", "www.alpha.example.", ["www.alpha.example. A"]],
    ["the beginning of a whole name", "www.alp", ["www.alpha.example. A"]],
    ["any case", "MAILMAN", ["mailman.alpha.example. A"]],
    ["a text over the joint of its strings", "MARKED", ["k1._domainkey.alpha.example. TXT"]],
    ["the beginning of a text", "v=DKIM1;", ["k1._domainkey.alpha.example. TXT"]],
    ["U-labels", "münchen", ["xn--mnchen-3ya.alpha.example. A"]],
    ["whole names with U-labels", "münchen.alpha.example", ["xn--mnchen-3ya.alpha.example. A"]],
    ["a part of a U-label", "ünche", ["xn--mnchen-3ya.alpha.example. A"]],
    ["texts that are not ASCII", "schöne grüße", ["xn--gre-6ka8l.alpha.example. TXT"]],
    ["two characters: what begins with them", "db", ["db.alpha.example. A"]],
    ["quotes, as in presentation form", '"v=DKIM1', ["k1._domainkey.alpha.example. TXT"]],
    ["nothing where there is nothing", "zzz-nowhere", []],
  ])("%s", async (_what, q, expected) => {
    expect(names(await find(clara, q))).toEqual(expected);
  });

  test("only the types that are asked for, in the text or beside it", async () => {
    expect(names(await find(clara, "mail type:cname"))).toEqual(["old-mail.alpha.example. CNAME"]);
    expect(names(await find(clara, "mail", { type: "TXT" }))).toEqual(["alpha.example. TXT"]);
    expect(names(await find(clara, "type:CNAME"))).toEqual(["old-mail.alpha.example. CNAME"]);
  });

  test("the records that were looked for, and how many others the set has", async () => {
    const [hit] = (await find(clara, "192.0.2.5")).items;
    expect(hit).toMatchObject({ records: [{ content: "192.0.2.5" }], others: 3, level: "full" });
    const [named] = (await find(clara, "www")).items;
    expect(named).toMatchObject({ others: 1, relative: "www", zone: { organisation: { handle: "north" } } });
  });

  test("at most as many as asked for, and whether there are others", async () => {
    const { items, more } = await find(clara, "mail", { limit: "2" });
    expect(items.map(({ relative }) => relative)).toEqual(["mail", "mailman"]);
    expect(more).toBe(true);
  });

  test("nothing to search for is said at the field", async () => {
    const answer = await clara.call("GET", "/dns/search?q=%20");
    expect(answer).toMatchObject({ status: 422, body: { fields: { q: "Enter what to search for." } } });
  });

  test.each(['"', "''", "* OR a", "a\u0003b\u0002", "NEAR(a b)", "text:mail", "a\\", "%%%", "-mail"])(
    "%j is text and no language",
    async (q) => {
      const answer = await clara.call<Partial<Answer>>("GET", `/dns/search?${new URLSearchParams({ q })}`);
      expect([200, 422], JSON.stringify(answer.body)).toContain(answer.status);
      expect((answer.body.items ?? []).length).toBeLessThan(5);
    },
  );
});

describe("what changes is found as it is", () => {
  test("added, changed and removed", async () => {
    const change = (body: object) => clara.call("POST", `${zone("north", "alpha.example")}/changes`, body);
    expect((await change({ rrsets: [set("fleeting", "A", "192.0.2.200")] })).status).toBe(200);
    expect(names(await find(clara, "192.0.2.200"))).toEqual(["fleeting.alpha.example. A"]);
    expect((await change({ rrsets: [set("fleeting", "A", "192.0.2.201")] })).status).toBe(200);
    expect(names(await find(clara, "192.0.2.200"))).toEqual([]);
    expect(names(await find(clara, "192.0.2.201"))).toEqual(["fleeting.alpha.example. A"]);
    expect((await change({ deletions: [{ name: "fleeting", type: "A" }] })).status).toBe(200);
    expect(names(await find(clara, "fleeting"))).toEqual([]);
  });
});

describe("whose", () => {
  test("everybody finds what they can view, and staff everything", async () => {
    expect(names(await find(other, "mail"))).toEqual(["mail.beta.example. A"]);
    expect(names(await find(clara, "hidden-thing"))).toEqual([]);
    expect(names(await find(clara, "mail.beta.example"))).toEqual([]);
    const all = names(await find(root, "mail"));
    expect(all).toEqual(expect.arrayContaining(["mail.alpha.example. A", "mail.beta.example. A"]));
    const stranger = await panel.person("Stranger");
    expect(names(await find(stranger, "mail"))).toEqual([]);
    expect((await panel.call("GET", "/dns/search?q=mail")).status).toBe(401);
  });

  test("a token finds what its rules open, record by record, and is told of nothing else", async () => {
    const { id } = (await clara.call<{ id: string }>("GET", zone("north", "alpha.example"))).body;
    const rules = [{ zone: id, name: "mail", type: null, level: "view" }];
    const made = await clara.call<{ token: string }>("POST", "/account/tokens", {
      name: "one name",
      mode: "listed",
      zones: rules,
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const token: Pick<Person, "call"> = {
      call: (method, target, body) => panel.call(method, target, body, { authorization: `Bearer ${made.body.token}` }),
    };
    expect(await find(token, "mail")).toMatchObject({ items: [{ relative: "mail" }], more: false });
    expect(await find(token, "www")).toEqual({ items: [], more: false });
    expect(await find(token, "www.alpha.example")).toEqual({ items: [], more: false });
    // With more that is hidden than is asked for, nothing says so.
    expect(await find(token, "192.0.2", { limit: "1" })).toMatchObject({ items: [{ relative: "mail" }], more: false });
  });
});

test("among many zones somebody finds their few", async () => {
  const { db, transaction } = await import("#db/client.ts");
  const { putRRset } = await import("#lib/dns/mirror.ts");
  const idOf = (handle: string) =>
    db().$client.prepare("select id from organisations where handle = ?").pluck().get(handle) as string;
  transaction((tx) => {
    const insert = db().$client.prepare(
      "insert into zones (id, organisation_id, connection, name, external_id, origin, status, created_at) values (?, ?, 'local', ?, ?, 'created', 'active', 0)",
    );
    for (let index = 0; index < 400; index++) {
      const name = `many-${index}.example.`;
      // Every third is Clara's: too many pieces to be asked one by one.
      insert.run(`many-${index}`, idOf(index % 3 === 0 ? "north" : "south"), name, `many-${index}`);
      const owner = index === 399 ? `needle.${name}` : `common-${index}.${name}`;
      for (const label of [owner, `thing.${name}`])
        putRRset(tx, `many-${index}`, name, { name: label, type: "A", ttl: 60, records: [{ content: "203.0.113.7" }] });
    }
  });
  const asExpected = async () => {
    expect(names(await find(clara, "needle"))).toEqual(["needle.many-399.example. A"]);
    const common = await find(clara, "common-", { limit: "50" });
    expect(common.items).toHaveLength(50);
    expect(common.more).toBe(true);
    expect(new Set(common.items.map(({ zone }) => zone.organisation.handle))).toEqual(new Set(["north"]));
    expect(names(await find(clara, "common-398"))).toEqual([]);
    expect(names(await find(other, "common-398"))).toEqual(["common-398.many-398.example. A"]);
    expect((await find(clara, "thing", { limit: "50" })).items.every(({ relative }) => relative === "thing")).toBe(
      true,
    );
    // Among more than is shown, and behind most of it.
    expect((await find(clara, "common", { limit: "3" })).items[0]).toMatchObject({ relative: "common" });
    expect((await find(clara, "203.0.113.77", { limit: "1" })).items[0]).toMatchObject({ relative: "other-value" });
  };
  const last = [
    ["common", "192.0.2.250"],
    ["other-value", "203.0.113.77"],
  ] as const;
  transaction((tx) => {
    for (const [label, content] of last) {
      const name = `${label}.many-399.example.`;
      putRRset(tx, "many-399", "many-399.example.", { name, type: "A", ttl: 60, records: [{ content }] });
    }
  });
  await asExpected();
  // With more than is read through, the index is asked.
  const { READ_THROUGH } = await import("#lib/dns/search/read-through.ts");
  const counted = db().$client.prepare(
    "update zones set record_count = record_count + ? where id in ('many-0', 'many-1')",
  );
  counted.run(READ_THROUGH);
  await asExpected();
  counted.run(-READ_THROUGH);
});

test("what is read through is what the index finds", async () => {
  const { db } = await import("#db/client.ts");
  const { READ_THROUGH } = await import("#lib/dns/search/read-through.ts");
  const counted = db().$client.prepare(
    "update zones set record_count = record_count + ? where name = 'alpha.example.'",
  );
  const terms = [
    ...["mail", "mail.", "ail", "10", "0", "b", "db", "w", "www", "@", "alpha", "alpha.example", "alpha.example."],
    ...["k1._domainkey.alpha.example", "www.alpha.ex", "old-mail.alp", "ail.alpha.example", "mail.alpha.example."],
    ...[
      "v=spf1 include:mail.partner.example",
      "spf1 include:mail.partner.ex",
      '"v=DKIM1; p=aaa',
      "MARKED",
      "aaaaaaaaaaaaaMARK",
    ],
    ...[
      "schöne",
      "grüße",
      "ünche",
      "xn--",
      "nchen-3ya",
      "192.0.2.3",
      "192.0.2",
      "2.3",
      "type:A",
      "type:A 192",
      "%",
      "_do",
      "k_",
    ],
  ];
  for (const q of terms) {
    const read = await find(clara, q, { limit: "50" });
    counted.run(READ_THROUGH);
    const asked = await find(clara, q, { limit: "50" });
    counted.run(-READ_THROUGH);
    expect(asked.more, q).toBe(read.more);
    expect(names(asked).toSorted(), q).toEqual(names(read).toSorted());
  }
});

describe("in one zone", () => {
  type Page = {
    items: { relative: string; type: string }[];
    total: number;
    capped: boolean;
    types: { type: string; count: number | null }[];
  };
  const page = async (person: Pick<Person, "call">, name: string, query: Record<string, string>): Promise<Page> => {
    const answer = await person.call<Page>("GET", `${zone("north", name)}/rrsets?${new URLSearchParams(query)}`);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  };
  const relatives = ({ items }: Page) => items.map(({ relative, type }) => `${relative} ${type}`);

  test("the same is found, in the list's own order and with its total", async () => {
    const found = await page(clara, "alpha.example", { q: "mail" });
    expect(relatives(found)).toEqual(["@ TXT", "mail A", "mailman A", "old-mail CNAME"]);
    expect(found).toMatchObject({ total: 4, capped: false });
    expect(found.types).toEqual([
      { type: "A", count: 2 },
      { type: "CNAME", count: 1 },
      { type: "TXT", count: 1 },
    ]);
    expect(relatives(await page(clara, "alpha.example", { q: "mail", type: "a", sort: "-name" }))).toEqual([
      "mailman A",
      "mail A",
    ]);
    expect(relatives(await page(clara, "alpha.example", { q: "type:txt" }))).toHaveLength(3);
  });

  test.each([
    ["www.alpha.example", ["www A"]],
    ["www.al", ["www A"]],
    ["alpha.example.", ["@ NS", "@ SOA", "@ TXT", "old-mail CNAME"]],
    ["ünche", ["xn--mnchen-3ya A"]],
    ["db", ["db A"]],
    ["10", ["db A"]],
    ["b", []],
    ["content", []],
  ])("%s", async (q, expected) => {
    expect(relatives(await page(clara, "alpha.example", { q }))).toEqual(expected);
  });

  test("what most of a large zone has is read in order, and not counted to the end", async () => {
    const { db, transaction } = await import("#db/client.ts");
    const { putRRset } = await import("#lib/dns/mirror.ts");
    const { id } = (await clara.call<{ id: string }>("GET", zone("north", "alpha.example"))).body;
    const apex = "alpha.example.";
    const hosts = Array.from({ length: 2100 }, (_, index) => `host-${String(index).padStart(4, "0")}`);
    transaction((tx) => {
      for (const host of hosts.toReversed())
        putRRset(tx, id, apex, { name: `${host}.${apex}`, type: "A", ttl: 60, records: [{ content: "203.0.113.9" }] });
      for (const host of hosts)
        putRRset(tx, id, apex, {
          name: `x${host}.${apex}`,
          type: "CAA",
          ttl: 60,
          records: [{ content: '0 issue "ca.test"' }],
        });
      putRRset(tx, id, apex, { name: `odd.${apex}`, type: "TXT", ttl: 60, records: [{ content: '"host-\\"x" "y"' }] });
    });
    const first = await page(clara, "alpha.example", { q: "host-", perPage: "3" });
    expect(relatives(first)).toEqual(["host-0000 A", "host-0001 A", "host-0002 A"]);
    expect(first).toMatchObject({ capped: true, total: 2000 });
    expect(first.types).toContainEqual({ type: "A", count: null });
    expect(relatives(await page(clara, "alpha.example", { q: "host-", perPage: "2", sort: "-name" }))).toEqual([
      "xhost-2099 CAA",
      "xhost-2098 CAA",
    ]);
    // Across a quote, too.
    const authorities = await page(clara, "alpha.example", { q: "issue ca.", perPage: "2" });
    expect(relatives(authorities)).toEqual(["xhost-0000 CAA", "xhost-0001 CAA"]);
    expect(authorities).toMatchObject({ capped: true });
    const typed = await page(clara, "alpha.example", { q: "host-", type: "TXT" });
    expect(relatives(typed)).toEqual(["odd TXT"]);
    expect(typed).toMatchObject({ total: 1, capped: false });
    const records = await clara.call<{ total: number; capped: boolean }>(
      "GET",
      `${zone("north", "alpha.example")}/records?q=203.0.113.9&perPage=1`,
    );
    expect(records.body).toMatchObject({ capped: true, items: [{ name: `host-0000.${apex}` }] });
    db().$client.prepare("delete from rrset_rows where name like '%host-%'").run();
    expect((await page(clara, "alpha.example", { q: "host-" })).total).toBe(1);
  });
});
