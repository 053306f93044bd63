/** Health of zones: a parent, two name servers and a recursor on loopback, set right and wrong. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { freePort } from "../support/powerdns.ts";
import {
  type Authority,
  type Recursor,
  recursorAvailable,
  startAuthority,
  startRecursor,
} from "../support/recursor.ts";

const missing = recursorAvailable();
if (missing) console.warn(`\nNOT TESTED: health. ${missing}\n`);

interface Health {
  running: boolean;
  askedBy: string;
  result: {
    troubles: { code: string; severity: string; what: string }[];
    warnings: { findings: { code: string; name: string }[]; more: number };
    servers: { name: string; address: string; state: string; serial: number | null; differs: { name: string }[] }[];
    compared: { sets: number; of: number } | null;
    delegation: { parent: string; nameServers: string[] } | null;
  } | null;
}

describe.skipIf(missing && process.env.CI !== "true")("health", () => {
  let parent: Authority;
  let first: Authority;
  let second: Authority;
  let recursor: Recursor;
  let panel: Panel;
  let owner: Person;
  let sql: (text: string, ...values: unknown[]) => void;
  const apex = "zone.parent.example.";
  const zones = "/organisations/acme/dns/zones";
  const zone = `${zones}/zone.parent.example`;
  const soa = "ns1.zone.parent.example. h.parent.example. 1 60 60 60 0";

  beforeAll(async () => {
    const port = await freePort();
    [parent, first, second] = await Promise.all([
      startAuthority("127.0.0.51", port),
      startAuthority("127.0.0.52", port),
      startAuthority("127.0.0.53", port),
    ]);
    recursor = await startRecursor({
      "parent.example": `127.0.0.51:${port}`,
      "zone.parent.example": `127.0.0.52:${port}`,
    });
    panel = await startPanel({
      POWERDNS_API_URL: first.apiUrl,
      POWERDNS_API_KEY: first.apiKey,
      POWERDNS_NAMESERVERS: "ns1.zone.parent.example,ns2.zone.parent.example",
      RESOLVER: recursor.address,
      NAMESERVER_PORT: String(port),
      NAMESERVER_NETWORKS: "127.0.0.48/29",
    });
    const { db } = await import("#db/client.ts");
    sql = (text, ...values) =>
      void db()
        .$client.prepare(text)
        .run(...values);
    const { setSetting } = await import("#lib/settings/settings.ts");
    setSetting("zone_claims", "trusted");
    owner = await panel.person("Owner");
    await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" });
    expect((await owner.call("POST", zones, { name: "zone.parent.example" })).status).toBe(201);
    const rrsets = [
      ["ns1", "A", "127.0.0.52"],
      ["ns2", "A", "127.0.0.53"],
      ["www", "A", "192.0.2.1"],
    ].map(([name, type, content]) => ({ name, type, ttl: 0, records: [{ content }] }));
    expect((await owner.call("POST", `${zone}/changes`, { rrsets })).status).toBe(200);
    await atSecond();
    await delegate(["ns1", "ns2"]);
  });
  afterAll(async () => {
    await panel?.close();
    await Promise.all([parent, first, second, recursor].map((server) => server?.stop()));
  });
  beforeEach(() => sql("delete from attempts"));

  const delegate = (
    hosts: string[],
    glue = ["ns1.zone.parent.example. A 127.0.0.52", "ns2.zone.parent.example. A 127.0.0.53"],
  ) =>
    parent.zone("parent.example.", [
      "parent.example. SOA ns.parent.example. h.parent.example. 1 60 60 60 0",
      "parent.example. NS ns.parent.example.",
      "ns.parent.example. A 127.0.0.51",
      ...hosts.map((host) => `${apex} NS ${host}.zone.parent.example.`),
      ...(hosts.length > 0 ? glue : []),
    ]);
  /** What the other name server has of the zone. */
  const atSecond = (www = "192.0.2.1") =>
    second.zone(apex, [
      `${apex} SOA ${soa}`,
      `${apex} NS ns1.zone.parent.example.`,
      `${apex} NS ns2.zone.parent.example.`,
      "ns1.zone.parent.example. A 127.0.0.52",
      "ns2.zone.parent.example. A 127.0.0.53",
      `www.zone.parent.example. A ${www}`,
    ]);
  async function check() {
    expect((await owner.call("POST", `${zone}/health`)).status).toBe(200);
    await runJobs();
    const { body } = await owner.call<Health>("GET", `${zone}/health`);
    expect(body).toMatchObject({ running: false, askedBy: owner.email });
    if (!body.result) throw new Error("no result");
    return body.result;
  }
  const codes = (result: { troubles: { code: string }[] }) => result.troubles.map(({ code }) => code).toSorted();

  test("nothing is wrong where nothing is", async () => {
    expect(await owner.call("GET", `${zone}/health`)).toMatchObject({ body: { running: false, result: null } });
    const result = await check();
    expect(result.delegation).toEqual({
      parent: "parent.example.",
      nameServers: ["ns1.zone.parent.example.", "ns2.zone.parent.example."],
    });
    expect(result.servers.map(({ address, state, differs }) => [address, state, differs])).toEqual([
      ["127.0.0.52", "ok", []],
      ["127.0.0.53", "ok", []],
    ]);
    expect(result.compared, "each of the few that there are").toEqual({ sets: 3, of: 3 });
    // The two have serials of their own, being no copies of each other.
    expect(codes(result).filter((code) => code !== "serials")).toEqual([]);
  });

  test("a server with something else, behind, or without the zone", async () => {
    await atSecond("192.0.2.99");
    const other = await check();
    expect(codes(other)).toContain("differs");
    expect(other.servers[1]?.differs).toEqual([{ name: "www.zone.parent.example.", type: "A" }]);
    await second.api("PATCH", `/zones/${apex}`, {
      rrsets: [
        {
          name: apex,
          type: "SOA",
          ttl: 60,
          changetype: "REPLACE",
          records: [{ content: soa.replace(" 1 ", " 5 "), disabled: false }],
        },
      ],
    });
    expect(codes(await check())).toContain("serials");
    await second.api("DELETE", `/zones/${apex}`);
    const lame = await check();
    expect(lame.troubles.find(({ code }) => code === "lame")).toMatchObject({ severity: "bad" });
    expect(lame.servers[1]).toMatchObject({ state: "lame", serial: null });
    await atSecond();
  });

  test("a delegation that is not there, names others, or has other glue", async () => {
    await delegate([]);
    expect(codes(await check())).toContain("not_delegated");
    await delegate(["ns1", "ns3"]);
    expect(codes(await check())).toEqual(expect.arrayContaining(["ns_only_at_parent", "ns_only_here", "glue_missing"]));
    await delegate(["ns1", "ns2"], ["ns1.zone.parent.example. A 127.0.0.52", "ns2.zone.parent.example. A 127.0.0.54"]);
    expect(codes(await check())).toContain("glue_differs");
    await delegate(["ns1", "ns2"]);
  });

  test("servers inside the panel's own network are named and not asked", async () => {
    const set = { name: "ns2", type: "A", ttl: 0, records: [{ content: "127.0.0.1" }] };
    expect((await owner.call("POST", `${zone}/changes`, { rrsets: [set] })).status).toBe(200);
    expect((await check()).servers[1]).toMatchObject({ address: "127.0.0.1", state: "barred" });
    set.records = [{ content: "127.0.0.53" }];
    expect((await owner.call("POST", `${zone}/changes`, { rrsets: [set] })).status).toBe(200);
  });

  test("the warnings of the whole zone, also of a large one, which another thread reads", async () => {
    const mx = { name: "@", type: "MX", ttl: 300, records: [{ content: "10 www" }] };
    expect((await owner.call("POST", `${zone}/changes`, { rrsets: [mx] })).status).toBe(200);
    const found = async () => (await check()).warnings.findings.map(({ code }) => code).toSorted();
    const small = await found();
    expect(small).toEqual(expect.arrayContaining(["no_dmarc", "no_spf"]));
    sql("update zones set record_count = 5000");
    expect(await found()).toEqual(small);
  });

  test("a check that fails twice says that it was not finished, and the next one is as before", async () => {
    const ways = { broken: "json_object('kept', json(records))", whole: "records -> '$.kept'" };
    const make = (way: keyof typeof ways) => sql(`update rrset_rows set records = ${ways[way]}`);
    expect((await owner.call<Health>("POST", `${zone}/health`)).body.running).toBe(true);
    make("broken");
    for (const running of [true, false]) {
      await runJobs();
      expect((await owner.call<Health>("GET", `${zone}/health`)).body.running).toBe(running);
      sql("update jobs set due_at = 0 where kind = 'dns.health' and state = 'queued'");
    }
    make("whole");
    const { result } = (await owner.call<Health>("GET", `${zone}/health`)).body;
    expect(result).toMatchObject({ troubles: [{ code: "not_finished" }], servers: [], delegation: null });
    expect((await check()).servers).not.toEqual([]);
  });

  test("what is compared is the apex and a few from all over the zone, the same ones again, and it says how many", async () => {
    const change = async (rrsets: object[]) =>
      expect((await owner.call("POST", `${zone}/changes`, { rrsets, confirm: true })).status).toBe(200);
    const set = (name: string, type: string, content: string, more: object = {}) => ({
      ...{ name, type, ttl: 0 },
      records: [{ content, ...more }],
    });
    const host = (index: number) => `h${String(index).padStart(3, "0")}`;
    await change([
      ...Array.from({ length: 600 }, (_, index) => set(host(index), "A", "192.0.2.7")),
      set("@", "CAA", '0 issue "ca.example"'),
      set("@", "TXT", '"v=spf1 -all"'),
      // Nobody is asked for these: of others, below a delegation, not served.
      set("h000", "SSHFP", "1 1 0123456789abcdef0123456789abcdef01234567"),
      set("away", "NS", "ns.elsewhere.example."),
      set("ns.away", "A", "192.0.2.8"),
      set("off", "A", "192.0.2.9", { disabled: true }),
    ]);
    // The other server has none of what is new; MX, CAA and TXT are at the apex.
    const compared = async () => {
      const { compared, servers } = await check();
      const differs = servers.find(({ address }) => address === "127.0.0.53")?.differs ?? [];
      return { compared, names: differs.map(({ name }) => name) };
    };
    const once = await compared();
    expect(once.compared).toEqual({ sets: 3 + 8, of: 3 + 600 + 3 });
    expect(once.names.filter((name) => name === apex)).toHaveLength(3);
    const hosts = once.names.filter((name) => name !== apex);
    expect(hosts.length).toBeGreaterThan(5);
    expect(
      hosts.some((name) => name > host(450)),
      "also behind the first hundreds",
    ).toBe(true);
    expect(await compared(), "the same again").toEqual(once);
    // One more can take the place of one, and moves no other.
    await change([set("h000a", "A", "192.0.2.7")]);
    const more = await compared();
    expect(more.compared).toEqual({ sets: 11, of: 607 });
    expect(hosts.filter((name) => !more.names.includes(name)).length).toBeLessThan(2);
    sql("update zones set record_count = 5000");
    expect(await compared(), "of a large zone another thread chooses").toEqual(more);
    sql("update zone_health set result = json_remove(result, '$.compared')");
    expect((await owner.call("GET", `${zone}/health`)).body, "of an earlier version").toMatchObject({
      result: { compared: null },
    });
  });

  test("one runs at a time, they are limited, and for who manages the zone", async () => {
    expect((await owner.call("POST", `${zone}/health`)).status).toBe(200);
    expect(await owner.call("POST", `${zone}/health`)).toMatchObject({ body: { running: true } });
    const statuses = [];
    for (let n = 0; n < 5; n += 1) {
      sql("update zone_health set finished_at = 1");
      statuses.push((await owner.call("POST", `${zone}/health`)).status);
    }
    expect(statuses.at(-1)).toBe(429);
    const member = await panel.person("Member");
    sql("insert into organisation_members select id, ?, 'member', 0 from organisations", member.id);
    expect((await member.call("GET", `${zone}/health`)).status).toBe(403);
  });
});
