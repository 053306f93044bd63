/** What an export says of a zone comes back with it: at every provider, and at another one as far as it can be kept. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CloudflareFake, startCloudflare } from "../support/cloudflare.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type PowerDnsServer, startPowerDns } from "../support/powerdns.ts";

interface RecordIn {
  content: string;
  disabled?: boolean;
  comment?: string;
  proxied?: boolean;
  tags?: string[];
}
interface Imported {
  state: string;
  plan: unknown[];
  warnings: { code: string; message: string }[];
  errors: { line?: number; message: string }[];
  lines: { line: number; reason: string }[];
}

const zones = "/organisations/acme/dns/zones";
let fake: CloudflareFake;
let powerdns: PowerDnsServer;
let panel: Panel;
let owner: Person;
let sequence = 0;

beforeAll(async () => {
  [fake, powerdns] = await Promise.all([startCloudflare(), startPowerDns()]);
  panel = await startPanel({
    CLOUDFLARE_API_TOKEN: fake.token,
    CLOUDFLARE_ACCOUNT_ID: fake.accountId,
    CLOUDFLARE_API_BASE: fake.base,
    POWERDNS_API_URL: powerdns.apiUrl,
    POWERDNS_API_KEY: powerdns.apiKey,
  });
  const { setSetting } = await import("#lib/settings/settings.ts");
  setSetting("zone_claims", "trusted");
  owner = await panel.person("Owner");
  expect((await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" })).status).toBe(201);
});
afterAll(async () => {
  await panel?.close();
  await fake?.close();
  await powerdns?.stop();
});

type Connection = "local" | "powerdns" | "cloudflare";

async function zone(connection: Connection) {
  const name = `whole${++sequence}.example`;
  const path = `${zones}/${name}`;
  expect((await owner.call("POST", zones, { name, connection })).status).toBe(201);
  if (connection === "cloudflare") {
    const there = fake.zone(name);
    Object.assign(there, { status: "active", plan: "pro" });
    const { connectionById } = await import("#lib/dns/connections.ts");
    await connectionById("cloudflare")?.provider.zoneInfo(there.id);
  }
  return {
    put: async (rrsets: { name: string; type: string; ttl: number | "auto"; records: RecordIn[] }[]) => {
      const answer = await owner.call("POST", `${path}/changes`, { rrsets, confirm: true });
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    },
    text: async () => String((await owner.call("GET", `${path}/export`)).body),
    take: (text: string, more: object = {}) =>
      owner.call<Imported>("POST", `${path}/import`, { text, mode: "replace", confirm: true, ...more }),
    rows: async (q: string) =>
      (await owner.call<{ items: Record<string, unknown>[] }>("GET", `${path}/records?q=${q}`)).body.items.map(
        ({ id: _, name: __, ...row }) => row,
      ),
  };
}

/** Without the revision and the serial, which only grow. */
const body = (text: string) => text.slice(text.indexOf("\n")).replace(/\tSOA\t.*/, "");

