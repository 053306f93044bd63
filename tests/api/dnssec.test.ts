/** DNSSEC at a real PowerDNS, with a parent zone and a validating recursor that trusts it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
if (missing) console.warn(`\nNOT TESTED: DNSSEC. ${missing}\n`);

interface Dnssec {
  unavailable: string | null;
  signed: boolean;
  chain: string;
  keys: Record<string, unknown>[];
  ds: { text: string; keyTag: number; digestType: number; digest: string }[];
  dnskeys: { publicKey: string }[];
  parent: { state: string; ds: string[] };
  code: string;
  message: string;
  needs: string;
  state: string;
}

describe.skipIf(missing && process.env.CI !== "true")("DNSSEC", () => {
  let parent: Authority;
  let child: Authority;
  let recursor: Recursor;
  let panel: Panel;
  let owner: Person;
  let validating: (name: string) => Promise<{ rcode: string; authentic: boolean }>;
  const zones = "/organisations/acme/dns/zones";
  const zone = `${zones}/signed.parent.example`;

  beforeAll(async () => {
    const port = await freePort();
    const config = { "gsqlite3-dnssec": "yes" };
    [parent, child] = await Promise.all([
      startAuthority("127.0.0.41", port, config),
      startAuthority("127.0.0.42", port, config),
    ]);
    await publish([]);
    await parent.api("PUT", "/zones/parent.example.", { dnssec: true, api_rectify: true });
    const [key] = (await parent.api("GET", "/zones/parent.example./cryptokeys")) as { ds: string[] }[];
    const anchor = key?.ds.find((ds) => / 2 /.test(ds));
    recursor = await startRecursor(
      { "parent.example": `127.0.0.41:${port}`, "signed.parent.example": `127.0.0.42:${port}` },
      [`"parent.example", "${anchor}"`],
    );
    panel = await startPanel({
      POWERDNS_API_URL: child.apiUrl,
      POWERDNS_API_KEY: child.apiKey,
      POWERDNS_NAMESERVERS: "ns.signed.parent.example",
      RESOLVER: recursor.address,
    });
    const { setSetting } = await import("#lib/settings/settings.ts");
    setSetting("zone_claims", "trusted");
    owner = await panel.person("Owner");
    await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" });
    expect((await owner.call("POST", zones, { name: "signed.parent.example" })).status).toBe(201);
    const record = { name: "www", type: "A", ttl: 60, content: "192.0.2.1" };
    expect((await owner.call("POST", `${zone}/records`, record)).status).toBe(201);
    const { resolve } = await import("#lib/dns/resolver.ts");
    validating = (name) => resolve({ name: `${name}.signed.parent.example.`, type: "A", dnssec: true });
  });
  afterAll(async () => {
    panel?.close();
    await Promise.all([parent, child, recursor].map((server) => server?.stop()));
  });

  /** The records of the zone below that the parent has. */
  async function publish(ds: string[]): Promise<void> {
    const set = (name: string, type: string, contents: string[]) => ({
      name,
      type,
      ttl: 0,
      changetype: contents.length > 0 ? "REPLACE" : "DELETE",
      records: contents.map((content) => ({ content, disabled: false })),
    });
    const soa = "ns.parent.example. h.parent.example. 1 60 60 60 0";
    if ((await parent.api("GET", "/zones/parent.example.")) === null)
      await parent.zone("parent.example.", [`parent.example. SOA ${soa}`, "parent.example. NS ns.parent.example."]);
    await parent.api("PATCH", "/zones/parent.example.", {
      rrsets: [
        set("ns.parent.example.", "A", ["127.0.0.41"]),
        set("signed.parent.example.", "NS", ["ns.signed.parent.example."]),
        set("signed.parent.example.", "DS", ds),
      ],
    });
  }
  const status = async () => (await owner.call<Dnssec>("GET", `${zone}/dnssec`)).body;

  test("is switched on: the zone is signed, and what belongs at the registrar is told", async () => {
    expect(await status()).toMatchObject({ unavailable: null, signed: false, chain: "unsigned", ds: [], keys: [] });
    expect(await owner.call("POST", `${zone}/dnssec`)).toMatchObject({ status: 200, body: { state: "applied" } });
    const now = await status();
    expect(now).toMatchObject({
      signed: true,
      chain: "waiting",
      parent: { state: "none" },
      keys: [{ role: "csk", algorithm: "ECDSAP256SHA256", active: true }],
    });
    expect(now.ds.map(({ digestType }) => digestType).toSorted()).toEqual([2, 4]);
    expect(now.ds[0]).toMatchObject({
      keyTag: expect.any(Number),
      digest: expect.stringMatching(/^[0-9a-f]{64,96}$/i),
    });
    expect(now.dnskeys).toHaveLength(1);
    expect(JSON.stringify(now)).not.toMatch(/private/i);
    const { askServer } = await import("#lib/dns/resolver.ts");
    const server = { host: "127.0.0.42", port: child.dnsPort };
    const cds = await askServer(server, { name: "signed.parent.example.", type: "CDS" });
    expect(cds.answers.map(({ content }) => content.toLowerCase())).toContain(now.ds[0]?.text.toLowerCase());
    expect(await owner.call("POST", `${zone}/dnssec`)).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect(await owner.call("GET", `${zone}/changes`)).toMatchObject({
      body: { items: [{ kind: "sign", state: "applied", actor: { id: owner.id } }, {}, {}] },
    });
  });

  test("with the DS at the parent a validating resolver believes it, and its records can be changed", async () => {
    await publish((await status()).ds.map(({ text }) => text));
    expect(await status()).toMatchObject({ chain: "secure", parent: { state: "published" } });
    expect(await validating("www")).toMatchObject({ rcode: "NOERROR", authentic: true });
    const record = { name: "new", type: "A", ttl: 60, content: "192.0.2.2" };
    expect((await owner.call("POST", `${zone}/records`, record)).status).toBe(201);
  });

  test("is not switched off behind the back of a parent that still publishes the DS", async () => {
    const refused = await owner.call<Dnssec>("DELETE", `${zone}/dnssec`, {});
    expect(refused).toMatchObject({ status: 409, body: { code: "confirm_required", needs: "ds_published" } });
    expect(refused.body.message).toMatch(/parent still publishes a DS/);
    expect((await owner.call("DELETE", `${zone}/dnssec`, { confirm: "ds_unknown" })).status).toBe(409);
    expect(await status()).toMatchObject({ signed: true });
    expect(await owner.call("DELETE", `${zone}/dnssec`, { confirm: "ds_published" })).toMatchObject({
      status: 200,
      body: { state: "applied" },
    });
    expect(await status()).toMatchObject({ signed: false, chain: "broken", keys: [] });
    // One that no resolver remembers.
    expect((await validating("new")).rcode).toBe("SERVFAIL");
  });

  test("keys of another time at the parent break the chain", async () => {
    expect((await owner.call("POST", `${zone}/dnssec`)).status).toBe(200);
    expect(await status()).toMatchObject({ signed: true, chain: "broken" });
    await publish([]);
    expect(await status()).toMatchObject({ chain: "waiting" });
    expect((await owner.call("DELETE", `${zone}/dnssec`, {})).status).toBe(200);
  });

  test("where nobody can be asked, that is said and has to be known", async () => {
    expect((await owner.call("POST", `${zone}/dnssec`)).status).toBe(200);
    await recursor.stop();
    expect(await status()).toMatchObject({ chain: "unknown", parent: { state: "unknown" } });
    const refused = await owner.call<Dnssec>("DELETE", `${zone}/dnssec`, {});
    expect(refused).toMatchObject({ status: 409, body: { needs: "ds_unknown" } });
    expect((await owner.call("DELETE", `${zone}/dnssec`, { confirm: "ds_unknown" })).status).toBe(200);
  });

  test("a provider that does not answer leaves it open until it is known", async () => {
    child.kill();
    expect((await owner.call("POST", `${zone}/dnssec`)).status).toBe(502);
    await child.restart();
    expect(await status()).toMatchObject({ signed: false });
  });

  test("is for who manages the zone, and says where it is not to be had", async () => {
    const member = await panel.person("Member");
    const { db } = await import("#db/client.ts");
    db()
      .$client.prepare("insert into organisation_members select id, ?, 'member', 0 from organisations")
      .run(member.id);
    expect((await member.call("GET", `${zone}/dnssec`)).status).toBe(403);
    expect((await member.call("POST", `${zone}/dnssec`)).status).toBe(403);
    await owner.call("POST", zones, { name: "kept.example", connection: "local" });
    expect(await owner.call("GET", `${zones}/kept.example/dnssec`)).toMatchObject({
      body: { unavailable: expect.stringContaining("kept in the panel") },
    });
    expect((await owner.call("POST", `${zones}/kept.example/dnssec`)).status).toBe(409);
  });
});
