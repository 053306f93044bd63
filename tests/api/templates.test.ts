import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";

let panel: Panel;
let owner: Person;
let member: Person;
let rival: Person;
let root: Person;
let n = 0;
const templates = "/organisations/acme/dns/templates";
const zones = "/organisations/acme/dns/zones";

interface Made {
  id: string;
  name: string;
  fields: Record<string, string>;
  firstRecords: { state: string; message: string } | null;
}

beforeAll(async () => {
  panel = await startPanel();
  const { setSetting } = await import("#lib/settings/settings.ts");
  setSetting("zone_claims", "trusted");
  owner = await panel.person("Owner");
  member = await panel.person("Member");
  rival = await panel.person("Rival");
  root = await panel.person("Root", "root");
  await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" });
  await rival.call("POST", "/organisations", { name: "Rival", handle: "rival" });
  await root.call("POST", "/organisations/acme/members", { email: member.email, role: "member" });
});
afterAll(() => panel.close());

const make = (input: object, who = owner) => who.call<Made>("POST", templates, { name: `No. ${++n}`, ...input });
const zone = (input: object = {}, who = owner) =>
  who.call<Made>("POST", zones, { name: `zone${++n}.example`, connection: "local", ...input });
/** Every record but the SOA, as lines. */
async function recordsOf(name: string): Promise<string[]> {
  const { body } = await owner.call<{ items: { name: string; type: string; ttl: number; content: string }[] }>(
    "GET",
    `${zones}/${name}/records?perPage=200`,
  );
  return body.items
    .map((one) => `${one.name} ${one.ttl} ${one.type} ${one.content}`)
    .filter((line) => !line.includes(" SOA "));
}
const soaOf = async (name: string) =>
  (await owner.call<{ items: { content: string }[] }>("GET", `${zones}/${name}/records?type=SOA`)).body.items[0]
    ?.content;

describe("a template", () => {
  test("is checked when it is written, and says which line is wrong", async () => {
    for (const [input, fields] of [
      [{ records: "www A 192.0.2.1\nwww A 192.0.2.256" }, { records: expect.stringMatching(/^Line 2: /) }],
      [{ records: "www A" }, { records: expect.stringMatching(/^Line 1: /) }],
      [{ records: "$INCLUDE /etc/passwd" }, { records: expect.stringMatching(/^Line 1: /) }],
      [{ records: "www.elsewhere.test. A 192.0.2.1" }, { records: expect.stringMatching(/^Line 1: /) }],
      [{ records: "a CNAME b\na A 192.0.2.1" }, { records: expect.stringContaining("a ") }],
      [{ records: "@ CNAME b" }, { records: expect.stringContaining("@ CNAME") }],
      [{ records: "@ SOA a. b. 1 2 3 4 5" }, { records: expect.stringContaining("fields of its own") }],
      [{ records: "@ NS ns1.example.net." }, { records: expect.stringContaining("field of their own") }],
      [{ records: "$GENERATE 1-600 h$ A 192.0.2.1" }, { records: expect.stringMatching(/^Line 1: /) }],
      [{ nameservers: ["ns1.example.net", "a..b"] }, { nameservers: expect.stringContaining("a..b") }],
      [{ soa: { refresh: 1, retry: 600, expire: 86_400, minimum: 300 } }, { "soa.refresh": expect.any(String) }],
      [{ name: " " }, { name: "Enter a name." }],
    ] as const)
      expect(await make(input), JSON.stringify(input)).toMatchObject({ status: 422, body: { fields } });
    expect(await owner.call("GET", templates)).toMatchObject({ body: { items: [] } });
  });

  test("is kept, changed and deleted by admins, read by members, and is nobody else's", async () => {
    const { id } = (await make({ name: "Mail", records: "mail A 192.0.2.1" })).body;
    expect(await make({ name: "Mail" })).toMatchObject({ status: 409, body: { fields: { name: expect.any(String) } } });
    expect(await member.call("GET", templates)).toMatchObject({ body: { items: [{ id, count: 1 }] } });
    expect((await make({}, member)).status).toBe(403);
    expect((await rival.call("GET", templates)).status).toBe(404);
    const changed = { name: "Post", records: "post A 192.0.2.2\npost A 192.0.2.3" };
    for (const [who, at] of [
      [root, `/organisations/rival/dns/templates/${id}`],
      [rival, `/organisations/rival/dns/templates/${id}`],
    ] as const)
      expect((await who.call("PUT", at, changed)).status).toBe(404);
    expect(await owner.call("PUT", `${templates}/${id}`, changed)).toMatchObject({ body: { name: "Post", count: 2 } });
    expect((await owner.call("DELETE", `${templates}/${id}`)).status).toBe(200);
    expect((await owner.call("DELETE", `${templates}/${id}`)).status).toBe(404);
  });
});

