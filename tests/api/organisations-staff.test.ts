/** Everybody's organisations over REST, for staff: the list, one of them, its limits, and what privacy mode hides of it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { unmasked } from "../support/unmasked.ts";

interface Row {
  id: string;
  handle: string;
  name: string;
  owner: { id: string; name: string; email: string } | null;
  members: number;
  zones: number | null;
  ownLimits: number;
}
interface Part<T = Row> {
  items: T[];
  total: number;
  next: string | null;
}
interface Limit {
  key: string;
  own: number | null;
  byPanel: number;
  value: number;
}

let panel: Panel;
let root: Person;
let owner: Person;
let member: Person;
let reader: Person;
let writer: Person;
let acme: { id: string };

const zone = (person: Person, name: string, organisation = "acme") =>
  person.call("POST", `/organisations/${organisation}/dns/zones`, { name, connection: "local" });

beforeAll(async () => {
  panel = await startPanel();
  root = await panel.person("Root", "root");
  owner = await panel.person("Olive Owner");
  member = await panel.person("Mia Member");
  reader = await panel.person("Reader", ["org:read"]);
  writer = await panel.person("Writer", ["org:read", "org:write"]);
  acme = (await owner.call<Row>("POST", "/organisations", { name: "Acme Hosting", handle: "acme" })).body;
  await owner.call("POST", "/organisations", { name: "Other things", handle: "other" });
  await root.call("POST", "/organisations/acme/members", { email: member.email });
  expect((await zone(root, "one.example")).status).toBe(201);
});
afterAll(() => panel.close());

const list = async (person: Person, query = "") =>
  (await person.call<Part>("GET", `/admin/organisations?${query}`)).body;

test("of many that are deleted each answer is true, and only what went is in the log", async () => {
  const remover = await panel.person("Remover of many", ["org:read", "org:delete"]);
  const made = async (handle: string) =>
    (await owner.call<Row>("POST", "/organisations", { name: `Many ${handle}`, handle })).body.id;
  const [first, second] = [await made("many-a"), await made("many-b")];
  const answers = [];
  for (const id of [first, acme.id, "nothing", first, second])
    answers.push((await remover.call("DELETE", `/organisations/${id}`)).status);
  expect(answers).toEqual([200, 409, 404, 404, 200]);
  const { db } = await import("#db/client.ts");
  const log = "select target_label from audit_log where actor_id = ? and outcome = 'done' order by at, id";
  expect(db().$client.prepare(log).pluck().all(remover.id)).toEqual(["Many many-a", "Many many-b"]);
  expect((await owner.call("GET", "/organisations/acme")).status).toBe(200);
});

describe("the list", () => {
  test("is for org:read, and for nobody who is only in one", async () => {
    for (const person of [owner, member, await panel.person("Clerk", ["users:read"])])
      expect(await person.call("GET", "/admin/organisations")).toMatchObject({
        status: 403,
        body: { missing: "org:read" },
      });
    expect((await panel.call("GET", "/admin/organisations")).status).toBe(401);
    const { items } = (await reader.call<Part<{ id: string }>>("GET", "/admin/tabs")).body;
    expect(items.map(({ id }) => id)).toContain("organisations");
  });

  test("is found by name, handle and id, and counts members; zones only with dns:read", async () => {
    for (const q of ["acme ho", "ACME", "ac", acme.id])
      expect(
        (await list(reader, `q=${encodeURIComponent(q)}`)).items.map(({ handle }) => handle),
        q,
      ).toEqual(["acme"]);
    expect((await list(reader, "q=acme_ho")).total).toBe(0);
    expect((await list(reader, "q=acme")).items[0]).toMatchObject({ members: 2, zones: null });
    const dns = await panel.person("Zones too", ["org:read", "dns:read"]);
    expect((await list(dns, "q=acme")).items[0]).toMatchObject({ members: 2, zones: 1 });
    const first = await list(reader, "sort=name&perPage=1");
    expect(first.items.map(({ name }) => name)).toEqual(["Acme Hosting"]);
    expect((await list(reader, `sort=name&perPage=1&at=${first.next}`)).items.map(({ name }) => name)).toEqual([
      "Other things",
    ]);
  });

  test("is filtered by limits of its own, and by an owner who cannot sign in", async () => {
    expect((await list(reader, "limits=own")).total).toBe(0);
    expect((await list(reader, "owner=shut")).total).toBe(0);
    const gone = await panel.person("Soon Gone");
    await gone.call("POST", "/organisations", { name: "Left alone", handle: "alone" });
    await root.call("POST", `/admin/users/${gone.id}/suspend`, { reason: "Test" });
    expect((await list(reader, "owner=shut")).items.map(({ handle }) => handle)).toEqual(["alone"]);
    expect((await list(reader, "guests=forbidden")).total).toBe(0);
  });
});

describe("one of them", () => {
  test("hides people in privacy mode, in every answer and in the file", async () => {
    await owner.call("POST", "/organisations/acme/members", { email: "invited@example.org" });
    for (const path of ["", "/members", "/invites", "/history"]) {
      const answer = await reader.call("GET", `/admin/organisations/acme${path}`);
      expect(answer.status, path).toBe(200);
      expect(JSON.stringify(answer.body), path).not.toMatch(/olive|mia|invited@/i);
      const seen = await unmasked(panel, reader).call("GET", `/admin/organisations/acme${path}`);
      expect(JSON.stringify(seen.body), path).toMatch(/olive|mia|invited@/i);
    }
    const file = await reader.call("GET", "/admin/tabs/organisations/csv?query=");
    expect(file.status).toBe(200);
    expect(String(file.body)).toContain("acme");
    expect(String(file.body)).not.toMatch(/olive/i);
  });

  test("says who is in it, who was invited, and what was done there, to org:read alone", async () => {
    const seen = unmasked(panel, reader);
    const members = await seen.call<Part<{ email: string; role: string }>>(
      "GET",
      "/admin/organisations/acme/members?sort=email",
    );
    expect(members.body.items.map(({ email, role }) => [email, role])).toEqual([
      [member.email, "member"],
      [owner.email, "owner"],
    ]);
    expect((await seen.call<Part>("GET", "/admin/organisations/acme/members?q=mia")).body.total).toBe(1);
    expect((await seen.call("GET", "/admin/organisations/acme/invites")).body).toMatchObject({
      items: [{ email: "invited@example.org", role: "member" }],
    });
    const history = await seen.call<Part<{ action: string; target: string }>>(
      "GET",
      "/admin/organisations/acme/history",
    );
    expect(history.body.items.map(({ action }) => action)).toContain("organisations.create");
    expect(JSON.stringify(history.body)).not.toContain("other");
    for (const path of ["", "/members", "/invites", "/history"]) {
      expect((await owner.call("GET", `/admin/organisations/acme${path}`)).status, path).toBe(403);
      expect((await reader.call("GET", `/admin/organisations/nothing${path}`)).status, path).toBe(404);
    }
  });

  test("is edited with org:write and deleted with org:delete, the way its owner does, as staff in the log", async () => {
    expect((await reader.call("PATCH", "/organisations/other", { name: "No" })).status).toBe(403);
    expect((await writer.call("PATCH", "/organisations/other", { name: "Renamed", handle: "renamed" })).status).toBe(
      200,
    );
    expect((await writer.call("DELETE", "/organisations/renamed")).status).toBe(403);
    const remover = await panel.person("Remover", ["org:read", "org:delete"]);
    expect(await remover.call("DELETE", "/organisations/acme")).toMatchObject({ status: 409, body: { zones: 1 } });
    expect((await remover.call("DELETE", "/organisations/renamed")).status).toBe(200);
    expect((await list(reader, "q=renamed")).total).toBe(0);
  });
});

describe("limits of its own", () => {
  const inspect = async () => (await reader.call<{ limits: Limit[] }>("GET", "/admin/organisations/acme")).body.limits;
  const set = (person: Person, limits: Record<string, unknown>) =>
    person.call<{ limits: Limit[]; fields: Record<string, string> }>("PATCH", "/admin/organisations/acme/limits", {
      limits,
    });

  test("need org:write, and fit the setting they stand for", async () => {
    expect((await set(reader, { "limits.zones_per_organisation": 1 })).status).toBe(403);
    expect((await set(owner, { "limits.zones_per_organisation": 1000 })).status).toBe(403);
    for (const [key, value] of [
      ["limits.zones_per_organisation", -1],
      ["limits.records_per_zone", 0.5],
      ["limits.tokens_per_account", 5],
      ["feature.dns", 0],
    ] as const) {
      const answer = await set(writer, { [key]: value });
      expect([answer.status, Object.keys(answer.body.fields)], key).toEqual([422, [`limits.${key}`]]);
    }
    expect((await inspect()).every(({ own }) => own === null)).toBe(true);
  });

  test("count where they are used: zones, records, templates, connections and invitations", async () => {
    const answer = await set(writer, {
      "limits.zones_per_organisation": 1,
      "limits.records_per_zone": 3,
      "limits.templates_per_organisation": 0,
      "limits.connections_per_organisation": 0,
      "limits.open_invites_per_organisation": 1,
    });
    expect(answer.status).toBe(200);
    expect(answer.body.limits.find(({ key }) => key === "limits.records_per_zone")).toMatchObject({
      own: 3,
      value: 3,
      byPanel: 50_000,
    });
    expect((await list(reader, "limits=own")).items.map(({ handle }) => handle)).toEqual(["acme"]);
    expect(await zone(root, "two.example")).toMatchObject({ status: 409, body: { message: /at most 1 zone/ } });
    const full = await owner.call("POST", "/organisations/acme/dns/zones/one.example/records", {
      name: "www",
      type: "A",
      ttl: 300,
      content: "192.0.2.1",
    });
    expect(full.status, JSON.stringify(full.body)).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(full.body)).toContain("at most 3 records");
    expect(await owner.call("POST", "/organisations/acme/dns/templates", { name: "Web" })).toMatchObject({
      status: 409,
    });
    const connection = { kind: "powerdns", label: "Ours", url: "https://192.0.2.1", secret: "a-key" };
    expect(await owner.call("POST", "/organisations/acme/dns/own-connections", connection)).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining("no connections") },
    });
    expect(await owner.call("POST", "/organisations/acme/members", { email: "more@example.org" })).toMatchObject({
      status: 409,
    });
    // Another organisation has the panel's.
    await owner.call("POST", "/organisations", { name: "Third", handle: "third" });
    expect((await zone(root, "three.example", "third")).status).toBe(201);
    expect((await zone(root, "four.example", "third")).status).toBe(201);
  });

  test("null is the panel's again; what changes nothing leaves no entry", async () => {
    const { db } = await import("#db/client.ts");
    const entries = () =>
      db().$client.prepare("select before, after, as_staff from audit_log where action = 'organisations.limit'").all();
    const before = entries().length;
    expect((await set(writer, { "limits.records_per_zone": null })).status).toBe(200);
    expect(entries().at(-1)).toEqual({
      before: JSON.stringify({ limits: { "limits.records_per_zone": 3 } }),
      after: JSON.stringify({ limits: { "limits.records_per_zone": null } }),
      as_staff: 1,
    });
    await set(writer, { "limits.records_per_zone": null });
    expect(entries()).toHaveLength(before + 1);
    expect((await inspect()).find(({ key }) => key === "limits.records_per_zone")).toMatchObject({
      own: null,
      value: 50_000,
    });
  });
});