const COMMENTS = [
  "plain",
  ' ; "quoted" (bracket ',
  "ends with ttl=auto",
  "cf_tags=cf-proxied:true",
  "x cf_tags=a,b ttl=auto ",
  "Zürich 🚀 \\092 \\",
];
const anything = fc.oneof(fc.constantFrom(...COMMENTS), fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" }));
const oneLine = anything.map((text) => text.replace(/[\r\n]/g, " "));
const extras: Record<Connection, fc.Arbitrary<Omit<RecordIn, "content">>> = {
  local: fc.record(
    { disabled: fc.boolean(), comment: fc.oneof(anything, fc.constant("two\nlines\r\tand a tab")) },
    { requiredKeys: [] },
  ),
  powerdns: fc.record({ disabled: fc.boolean() }, { requiredKeys: [] }),
  cloudflare: fc.record(
    {
      proxied: fc.boolean(),
      comment: oneLine,
      tags: fc.uniqueArray(fc.stringMatching(/^[a-b]{1,3}(?::[^\n\r]{0,6})?$/), { maxLength: 4 }),
    },
    { requiredKeys: [] },
  ),
};

describe.each(["local", "powerdns", "cloudflare"] as const)("%s", (connection) => {
  test("what is exported imports to the same zone, with everything that hangs on its records", async () => {
    const at = await zone(connection);
    let last = "";
    await fc.assert(
      fc.asyncProperty(
        fc.array(extras[connection], { minLength: 3, maxLength: 3 }),
        fc.boolean(),
        async (hung, auto) => {
          const records = hung.map((one, index) => ({ content: `192.0.2.${index + 1}`, ...one }));
          const proxied = records.some((record) => record.proxied);
          const ttl = connection === "cloudflare" && (auto || proxied) ? "auto" : 300;
          await at.put([{ name: "www", type: "A", ttl, records }]);
          const text = await at.text();
          expect((await at.take(text, { dryRun: true })).body.plan).toEqual([]);
          if (last === "") {
            last = text;
            return;
          }
          // What was before comes back whole too, and then again what is now.
          for (const one of [last, text]) {
            const taken = await at.take(one);
            expect(taken.status, JSON.stringify(taken.body)).toBe(200);
            expect(body(await at.text())).toBe(body(one));
          }
          last = text;
        },
      ),
      { numRuns: 12 },
    );
  });
});

test("at another provider it is imported as far as it can be kept there, and says what is left out", async () => {
  const from = await zone("cloudflare");
  await from.put([
    {
      name: "www",
      type: "A",
      ttl: "auto",
      records: [{ content: "192.0.2.1", proxied: true, comment: "main", tags: ["team:web"] }],
    },
  ]);
  const name = `whole${sequence}.example`;
  const local = await zone("local");
  const here = (text: string) => text.replaceAll(name, `whole${sequence}.example`);
  const text = here(await from.text());
  expect((await local.take(text)).status).toBe(200);
  const taken = await local.take(text, { dryRun: true });
  expect(taken.body.warnings.filter(({ code }) => /^no_/.test(code)).map(({ code }) => code)).toEqual([
    "no_proxied",
    "no_tags",
  ]);
  expect(await local.rows("www")).toEqual([{ type: "A", ttl: 300, content: "192.0.2.1", comment: "main" }]);

  await local.put([{ name: "off", type: "A", ttl: 60, records: [{ content: "192.0.2.9", disabled: true }] }]);
  const back = (await local.text()).replaceAll(`whole${sequence}.example`, name);
  const planned = await from.take(back, { mode: "merge", dryRun: true });
  expect(planned.body.warnings.map(({ code }) => code)).toContain("no_disabled");
  expect(JSON.stringify(planned.body.plan)).not.toContain("off.");
});

test("a file of Cloudflare's own says what is proxied, and a comment of somebody's own says nothing", async () => {
  const at = await zone("cloudflare");
  const name = `whole${sequence}.example`;
  await at.take(
    `;; Domain: ${name}.\n;; Exported: 2026-11-21 12:00:00\nwww.${name}.\t1\tIN\tA\t192.0.2.1 ; Site cf_tags=cf-proxied:true,a:b\n`,
  );
  const now = [{ type: "A", ttl: "auto", content: "192.0.2.1", proxied: true, comment: "Site", tags: ["a:b"] }];
  expect(await at.rows("www")).toEqual(now);
  await at.take("www 300 IN A 192.0.2.1 ; the web server, moves in May\n");
  expect(await at.rows("www")).toEqual(now);
});

test("what stands in comments is held to the same limits as anything", async () => {
  const at = await zone("local");
  const mark = "; Zonegate 1:\n";
  const long = await at.take(`${mark}www 60 A 192.0.2.1 ; ${"x".repeat(501)}\n`);
  expect(long.status).toBe(422);
  expect(long.body.lines).toMatchObject([{ line: 2, reason: "A comment has at most 500 characters." }]);
  const below = await at.take(`${mark}; not served: www.elsewhere.example. 60 A 192.0.2.1\n`);
  expect(below.body.lines).toMatchObject([{ line: 2 }]);
});
