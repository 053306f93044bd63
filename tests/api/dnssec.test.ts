/** DNSSEC at a real PowerDNS, with a parent zone and a validating recursor that trusts it. */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CloudflareFake, startCloudflare } from "../support/cloudflare.ts";
import { type FaultProxy, startFaultProxy } from "../support/fake-powerdns.ts";
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
  let proxy: FaultProxy;
  let cloudflare: CloudflareFake;
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
    [proxy, cloudflare] = await Promise.all([startFaultProxy(child.apiUrl), startCloudflare()]);
    panel = await startPanel({
      POWERDNS_API_URL: proxy.url,
      POWERDNS_API_KEY: child.apiKey,
      POWERDNS_NAMESERVERS: "ns.signed.parent.example",
      CLOUDFLARE_API_TOKEN: cloudflare.token,
      CLOUDFLARE_ACCOUNT_ID: cloudflare.accountId,
      CLOUDFLARE_API_BASE: cloudflare.base,
      RESOLVER: recursor.address,
      ZONEGATE_TEST_HOOKS: "1",
    });
    const { setSetting } = await import("#lib/settings/settings.ts");
    setSetting("zone_claims", "trusted");
    owner = await panel.person("Owner");
    await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" });
    expect((await owner.call("POST", zones, { name: "signed.parent.example", connection: "powerdns" })).status).toBe(
      201,
    );
    const record = { name: "www", type: "A", ttl: 60, content: "192.0.2.1" };
    expect((await owner.call("POST", `${zone}/records`, record)).status).toBe(201);
    const { resolve } = await import("#lib/dns/resolver.ts");
    validating = (name) => resolve({ name: `${name}.signed.parent.example.`, type: "A", dnssec: true });
  });
  afterAll(async () => {
    await panel?.close();
    await Promise.all([proxy, cloudflare].map((server) => server?.close()));
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

  test("while it is on, its keys are the server's alone", async () => {
    const key = {
      type: "DNSKEY",
      ttl: 60,
      content: "257 3 13 oXiGYrSTO+LSCJ3mohc8EP+CzF9KxBj8/ydXJ22pKuZP3VAC3/Md/k7xZfz470CoRyZJ6gV6vml07IC3d8xqhA==",
    };
    const made = { status: 422, body: { fields: { type: expect.stringContaining("made by the server") } } };
    expect(await owner.call("POST", `${zone}/records`, { ...key, name: "@" })).toMatchObject(made);
    for (const type of ["RRSIG", "NSEC", "NSEC3", "NSEC3PARAM"])
      expect(
        await owner.call("POST", `${zone}/records`, { name: "@", type, ttl: 60, content: "\\# 0" }),
        type,
      ).toMatchObject({ status: 403 });
    const plain = `${zones}/plain.example`;
    await owner.call("POST", zones, { name: "plain.example", connection: "powerdns" });
    expect((await owner.call("POST", `${plain}/records`, { ...key, name: "@" })).status).toBe(201);
    // Signed behind the panel's back: what is read before each change says so.
    await child.api("PUT", "/zones/plain.example.", { dnssec: true });
    expect(
      await owner.call("POST", `${plain}/records`, {
        ...key,
        name: "@",
        ttl: 60,
        content: key.content.replace("257", "256"),
      }),
    ).toMatchObject(made);
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

  describe("a switch whose answer was lost", () => {
    interface Switching {
      connection: "powerdns" | "cloudflare";
      /** Fails the call that switches, from now on. */
      lose(landed: boolean): void;
      find(): void;
    }
    const providers: Switching[] = [
      {
        connection: "powerdns",
        lose: (landed) => proxy.fail(landed ? "drop-after" : "500-before", { method: "PUT" }),
        find: () => proxy.fail(null),
      },
      {
        connection: "cloudflare",
        lose: (landed) =>
          cloudflare.fail({ fault: landed ? "drop-after" : "502-before", method: "PATCH", path: "dnssec" }),
        find: () => cloudflare.fail(null),
      },
    ];
    test.each(providers)("at $connection is settled by what is there", async ({ connection, lose, find }) => {
      const { settleAll } = await import("#lib/dns/settle.ts");
      const landing = path.join(panel.dataDir, "landing-ms");
      for (const on of [true, false])
        for (const landed of [false, true]) {
          const name = `lost-${on ? "on" : "off"}-${landed ? "landed" : "never"}-${connection}.example`;
          const at = `${zones}/${name}`;
          expect((await owner.call("POST", zones, { name, connection })).status).toBe(201);
          if (!on) expect((await owner.call("POST", `${at}/dnssec`)).status, name).toBe(200);
          lose(landed);
          const answer = on
            ? await owner.call("POST", `${at}/dnssec`)
            : await owner.call("DELETE", `${at}/dnssec`, { confirm: "ds_unknown" });
          find();
          expect(answer, name).toMatchObject({ status: 202, body: { state: "unknown" } });
          await settleAll();
          const entry = async () =>
            (await owner.call<{ items: { kind: string; state: string }[] }>("GET", `${at}/changes`)).body.items[0];
          expect(await entry(), "it could still land").toMatchObject({
            kind: on ? "sign" : "unsign",
            state: "unknown",
          });
          writeFileSync(landing, "0");
          await settleAll();
          rmSync(landing);
          expect(await entry(), name).toMatchObject({ state: landed ? "applied" : "not_applied" });
          expect((await owner.call<Dnssec>("GET", `${at}/dnssec`)).body.signed, name).toBe(landed === on);
          const record = { name: "www", type: "A", ttl: 300, content: "192.0.2.1" };
          expect((await owner.call("POST", `${at}/records`, record)).status, "the zone is free again").toBe(201);
        }
    });
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
