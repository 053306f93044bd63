/** Two who want what cannot both be: one is told so, and the panel and PowerDNS agree afterwards on who has what. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startBehindFaults } from "../support/behind-faults.ts";
import { runJobs } from "../support/jobs.ts";
import type { Person } from "../support/panel.ts";

const { panel, powerdns, proxy, owner, sql, zones, rested, close } = await startBehindFaults({
  ORGANISATION_NETWORKS: "127.0.0.0/8",
});
const theirZones = "/organisations/rival/dns/zones";
const templates = "/organisations/acme/dns/templates";
let rival: Person;
let root: Person;
let sequence = 0;

beforeAll(async () => {
  rival = await panel.person("Rival");
  root = await panel.person("Root", "root");
  expect((await rival.call("POST", "/organisations", { name: "Rival", handle: "rival" })).status).toBe(201);
});
afterEach(async () => {
  rested();
  // Nobody is left without a zone, nor a zone without anybody.
  expect(sql.all("select 1 from zones where status = 'pending' and reserved = 1")).toEqual([]);
  expect(sql.all("select 1 from zone_changes where state in ('pending', 'unknown')")).toEqual([]);
  await runJobs();
  expect(sql.all("select 1 from jobs where kind = 'dns.first'"), "nothing is still to come").toEqual([]);
});
afterAll(close);

interface Made {
  id: string;
  code: string;
  statusMessage: string;
  firstRecords: { state: string; message: string } | null;
}

const newName = () => `race${++sequence}.example`;
const make = (name: string, more: object = {}) => owner.call<Made>("POST", zones, { name, ...more });
const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).toSorted();
const addresses = (name: string, label = "www") => powerdns.query(`${label}.${name}`, "A");
const there = async (name: string) => {
  const found = await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones/${name}.`, {
    headers: { "x-api-key": powerdns.apiKey },
  });
  return found.ok;
};
const owners = (name: string) =>
  sql.all<{ handle: string; id: string }>(
    "select o.handle, z.id from zones z join organisations o on o.id = z.organisation_id where z.name = ? and z.reserved = 1",
    `${name}.`,
  );

/** A zone with records at `www` and `mail`. */
async function source() {
  const name = newName();
  expect((await make(name)).status).toBe(201);
  const set = (label: string) => ({ name: label, type: "A", ttl: 60, records: [{ content: "192.0.2.1" }] });
  const rrsets = ["www", "mail"].map(set);
  expect((await owner.call("POST", `${zones}/${name}/changes`, { rrsets })).status).toBe(200);
  return name;
}
async function template(content: string) {
  const input = { name: `No. ${++sequence}`, records: `www 60 A ${content}\nmail 60 A ${content}` };
  const { id } = (await owner.call<Made>("POST", templates, input)).body;
  return { id, at: `${templates}/${id}`, input };
}

interface Meanwhile {
  /** Requests of the method that go through before. */
  skip?: number;
  /** What is done meanwhile waits for its turn. */
  inLine?: boolean;
}

/** What is asked while a request of this method is on its way to PowerDNS, and what came of that. */
async function meanwhile<T>(
  method: string,
  ask: () => Promise<T>,
  other: () => Promise<unknown>,
  { skip = 0, inLine = false }: Meanwhile = {},
): Promise<T> {
  proxy.fail("hold", { method, skip });
  const answer = ask();
  await expect.poll(proxy.caught, { timeout: 10_000 }).toBeGreaterThan(0);
  const done = other();
  // Its guard has let it in once the one behind it is answered.
  await (inLine ? owner.call("GET", zones) : done);
  proxy.fail(null);
  await done;
  return answer;
}

describe("a copy", () => {
  test("and another of the same name: one is made, whole", async () => {
    const from = await source();
    const name = newName();
    const answers = await Promise.all([make(name, { clone: from }), make(name, { clone: from })]);
    expect(statuses(answers)).toEqual([201, 409]);
    expect([await addresses(name), await addresses(name, "mail")]).toEqual([["192.0.2.1"], ["192.0.2.1"]]);
    expect(owners(name)).toHaveLength(1);
  });

  test("of a zone that is deleted while the copy is being made: it is there, and says what it lacks", async () => {
    const from = await source();
    const name = newName();
    const made = await meanwhile(
      "POST",
      () => make(name, { clone: from }),
      async () => expect((await owner.call("DELETE", `${zones}/${from}`, { name: from })).status).toBe(200),
    );
    const message = expect.stringMatching(/^The zone was made without its first records: There is no such zone/);
    expect(made).toMatchObject({ status: 201, body: { firstRecords: { state: "failed", message } } });
    expect(await owner.call("GET", `${zones}/${name}`)).toMatchObject({ body: { statusMessage: message } });
    expect(await owner.call("GET", `${zones}/${name}/changes`)).toMatchObject({
      body: { items: [{ kind: "change", state: "not_applied", message }, { kind: "create" }] },
    });
  });

  test("that is deleted while it is being filled: it goes whole, and comes back whole", async () => {
    const from = await source();
    const name = newName();
    let gone: Promise<{ status: number }> | undefined;
    const made = await meanwhile(
      "PATCH",
      () => make(name, { clone: from }),
      () => {
        gone = owner.call("DELETE", `${zones}/${name}`, { name });
        return gone;
      },
      { inLine: true },
    );
    expect((await gone)?.status).toBe(200);
    // It was made, and is no more.
    expect([201, 404]).toContain(made.status);
    expect([owners(name), await there(name)]).toEqual([[], false]);
    const { items } = (
      await owner.call<{ items: { id: string; name: string }[] }>("GET", "/organisations/acme/dns/deleted-zones")
    ).body;
    const kept = items.find((one) => one.name === `${name}.`);
    const back = await owner.call("POST", `/organisations/acme/dns/deleted-zones/${kept?.id}/restore`, {});
    expect(back.status).toBe(201);
    expect([await addresses(name), await addresses(name, "mail")]).toEqual([["192.0.2.1"], ["192.0.2.1"]]);
  });
});