describe("a new zone", () => {
  test("begins with a template: its name in the place of {zone}, name servers and timers", async () => {
    const { id } = (
      await make({
        records:
          'www CNAME @\n_dmarc TXT "v=DMARC1; p=none; rua=mailto:post@{zone}"\n@ 600 MX 0 {zone-with-hyphens}.mail.test.',
        nameservers: ["NS1.Example.net", "ns2.example.net."],
        soa: { refresh: 7200, retry: 900, expire: 1_209_600, minimum: 300 },
      })
    ).body;
    const made = await zone({ name: "begins.example", template: id });
    expect(made).toMatchObject({ status: 201, body: { firstRecords: { state: "done" }, recordCount: 6 } });
    expect(await recordsOf("begins.example")).toEqual([
      "begins.example. 600 MX 0 begins-example.mail.test.",
      "begins.example. 3600 NS ns1.example.net.",
      "begins.example. 3600 NS ns2.example.net.",
      '_dmarc.begins.example. 3600 TXT "v=DMARC1; p=none; rua=mailto:post@begins.example"',
      "www.begins.example. 3600 CNAME begins.example.",
    ]);
    expect(await soaOf("begins.example")).toMatch(/ 7200 900 1209600 300$/);
    expect(await owner.call("GET", `${zones}/begins.example/changes`)).toMatchObject({
      body: { items: [{ kind: "change", state: "applied" }, { kind: "create" }] },
    });
  });

  test("takes the standard template unless it is told otherwise, of which there is one", async () => {
    const first = (await make({ records: "one A 192.0.2.1", standard: true })).body;
    const second = (await make({ records: "two A 192.0.2.2", standard: true })).body;
    expect(await owner.call("GET", templates)).toMatchObject({
      body: {
        items: expect.arrayContaining([
          expect.objectContaining({ id: first.id, standard: false }),
          expect.objectContaining({ id: second.id, standard: true }),
        ]),
      },
    });
    await zone({ name: "standard.example" });
    expect(await recordsOf("standard.example")).toContain("two.standard.example. 3600 A 192.0.2.2");
    expect(await zone({ name: "bare.example", template: "" })).toMatchObject({ body: { firstRecords: null } });
    expect((await recordsOf("bare.example")).join()).not.toContain("192.0.2");
    await owner.call("PUT", `${templates}/${second.id}`, { name: "Second", records: "two A 192.0.2.2" });
  });

  test("is not made for a template that is not there, or another organisation's", async () => {
    const theirs = await rival.call<Made>("POST", "/organisations/rival/dns/templates", { name: "Theirs" });
    for (const template of ["no-such", theirs.body.id])
      expect(await zone({ name: "unmade.example", template })).toMatchObject({ status: 404 });
    expect((await owner.call("GET", `${zones}/unmade.example`)).status).toBe(404);
    expect(await zone({ link: true, template: "x" })).toMatchObject({ status: 422 });
    expect(await zone({ clone: "a", template: "x" })).toMatchObject({ status: 422 });
  });
});

