/** Every record type at a real PowerDNS: what is canonical here it takes as it is, and gives back the same. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { powerDns } from "#lib/dns/providers/powerdns.ts";
import { powerDnsFeatures } from "#lib/dns/providers/powerdns-content.ts";
import type { Plan, RRset } from "#lib/dns/rrset.ts";
import { canonicalContent, recordTypes } from "#lib/dns/types/index.ts";
import { tokensOf } from "#lib/dns/types/strings.ts";
import { type PowerDnsServer, powerDnsAvailable, startPowerDns } from "../support/powerdns.ts";
import { rdata } from "../support/rdata.ts";
import { APEX } from "./suite.ts";

const missing = powerDnsAvailable();
const zone = { name: APEX, nameservers: ["ns1.provider.test."], hostmaster: `hostmaster.${APEX}` };

describe.skipIf(missing !== null && process.env.CI !== "true")("PowerDNS", () => {
  let server: PowerDnsServer;
  beforeAll(async () => {
    server = await startPowerDns();
  });
  afterAll(async () => server?.stop());

  test("takes every type as it is written here, and gives back the same", async () => {
    const sets: RRset[] = [];
    const about = await fetch(`${server.apiUrl}/api/v1/servers/localhost`, { headers: { "X-API-Key": server.apiKey } });
    const { version } = (await about.json()) as { version: string };
    // 5.1.5 takes the empty value of a parameter for two quotes, and refuses it.
    const misread = powerDnsFeatures(version).newSpelling ? /^key\d+=""$/ : null;
    for (const type of recordTypes.keys()) {
      if (type === "SOA") continue;
      const given = fc.sample(rdata[type] as fc.Arbitrary<string>, { numRuns: 40, seed: 1 });
      const contents = given.flatMap((content) => {
        const read = canonicalContent(type, content, APEX);
        return read.ok && !(misread && tokensOf(read.value).some((token) => misread.test(token))) ? [read.value] : [];
      });
      if (["DNSKEY", "CDNSKEY", "CDS"].includes(type)) {
        const records = [...new Set(contents)].sort().map((content) => ({ content }));
        sets.push({ name: APEX, type, ttl: 300, records });
        continue;
      }
      for (const [index, content] of [...new Set(contents)].entries())
        sets.push({ name: `${type.toLowerCase()}-${index}.${APEX}`, type, ttl: 300, records: [{ content }] });
    }
    sets.push({ name: `other.${APEX}`, type: "TYPE65280", ttl: 300, records: [{ content: "\\# 2 abcd" }] });
    const provider = powerDns({ url: server.apiUrl, apiKey: server.apiKey });
    const id = (await provider.createZone(zone)).externalId;
    const plan: Plan = sets.map((set) => ({
      kind: "create",
      name: set.name,
      type: set.type,
      before: null,
      after: set,
    }));
    await provider.apply(id, plan);
    const stored = new Map((await provider.readZone(id)).rrsets.map((set) => [`${set.name} ${set.type}`, set]));
    expect(sets.map((set) => stored.get(`${set.name} ${set.type}`))).toEqual(sets);
    expect(new Set(sets.map((set) => set.type)).size).toBe(recordTypes.size);
  });
});