describe("a template", () => {
  test("that is changed while it is applied: the zone has all of the one or of the other", async () => {
    const { id, at, input } = await template("192.0.2.10");
    const name = newName();
    await make(name, { template: "" });
    const records = input.records.replaceAll("192.0.2.10", "192.0.2.20");
    const applied = await meanwhile(
      "PATCH",
      () => owner.call("POST", `${zones}/${name}/template`, { template: id }),
      async () => expect((await owner.call("PUT", at, { ...input, records })).status).toBe(200),
    );
    expect(applied).toMatchObject({ status: 200, body: { state: "applied" } });
    expect([await addresses(name), await addresses(name, "mail")]).toEqual([["192.0.2.10"], ["192.0.2.10"]]);
    expect(await owner.call("POST", `${zones}/${name}/template`, { template: id, confirm: true })).toMatchObject({
      body: { state: "applied", plan: { length: 2 } },
    });
    expect([await addresses(name), await addresses(name, "mail")]).toEqual([["192.0.2.20"], ["192.0.2.20"]]);
  });

  test("that is the standard one, and is deleted while a zone is made with it: the zone says so", async () => {
    const { at, input } = await template("192.0.2.30");
    await owner.call("PUT", at, { ...input, standard: true });
    const name = newName();
    const made = await meanwhile(
      "POST",
      () => make(name),
      async () => expect((await owner.call("DELETE", at)).status).toBe(200),
    );
    const message = expect.stringMatching(/^The zone was made without its first records: There is no such template/);
    expect(made).toMatchObject({ status: 201, body: { statusMessage: message, firstRecords: { state: "failed" } } });
    expect(await make(newName())).toMatchObject({ status: 201, body: { firstRecords: null } });
  });
});

describe("a zone that is asked for", () => {
  const asked = async (who: Person, at: string, name: string, more: object = {}) =>
    (await who.call<Made>("POST", at, { name, connection: "powerdns", ...more })).body.id;
  const approve = (id: string) => root.call<Made>("POST", `/dns/claims/${id}/approve`, {});
  const setClaims = async (how: "proof" | "trusted") =>
    (await import("#lib/settings/settings.ts")).setSetting("zone_claims", how);
  beforeAll(() => setClaims("proof"));
  afterAll(() => setClaims("trusted"));

  test("and withdrawn while it is approved: it is made, and the withdrawal is refused", async () => {
    const name = newName();
    const id = await asked(owner, zones, name);
    let withdrawn: Promise<{ status: number }> | undefined;
    const approved = await meanwhile(
      "POST",
      () => approve(id),
      () => {
        withdrawn = owner.call("DELETE", `${zones}/${name}/claim`);
        return withdrawn;
      },
      { inLine: true },
    );
    expect([approved.status, (await withdrawn)?.status]).toEqual([200, 409]);
    expect([owners(name), await there(name)]).toMatchObject([[{ handle: "acme" }], true]);
  });

  test("approved and withdrawn at once, often: both know which it was", async () => {
    for (let round = 0; round < 6; round++) {
      const name = newName();
      const id = await asked(owner, zones, name);
      const calls = [() => approve(id), () => owner.call("DELETE", `${zones}/${name}/claim`)];
      const [one, two] = await Promise.all((round % 2 === 0 ? calls : calls.toReversed()).map((call) => call()));
      const [approval, withdrawal] = round % 2 === 0 ? [one, two] : [two, one];
      const made = approval?.status === 200;
      expect([approval?.status, withdrawal?.status]).toEqual(made ? [200, 409] : [404, 200]);
      expect([owners(name).length, await there(name)]).toEqual(made ? [1, true] : [0, false]);
    }
  });

  test("by two, and approved for both at once: one has it, and the other is told that it is taken", async () => {
    for (const more of [{}, { above: true }]) {
      const name = newName();
      const other = "above" in more ? `below.${name}` : name;
      const ids = [await asked(owner, zones, name), await asked(rival, theirZones, other)];
      const answers = await Promise.all(ids.map(approve));
      expect(statuses(answers)).toEqual([200, 409]);
      expect([...owners(name), ...owners(other)].map(({ id }) => id)).toContain(
        ids[answers[0]?.status === 200 ? 0 : 1],
      );
      expect(new Set([...owners(name), ...owners(other)].map(({ id }) => id)).size).toBe(1);
      const [lost, at, who] = answers[0]?.status === 200 ? [other, theirZones, rival] : [name, zones, owner];
      expect(await who.call("GET", `${at}/${lost}`)).toMatchObject({
        body: { status: "error", claim: { state: "taken" } },
      });
    }
  });
});