describe("applied to a zone that is there", () => {
  test("it is a plan: texts of other kinds stay, its own and the rest take the place of what was there", async () => {
    await zone({ name: "there.example" });
    const add = (record: object) => owner.call("POST", `${zones}/there.example/records`, record);
    await add({ name: "@", type: "TXT", text: "v=spf1 include:old.test ~all" });
    await add({ name: "@", type: "TXT", text: "some-verification=1" });
    await add({ name: "@", type: "MX", content: "10 old.test." });
    await add({ name: "keep", type: "A", content: "192.0.2.9" });
    const { id } = (await make({ records: '@ MX 10 new.test.\n@ TXT "v=spf1 include:new.test -all"' })).body;
    const at = `${zones}/there.example/template`;
    expect(await member.call("POST", at, { template: id, dryRun: true })).toMatchObject({
      status: 200,
      body: { dryRun: true, plan: { length: 2 }, refused: [{ needs: "edit" }, { needs: "edit" }] },
    });
    expect(await member.call("POST", at, { template: id })).toMatchObject({ status: 403 });
    expect(await owner.call("POST", at, { template: id })).toMatchObject({ status: 200, body: { state: "applied" } });
    const now = await recordsOf("there.example");
    expect(now).toEqual(
      expect.arrayContaining([
        "there.example. 3600 MX 10 new.test.",
        'there.example. 3600 TXT "v=spf1 include:new.test -all"',
        'there.example. 3600 TXT "some-verification=1"',
        "keep.there.example. 3600 A 192.0.2.9",
      ]),
    );
    expect(now.join()).not.toContain("old.test");
    expect(await owner.call("POST", at, { template: id, dryRun: true }), "a second time").toMatchObject({
      body: { plan: [] },
    });
  });

  test("a guest of the zone is shown no template, and name servers need the right to manage", async () => {
    await zone({ name: "guarded.example" });
    const { id } = (await make({ records: "", nameservers: ["ns1.other.test"] })).body;
    const at = `${zones}/guarded.example`;
    const guest = await panel.person("Guest");
    const { db } = await import("#db/client.ts");
    db()
      .$client.prepare(
        "insert into zone_permissions (zone_id, user_id, can_view, can_modify, can_delete, expires_at, created_at) select id, ?, 1, 1, 1, 9e15, 0 from zones where name = 'guarded.example.'",
      )
      .run(guest.id);
    expect((await guest.call("GET", `${at}/records`)).status).toBe(200);
    expect((await guest.call("POST", `${at}/template`, { template: id, dryRun: true })).status).toBe(404);
    await owner.call("PUT", `${at}/permissions/${member.id}`, { level: "full" });
    expect(await member.call("POST", `${at}/template`, { template: id })).toMatchObject({
      status: 403,
      body: { missing: "manage" },
    });
  });
});

describe("a copy of a zone", () => {
  test("has the records of the other under its own name, and a start of its own", async () => {
    await zone({ name: "source.example", template: "" });
    const change = await owner.call("POST", `${zones}/source.example/changes`, {
      rrsets: [
        {
          name: "@",
          type: "MX",
          ttl: 600,
          records: [{ content: "10 mail.source.example." }, { content: "20 mx.test." }],
        },
        { name: "www", type: "CNAME", ttl: 300, records: [{ content: "source.example." }] },
        {
          name: "deep.er",
          type: "A",
          ttl: 300,
          records: [{ content: "192.0.2.1" }, { content: "192.0.2.2", disabled: true }],
        },
        { name: "@", type: "TXT", ttl: 300, records: [{ text: "see source.example. for more" }] },
        { name: "below", type: "NS", ttl: 300, records: [{ content: "ns.notsource.example." }] },
        { name: "_sip._tcp", type: "SRV", ttl: 300, records: [{ content: "1 2 5060 sip.source.example." }] },
      ],
    });
    expect(change.status).toBe(200);
    expect(await zone({ name: "copy.test.example", clone: "source.example" })).toMatchObject({
      status: 201,
      body: { firstRecords: { state: "done" } },
    });
    expect(
      (await recordsOf("copy.test.example")).filter((line) => !line.startsWith("copy.test.example. 3600 NS")),
    ).toEqual([
      "copy.test.example. 600 MX 10 mail.copy.test.example.",
      "copy.test.example. 600 MX 20 mx.test.",
      'copy.test.example. 300 TXT "see source.example. for more"',
      "_sip._tcp.copy.test.example. 300 SRV 1 2 5060 sip.copy.test.example.",
      "below.copy.test.example. 300 NS ns.notsource.example.",
      "deep.er.copy.test.example. 300 A 192.0.2.1",
      "deep.er.copy.test.example. 300 A 192.0.2.2",
      "www.copy.test.example. 300 CNAME copy.test.example.",
    ]);
    expect(await soaOf("copy.test.example")).toContain("copy.test.example.");
  });

  test("is made of a zone of the same organisation that one can view whole", async () => {
    expect(
      await rival.call("POST", "/organisations/rival/dns/zones", { name: "taken.example", clone: "source.example" }),
    ).toMatchObject({
      status: 422,
      body: { fields: { clone: "There is no such zone in this organisation." } },
    });
    expect((await zone({ name: "unmade2.example", clone: "no-such.example" })).status).toBe(422);
    expect((await owner.call("GET", `${zones}/unmade2.example`)).status).toBe(404);
  });
});
