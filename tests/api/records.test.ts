import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { startPowerDns } from "../support/powerdns.ts";

let panel: Panel;
let powerdns: Awaited<ReturnType<typeof startPowerDns>>;
let root: Person;
const zone = "/organisations/acme/dns/zones/example.org";

beforeAll(async () => {
  powerdns = await startPowerDns();
  panel = await startPanel({ POWERDNS_API_URL: powerdns.apiUrl, POWERDNS_API_KEY: powerdns.apiKey });
  root = await panel.person("Root", "root");
  expect((await root.call("POST", "/organisations", { name: "Acme", handle: "acme" })).status).toBe(201);
  const made = await root.call("POST", "/organisations/acme/dns/zones", { name: "Example.ORG" });
  expect(made).toMatchObject({ status: 201, body: { name: "example.org.", connection: "powerdns", status: "active" } });
});

afterAll(async () => {
  await panel?.close();
  await powerdns?.stop();
});

describe("one record", () => {
  test("is added, answered by PowerDNS, listed, replaced and removed", async () => {
    const added = await root.call<{ id: string }>("POST", `${zone}/records`, {
      name: "www",
      type: "A",
      ttl: 300,
      content: "192.0.2.1",
    });
    expect(added).toMatchObject({
      status: 201,
      body: { name: "www.example.org.", type: "A", ttl: 300, content: "192.0.2.1", state: "applied" },
    });
    expect(await powerdns.query("www.example.org", "A")).toEqual(["192.0.2.1"]);
    const listed = await root.call<{ items: { id: string }[] }>("GET", `${zone}/records?q=www`);
    expect(listed.body.items).toMatchObject([{ id: added.body.id, content: "192.0.2.1" }]);

    const replaced = await root.call<{ id: string }>("PUT", `${zone}/records/${added.body.id}`, {
      name: "www",
      type: "A",
      content: "192.0.2.2",
    });
    expect(replaced).toMatchObject({ status: 200, body: { content: "192.0.2.2", ttl: 300 } });
    expect(await powerdns.query("www.example.org", "A")).toEqual(["192.0.2.2"]);

    expect((await root.call("DELETE", `${zone}/records/${replaced.body.id}`)).status).toBe(200);
    expect(await powerdns.query("www.example.org", "A")).toEqual([]);
    expect((await root.call("DELETE", `${zone}/records/${replaced.body.id}`)).status).toBe(404);
  });

  test("is found by its id wherever it stands in its RRset, and along an index", async () => {
    const contents = ["192.0.2.31", "192.0.2.32", "192.0.2.33"];
    const records = contents.map((content) => ({ content }));
    const rrsets = [
      { name: "three", type: "A", ttl: 300, records },
      { name: "three", type: "TXT", ttl: 300, records: [{ content: '"one"' }] },
    ];
    expect((await root.call("POST", `${zone}/changes`, { rrsets })).status).toBe(200);
    const { items } = (await root.call<{ items: { id: string; content: string }[] }>("GET", `${zone}/records?q=three`))
      .body;
    const { db } = await import("#db/client.ts");
    const client = db().$client;
    const { prepare } = client;
    const texts: string[] = [];
    client.prepare = ((text: string) => {
      texts.push(text);
      return prepare.call(client, text);
    }) as typeof prepare;
    try {
      for (const { id, content } of items.toReversed())
        expect(await root.call("DELETE", `${zone}/records/${id}`)).toMatchObject({
          status: 200,
          body: { id, content },
        });
      for (const id of [items[0]?.id, "x", '"', "%"])
        expect((await root.call("DELETE", `${zone}/records/${encodeURIComponent(id ?? "")}`)).status).toBe(404);
    } finally {
      client.prepare = prepare;
    }
    const asked = [
      ...new Set(texts.filter((text) => /^select .*(?:from "record_ids"|instr\(|json_each\("rrsets")/s.test(text))),
    ];
    const plans = asked.map((text) =>
      client
        .prepare(`explain query plan ${text}`)
        .all(...Array(text.split("?").length - 1).fill("x"))
        .map((step) => (step as { detail: string }).detail)
        .join(),
    );
    expect(plans).toEqual([expect.stringMatching(/SEARCH record_ids USING PRIMARY KEY \(generation=\? AND id=\?\)/)]);
  });

  test("the zone and its SOA say the serial that PowerDNS serves after it, without a refresh", async () => {
    const serials = async () => {
      const [soa] = (await powerdns.query("example.org", "SOA")) as { serial: number }[];
      const opened = await root.call<{ serial: number }>("GET", zone);
      const listed = await root.call<{ items: { content: string }[] }>("GET", `${zone}/records?type=SOA`);
      return [soa?.serial, opened.body.serial, Number(listed.body.items[0]?.content.split(" ")[2])];
    };
    const [before] = await serials();
    await root.call("POST", `${zone}/records`, { name: "serial", type: "A", ttl: 60, content: "192.0.2.9" });
    const [served, ...shown] = await serials();
    expect(served).toBeGreaterThan(before ?? 0);
    expect(shown).toEqual([served, served]);
  });

  test("twenty appended at once to one set are all there", async () => {
    const addresses = Array.from({ length: 20 }, (_, index) => `198.51.100.${index + 1}`);
    const answers = await Promise.all(
      addresses.map((content) => root.call("POST", `${zone}/records`, { name: "many", type: "A", ttl: 60, content })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(addresses.map(() => 201));
    expect(((await powerdns.query("many.example.org", "A")) as string[]).toSorted()).toEqual(addresses.toSorted());
    const history = await root.call<{ total: number }>("GET", `${zone}/changes?name=many`);
    expect(history.body.total).toBe(20);
  });
});

describe("a set of changes", () => {
  test("is previewed without being applied, then applied, then empty", async () => {
    const body = {
      rrsets: [
        { name: "mail", type: "A", ttl: 3600, records: [{ content: "192.0.2.25" }] },
        { name: "@", type: "MX", ttl: 3600, records: [{ content: "10 mail.example.org." }] },
        { name: "@", type: "TXT", ttl: 3600, records: [{ text: 'v=spf1 mx -all; "quoted" \\ and ü' }] },
      ],
    };
    const preview = await root.call<{ plan: unknown[] }>("POST", `${zone}/changes`, { ...body, dryRun: true });
    expect(preview).toMatchObject({ status: 200, body: { dryRun: true, refused: [], errors: [], steps: 1 } });
    expect(preview.body.plan).toHaveLength(3);
    expect(await powerdns.query("mail.example.org", "A")).toEqual([]);
    expect(await root.call("POST", `${zone}/changes`, body)).toMatchObject({
      status: 200,
      body: { state: "applied", differs: [] },
    });
    expect(await powerdns.query("mail.example.org", "A")).toEqual(["192.0.2.25"]);
    expect(await root.call("POST", `${zone}/changes`, body)).toMatchObject({ body: { change: null, plan: [] } });
  });

  test("stops when what the caller had seen has moved, and says what is there now", async () => {
    await root.call("POST", `${zone}/records`, { name: "seen", type: "A", content: "192.0.2.1" });
    const seen = await root.call<{ items: { hash: string }[] }>("GET", `${zone}/rrsets?q=seen`);
    await root.call("POST", `${zone}/records`, { name: "seen", type: "A", content: "192.0.2.2" });
    const answer = await root.call("POST", `${zone}/changes`, {
      rrsets: [{ name: "seen", type: "A", ttl: 60, records: [{ content: "192.0.2.9" }] }],
      expect: [{ name: "seen", type: "A", hash: seen.body.items[0]?.hash }],
    });
    expect(answer).toMatchObject({
      status: 409,
      body: { code: "zone_moved", conflicts: [{ name: "seen.example.org.", now: { records: [{}, {}] } }] },
    });
    expect(((await powerdns.query("seen.example.org", "A")) as string[]).toSorted()).toEqual([
      "192.0.2.1",
      "192.0.2.2",
    ]);
  });

  test("brakes before it deletes much of the zone", async () => {
    const rrsets = Array.from({ length: 40 }, (_, index) => ({
      name: `b${index}`,
      type: "A",
      ttl: 60,
      records: [{ content: "192.0.2.1" }],
    }));
    expect((await root.call("POST", `${zone}/changes`, { rrsets })).status).toBe(200);
    const deletions = rrsets.map(({ name, type }) => ({ name, type }));
    expect(await root.call("POST", `${zone}/changes`, { deletions })).toMatchObject({
      status: 409,
      body: { code: "confirm_required", brake: { touched: 40 } },
    });
    expect((await root.call("POST", `${zone}/changes`, { deletions, confirm: true })).status).toBe(200);
  });

  test("what changed behind the panel's back is found and journaled before a write", async () => {
    await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones/example.org.`, {
      method: "PATCH",
      headers: { "x-api-key": powerdns.apiKey },
      body: JSON.stringify({
        rrsets: [
          {
            name: "outside.example.org.",
            type: "A",
            ttl: 60,
            changetype: "REPLACE",
            records: [{ content: "203.0.113.7", disabled: false }],
          },
        ],
      }),
    });
    await root.call("POST", `${zone}/records`, { name: "outside", type: "A", content: "203.0.113.8" });
    const history = await root.call<{ items: { kind: string }[] }>("GET", `${zone}/changes?name=outside`);
    expect(history.body.items.map((entry) => entry.kind)).toEqual(["change", "outside"]);
    expect(((await powerdns.query("outside.example.org", "A")) as string[]).toSorted()).toEqual([
      "203.0.113.7",
      "203.0.113.8",
    ]);
  });
});

describe("bad input", () => {
  const cases: [string, unknown, string, RegExp][] = [
    [
      "a name of 300 octets",
      { name: `${`${"a".repeat(60)}.`.repeat(5)}example.org.`, type: "A", content: "192.0.2.1" },
      "name",
      /octets/,
    ],
    ["a negative TTL", { name: "x", type: "A", ttl: -1, content: "192.0.2.1" }, "ttl", /TTL/],
    ["a TTL of 2^32", { name: "x", type: "A", ttl: 2 ** 32, content: "192.0.2.1" }, "ttl", /TTL/],
    [
      "a record outside the zone",
      { name: "www.example.net.", type: "A", content: "192.0.2.1" },
      "name",
      /example\.org/,
    ],
    ["an address that is none", { name: "x", type: "A", content: "192.0.2.300" }, "content", /./],
    ["an unknown field", { name: "x", type: "A", content: "192.0.2.1", colour: "red" }, "colour", /no such field/],
    ["a CNAME at the apex", { name: "@", type: "CNAME", content: "other.example." }, "type", /CNAME/],
  ];
  test.each(cases)("%s", async (_what, body, field, message) => {
    const answer = await root.call<{ fields: Record<string, string> }>("POST", `${zone}/records`, body);
    expect(answer.status).toBe(422);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(Object.keys(answer.body.fields)).toContain(field);
    expect(answer.body.fields[field]).toMatch(message);
  });

  test("two CNAMEs at one name", async () => {
    expect(
      (await root.call("POST", `${zone}/records`, { name: "alias", type: "CNAME", content: "a.example." })).status,
    ).toBe(201);
    expect(
      (await root.call("POST", `${zone}/records`, { name: "alias", type: "CNAME", content: "b.example." })).status,
    ).toBe(422);
    expect(
      (await root.call("POST", `${zone}/records`, { name: "alias", type: "A", content: "192.0.2.1" })).status,
    ).toBe(422);
  });

  test("malformed JSON, a body of 10 MB, a form", async () => {
    expect(await root.call("POST", `${zone}/records`, "{")).toMatchObject({ status: 400, body: { code: "malformed" } });
    expect(await root.call("POST", `${zone}/records`, `"${"x".repeat(10_000_000)}"`)).toMatchObject({
      status: 413,
      body: { code: "too_large" },
    });
    const form = await panel.call("POST", `${zone}/records`, "a=b", {
      cookie: root.cookie,
      "content-type": "text/plain",
    });
    expect(form.status).toBe(415);
  });

  test("TXT with every octet survives", async () => {
    const octets = Array.from({ length: 256 }, (_, octet) => `\\${String(octet).padStart(3, "0")}`).join("");
    const content = `"${octets.slice(0, 4 * 128)}" "${octets.slice(4 * 128)}"`;
    expect(await root.call("POST", `${zone}/records`, { name: "octets", type: "TXT", content })).toMatchObject({
      status: 201,
      body: { state: "applied" },
    });
    expect(
      await root.call("POST", `${zone}/changes`, {
        rrsets: [{ name: "octets", type: "TXT", ttl: 3600, records: [{ content }] }],
      }),
    ).toMatchObject({ body: { plan: [] } });
  });
});

test("RRsets are looked up by exact name and type, with one's level where there is none too", async () => {
  const at = (name: string, type: string) => ({ name: `${name}example.org.`, type });
  await root.call("POST", `${zone}/records`, { name: "looked", type: "A", ttl: 60, content: "192.0.2.1" });
  await root.call("POST", `${zone}/records`, { name: "looked-up", type: "A", ttl: 60, content: "192.0.2.2" });
  const reader = await panel.person("Lookup reader");
  await root.call("POST", "/organisations/acme/members", { email: reader.email, role: "member" });
  await root.call("PUT", `${zone}/permissions/${reader.id}`, { level: "edit", names: ["looked"], types: [] });
  const rrsets = [at("looked.", "A"), at("looked.", "TXT"), at("up.", "A"), at("", "SOA")];

  const asked = await reader.call<{ items: object[] }>("POST", `${zone}/rrsets/lookup`, { rrsets });
  expect(asked).toMatchObject({ status: 200, body: { levels: ["edit", "edit", "view", "view"] } });
  expect(asked.body.items).toHaveLength(2);
  const listed = await root.call<{ items: object[] }>("GET", `${zone}/rrsets?q=looked&type=A`);
  const [{ level: _, ...first } = { level: "" }] = listed.body.items as { level: string }[];
  expect(asked.body.items[0]).toEqual({ ...first, level: "edit" });
  expect(asked.body.items[1]).toMatchObject({ relative: "@", type: "SOA", level: "view" });
});