describe("a zone that PowerDNS holds already", () => {
  const link = (at: string, name: string) => root.call<Made>("POST", at, { name, connection: "powerdns", link: true });
  const unlink = (at: string, name: string) => root.call<Made>("DELETE", `${at}/${name}`, { name, at: "panel" });
  async function held() {
    const name = newName();
    const made = await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones`, {
      method: "POST",
      headers: { "x-api-key": powerdns.apiKey },
      body: JSON.stringify({ name: `${name}.`, kind: "Native", nameservers: ["ns1.example.net."] }),
    });
    expect(made.status).toBe(201);
    return name;
  }

  test("is linked by one of two organisations, and given up by the one while the other takes it", async () => {
    const name = await held();
    const answers = await Promise.all([link(zones, name), link(theirZones, name)]);
    expect(statuses(answers)).toEqual([201, 409]);
    const [mine, theirs] = answers[0]?.status === 201 ? [zones, theirZones] : [theirZones, zones];
    for (let round = 0; round < 4; round++) {
      const [from, to] = round % 2 === 0 ? [mine, theirs] : [theirs, mine];
      const [left, taken] = await Promise.all([unlink(from, name), link(to, name)]);
      expect(left?.status).toBe(200);
      expect([201, 409]).toContain(taken?.status);
      expect(owners(name)).toHaveLength(taken?.status === 201 ? 1 : 0);
      if (taken?.status !== 201) expect((await link(to, name)).status).toBe(201);
      expect([owners(name).length, await there(name)]).toEqual([1, true]);
    }
  });

  test("and is given up while it is being taken: after that, and it stays at PowerDNS", async () => {
    const name = await held();
    let left: Promise<{ status: number }> | undefined;
    const linked = await meanwhile(
      "GET",
      () => link(zones, name),
      () => {
        left = unlink(zones, name);
        return left;
      },
      { skip: 1, inLine: true },
    );
    // It was linked, and is no more.
    expect([201, 404]).toContain(linked.status);
    expect((await left)?.status).toBe(200);
    expect([owners(name), await there(name)]).toEqual([[], true]);
  });
});

describe("a connection", () => {
  const own = "/organisations/acme/dns/own-connections";
  async function connection() {
    const input = { kind: "powerdns", label: `No. ${++sequence}`, url: proxy.url, secret: powerdns.apiKey };
    const made = await owner.call<Made>("POST", own, input);
    expect(made.status).toBe(201);
    return made.body.id;
  }
  const remove = (id: string) => owner.call<Made>("DELETE", `${own}/${id}`);
  const orphans = () =>
    sql.all(
      "select name from zones where connection not in ('local', 'powerdns') and connection not in (select id from connections)",
    );

  test("that is removed before the zone's name is taken: the zone is not made", async () => {
    const [id, name] = [await connection(), newName()];
    const made = await meanwhile(
      "GET",
      () => make(name, { connection: id }),
      async () => expect((await remove(id)).status).toBe(200),
    );
    expect(made).toMatchObject({ status: 422, body: { fields: { connection: "There is no such connection." } } });
    expect([orphans(), await there(name)]).toEqual([[], false]);
  });

  test("that has a zone to be made is not removed", async () => {
    const [id, name] = [await connection(), newName()];
    const made = await meanwhile(
      "POST",
      () => make(name, { connection: id }),
      async () => expect((await remove(id)).status).toBe(409),
    );
    expect(made.status).toBe(201);
    expect([orphans(), await there(name)]).toEqual([[], true]);
  });

  test("that is removed as a zone is made, often: never both", async () => {
    for (let round = 0; round < 6; round++) {
      const [id, name] = [await connection(), newName()];
      const calls = [() => make(name, { connection: id }), () => remove(id)];
      const answers = await Promise.all((round % 2 === 0 ? calls : calls.toReversed()).map((call) => call()));
      const [made, removed] = round % 2 === 0 ? answers : answers.toReversed();
      expect((made?.status === 201) !== (removed?.status === 200), `${made?.status} ${removed?.status}`).toBe(true);
      expect([orphans(), await there(name)]).toEqual([[], made?.status === 201]);
    }
  });
});
