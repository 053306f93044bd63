/**
 * What every provider has to do alike: one zone is moved from state to state, and after each step the provider holds
 * exactly what was wanted, and planning again finds nothing left to do.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlan } from "#lib/dns/plan.ts";
import type { Provider } from "#lib/dns/providers/provider.ts";
import { type RRset, rrsetKey, type Ttl } from "#lib/dns/rrset.ts";
import type { PowerDnsServer } from "../support/powerdns.ts";

export interface ContractSubject {
  provider: Provider;
  /** Asks the name server that serves the provider's zones, where there is one. */
  query?: PowerDnsServer["query"];
  close(): Promise<void>;
}

type QueryType = Parameters<PowerDnsServer["query"]>[1];

interface Step {
  title: string;
  /** Sets that replace those of the same name and type. */
  set?: RRset[];
  /** `name type` of sets that go. */
  remove?: [name: string, type: string][];
  /** What DNS answers afterwards. Strings are octets as Latin-1. */
  answers?: [name: string, type: QueryType, answer: unknown[]][];
  needs?: "disabled" | "editableSoa" | "editableApexNs";
  /** It is about a type that not every provider holds. */
  type?: string;
}

export const APEX = "contract.test.";
const NAMESERVERS = ["ns1.provider.test.", "ns2.provider.test."];

/** A record set of the zone; a record of the form `-content` is disabled. */
export function rrset(label: string, type: string, ttl: Ttl, ...contents: string[]): RRset {
  const name = label === "@" ? APEX : `${label}.${APEX}`;
  const records = contents.map((content) =>
    content.startsWith("-") ? { content: content.slice(1), disabled: true } : { content },
  );
  return { name, type, ttl, records };
}

/** Octets as the canonical content of a TXT record: strings of 255 octets, `\DDD` where they cannot be printed. */
export function txt(octets: Uint8Array): string {
  const strings: string[] = [];
  for (let at = 0; at < octets.length || at === 0; at += 255) {
    const part = [...octets.subarray(at, at + 255)].map((octet) => {
      if (octet === 0x22 || octet === 0x5c) return `\\${String.fromCharCode(octet)}`;
      return octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\${String(octet).padStart(3, "0")}`;
    });
    strings.push(`"${part.join("")}"`);
  }
  return strings.join(" ");
}

/** The strings that a name server has to answer with for these octets. */
const served = (octets: Uint8Array): string[] => {
  const strings: string[] = [];
  for (let at = 0; at < octets.length; at += 255)
    strings.push(Buffer.from(octets.subarray(at, at + 255)).toString("latin1"));
  return strings;
};

const EVERY_OCTET = Uint8Array.from({ length: 256 }, (_, octet) => octet);
const DKIM = Uint8Array.from({ length: 4000 }, (_, at) =>
  "v=DKIM1; k=rsa; p=ABCDEFGHabcdefgh0123456789+/".charCodeAt(at % 46),
);
const AWKWARD = Buffer.from('a\\b "quoted" c;d \\" \\\\ \\065 (e) é €', "utf8");
const HUNDRED = Array.from({ length: 100 }, (_, at) => `192.0.2.${at}`);

const STEPS: Step[] = [
  {
    title: "creates an A",
    set: [rrset("www", "A", 300, "192.0.2.1")],
    answers: [["www", "A", ["192.0.2.1"]]],
  },
  {
    title: "adds a second record",
    set: [rrset("www", "A", 300, "192.0.2.1", "192.0.2.2")],
    answers: [["www", "A", ["192.0.2.1", "192.0.2.2"]]],
  },
  {
    title: "takes one of two away",
    set: [rrset("www", "A", 300, "192.0.2.2")],
    answers: [["www", "A", ["192.0.2.2"]]],
  },
  { title: "changes a TTL", set: [rrset("www", "A", 7200, "192.0.2.2")] },
  { title: "changes a TTL and a record", set: [rrset("www", "A", 60, "192.0.2.2", "192.0.2.9")] },
  {
    title: "adds another type at the name",
    set: [rrset("www", "AAAA", 300, "2001:db8::1")],
    answers: [["www", "AAAA", ["2001:db8::1"]]],
  },
  {
    title: "swaps a CNAME for addresses",
    remove: [
      ["www", "A"],
      ["www", "AAAA"],
    ],
    set: [rrset("www", "CNAME", 300, "host.elsewhere.test.")],
    answers: [["www", "CNAME", ["host.elsewhere.test"]]],
  },
  {
    title: "swaps them back",
    remove: [["www", "CNAME"]],
    set: [rrset("www", "A", 300, "192.0.2.1")],
    answers: [
      ["www", "A", ["192.0.2.1"]],
      ["www", "CNAME", []],
    ],
  },
  {
    title: "stores MX, SRV, CAA and PTR",
    set: [
      rrset("@", "MX", 3600, `10 mail.${APEX}`, "20 mail.elsewhere.test."),
      rrset("mail", "A", 3600, "192.0.2.25"),
      rrset("_sip._tcp", "SRV", 3600, "10 60 5060 sip.elsewhere.test.", "20 0 5060 sip2.elsewhere.test."),
      rrset("@", "CAA", 3600, '0 issue "ca.test"', '128 iodef "mailto:a@ca.test"'),
      rrset("4", "PTR", 3600, "four.elsewhere.test."),
    ],
    answers: [
      [
        "@",
        "MX",
        [
          { exchange: "mail.contract.test", priority: 10 },
          { exchange: "mail.elsewhere.test", priority: 20 },
        ],
      ],
      ["4", "PTR", ["four.elsewhere.test"]],
      [
        "_sip._tcp",
        "SRV",
        [
          { name: "sip.elsewhere.test", port: 5060, priority: 10, weight: 60 },
          { name: "sip2.elsewhere.test", port: 5060, priority: 20, weight: 0 },
        ],
      ],
    ],
  },
  { title: "stores a null MX", set: [rrset("nomail", "MX", 3600, "0 .")] },
  {
    title: "delegates, with glue",
    set: [
      rrset("sub", "NS", 3600, `ns1.sub.${APEX}`, "ns.elsewhere.test."),
      rrset("ns1.sub", "A", 3600, "192.0.2.53"),
      rrset("ns1.sub", "AAAA", 3600, "2001:db8::53"),
    ],
  },
  {
    title: "keeps every octet of a TXT",
    set: [rrset("octets", "TXT", 300, txt(EVERY_OCTET))],
    answers: [["octets", "TXT", [served(EVERY_OCTET)]]],
  },
  {
    title: "keeps 4,000 octets of TXT",
    set: [rrset("dkim._domainkey", "TXT", 300, txt(DKIM))],
    answers: [["dkim._domainkey", "TXT", [served(DKIM)]]],
  },
  {
    title: "keeps backslashes, quotes, semicolons and UTF-8",
    set: [rrset("awkward", "TXT", 300, txt(AWKWARD))],
    answers: [["awkward", "TXT", [served(AWKWARD)]]],
  },
  {
    title: "keeps strings apart, and adds to them",
    set: [rrset("awkward", "TXT", 300, txt(AWKWARD), '"one" "two"')],
    answers: [["awkward", "TXT", [served(AWKWARD), ["one", "two"]]]],
  },
  {
    title: "takes an awkward string away",
    set: [rrset("awkward", "TXT", 300, '"one" "two"')],
    answers: [["awkward", "TXT", [["one", "two"]]]],
  },
  {
    title: "stores TXT at the apex beside everything else",
    set: [rrset("@", "TXT", 300, '"v=spf1 -all"')],
    answers: [["@", "TXT", [["v=spf1 -all"]]]],
  },
  {
    title: "stores a wildcard",
    set: [rrset("*.wild", "A", 300, "192.0.2.42")],
    answers: [["anything.wild", "A", ["192.0.2.42"]]],
  },
  {
    title: "stores an unusual owner name",
    set: [rrset("_a-b.0/25", "TXT", 300, '"x"')],
    answers: [["_a-b.0/25", "TXT", [["x"]]]],
  },
  { title: "stores an ALIAS at the apex", type: "ALIAS", set: [rrset("@", "ALIAS", 300, "host.elsewhere.test.")] },
  { title: "points it elsewhere", type: "ALIAS", set: [rrset("@", "ALIAS", 600, "other.elsewhere.test.")] },
  {
    title: "swaps it for an address",
    type: "ALIAS",
    remove: [["@", "ALIAS"]],
    set: [rrset("@", "A", 300, "192.0.2.80")],
    answers: [["@", "A", ["192.0.2.80"]]],
  },
  {
    title: "swaps it back",
    type: "ALIAS",
    remove: [["@", "A"]],
    set: [rrset("@", "ALIAS", 300, "host.elsewhere.test.")],
  },
  {
    title: "disables one of two records",
    needs: "disabled",
    set: [rrset("switch", "A", 300, "192.0.2.1", "-192.0.2.2")],
    answers: [["switch", "A", ["192.0.2.1"]]],
  },
  {
    title: "adds a record beside a disabled one",
    needs: "disabled",
    set: [rrset("switch", "A", 300, "192.0.2.1", "-192.0.2.2", "192.0.2.3")],
    answers: [["switch", "A", ["192.0.2.1", "192.0.2.3"]]],
  },
  {
    title: "takes a record away beside a disabled one",
    needs: "disabled",
    set: [rrset("switch", "A", 300, "-192.0.2.2", "192.0.2.3")],
    answers: [["switch", "A", ["192.0.2.3"]]],
  },
  {
    title: "disables all",
    needs: "disabled",
    set: [rrset("switch", "A", 300, "-192.0.2.2", "-192.0.2.3")],
    answers: [["switch", "A", []]],
  },
  {
    title: "enables again",
    needs: "disabled",
    set: [rrset("switch", "A", 300, "192.0.2.2", "-192.0.2.3")],
    answers: [["switch", "A", ["192.0.2.2"]]],
  },
  {
    title: "deletes a set with a disabled record",
    needs: "disabled",
    remove: [["switch", "A"]],
    answers: [["switch", "A", []]],
  },
  { title: "stores a set of a hundred", set: [rrset("many", "A", 300, ...HUNDRED)], answers: [["many", "A", HUNDRED]] },
  {
    title: "replaces half of them",
    set: [rrset("many", "A", 300, ...HUNDRED.map((a, at) => (at % 2 ? a : a.replace("192.0.2", "198.51.100"))))],
  },
  {
    title: "adds a name server to the apex",
    needs: "editableApexNs",
    set: [rrset("@", "NS", 3600, ...NAMESERVERS, "ns3.provider.test.")],
    answers: [["@", "NS", ["ns1.provider.test", "ns2.provider.test", "ns3.provider.test"]]],
  },
  {
    title: "edits the SOA",
    needs: "editableSoa",
    set: [rrset("@", "SOA", 1800, "ns1.provider.test. first\\.last.contract.test. 1 7200 1800 1209600 300")],
  },
];

/**
 * Declares the suite. `make` gives a provider that holds no zone yet. `missing` says why it cannot run here: it is then
 * skipped with that line, and fails where CI=true.
 */
export function describeProvider(
  name: string,
  make: () => Promise<ContractSubject>,
  missing: string | null = null,
): void {
  if (missing !== null && process.env.CI !== "true") console.warn(`\n  SKIPPED, contract of ${name}: ${missing}\n`);

  describe.skipIf(missing !== null && process.env.CI !== "true")(`contract: ${name}`, () => {
    let subject: ContractSubject;
    let id: string;
    let wanted: RRset[];

    beforeAll(async () => {
      if (missing !== null) throw new Error(missing);
      subject = await make();
    });
    afterAll(() => subject?.close());

    it("creates a zone and finds it", async () => {
      const { provider } = subject;
      expect(await provider.findZone(APEX)).toBeNull();
      const created = await provider.createZone({
        name: APEX,
        nameservers: NAMESERVERS,
        hostmaster: `hostmaster.${APEX}`,
      });
      id = created.externalId;
      expect(created.name).toBe(APEX);
      expect(created.readOnly).toBeUndefined();
      expect(await provider.findZone(APEX)).toEqual(created);
      expect(await provider.zoneInfo(id)).toEqual(created);
      const { info, rrsets } = await provider.readZone(id);
      expect(info).toEqual(created);
      expect(rrsets.map(rrsetKey).sort()).toEqual([`${APEX} NS`, `${APEX} SOA`]);
      wanted = rrsets;
      const ns = rrsets.find(({ type }) => type === "NS");
      // Who chooses the name servers says so, and writes the SOA too.
      if (!provider.capabilities.editableApexNs) {
        expect(ns?.records.map(({ content }) => content).sort()).toEqual(info.nameservers?.toSorted());
        return;
      }
      expect(ns?.records.map(({ content }) => content).sort()).toEqual(NAMESERVERS);
      const soa = rrsets.find(({ type }) => type === "SOA")?.records[0]?.content;
      expect(soa).toMatch(/^ns1\.provider\.test\. hostmaster\.contract\.test\. \d+ 10800 3600 604800 3600$/);
    });

    it("knows the zones at, above and below a name", async () => {
      const { provider } = subject;
      const below = `below.${APEX}`;
      const other = await provider.createZone({
        name: below,
        nameservers: NAMESERVERS,
        hostmaster: `hostmaster.${below}`,
      });
      expect((await provider.relatedZones(APEX)).sort()).toEqual([below, APEX]);
      expect(await provider.relatedZones(`deep.${below}`)).toHaveLength(2);
      expect(await provider.relatedZones(`not${APEX}`)).toEqual([]);
      await provider.deleteZone(other.externalId);
      expect(await provider.findZone(below)).toBeNull();
      expect(await provider.relatedZones(APEX)).toEqual([APEX]);
    });

    it("does not create a zone twice", async () => {
      const again = subject.provider.createZone({
        name: APEX,
        nameservers: NAMESERVERS,
        hostmaster: `hostmaster.${APEX}`,
      });
      await expect(again).rejects.toMatchObject({ name: "ProviderError", outcome: "refused" });
    });

    for (const step of STEPS) {
      it(step.title, async () => {
        // What a provider says that it cannot do is not asked of it.
        if (step.needs !== undefined && subject.provider.capabilities[step.needs] !== true)
          return expect(subject.provider.capabilities[step.needs]).toBe(false);
        if (step.type !== undefined && !subject.provider.capabilities.types.has(step.type))
          return expect(subject.provider.capabilities.kind).toBe("local");
        await moveTo(step);
        for (const [label, type, answer] of step.answers ?? []) await expectServed(label, type, answer);
      });
    }

    it("reads names, and what is below them", async () => {
      const { provider } = subject;
      const read = async (names: string[], options?: { below: string[] }) =>
        (await provider.readNames(id, names, options)).rrsets.map(rrsetKey).sort();
      const many = Array.from({ length: 30 }, (_, at) => `no${at}.${APEX}`);
      expect(await read([])).toEqual([]);
      expect(await read([`nothing.${APEX}`])).toEqual([]);
      expect(await read([`sub.${APEX}`, `sub.${APEX}`])).toEqual([`sub.${APEX} NS`]);
      expect(await read([...many, `www.${APEX}`])).toEqual([`www.${APEX} A`]);
      expect(await read([`www.${APEX}`], { below: [`sub.${APEX}`] })).toEqual(
        [`ns1.sub.${APEX} A`, `ns1.sub.${APEX} AAAA`, `sub.${APEX} NS`, `www.${APEX} A`].sort(),
      );
    });

    it("never lets the serial fall", async () => {
      const before = await subject.provider.zoneInfo(id);
      await moveTo({ title: "", set: [rrset("serial", "A", 300, "192.0.2.1")] });
      const between = await subject.provider.zoneInfo(id);
      if (subject.provider.capabilities.editableSoa) {
        await moveTo({
          title: "",
          set: [rrset("@", "SOA", 3600, "ns1.provider.test. hostmaster.contract.test. 0 7200 1800 1209600 300")],
        });
      }
      const after = await subject.provider.zoneInfo(id);
      if (before.serial === null || between.serial === null || after.serial === null) return;
      expect(between.serial).toBeGreaterThanOrEqual(before.serial);
      expect(after.serial).toBeGreaterThanOrEqual(between.serial);
    });

    it("does nothing for an empty plan", async () => {
      const steps: number[] = [];
      expect(subject.provider.preview([], id)).toEqual({ steps: 0 });
      await subject.provider.apply(id, [], (step) => steps.push(step));
      expect(steps).toEqual([]);
    });

    it("deletes everything but the apex", async () => {
      const gone = wanted.filter(({ name, type }) => name !== APEX || (type !== "SOA" && type !== "NS"));
      await moveTo({
        title: "",
        remove: gone.map(({ name, type }) => [name === APEX ? "@" : name.slice(0, -APEX.length - 1), type]),
      });
      expect((await subject.provider.readZone(id)).rrsets).toHaveLength(2);
      await expectServed("www", "A", []);
    });

    it("deletes the zone", async () => {
      await subject.provider.deleteZone(id);
      expect(await subject.provider.findZone(APEX)).toBeNull();
      await expect(subject.provider.zoneInfo(id)).rejects.toMatchObject({
        name: "ProviderError",
        code: "provider_not_found",
      });
      await expect(subject.provider.deleteZone(id)).rejects.toMatchObject({
        outcome: "refused",
        code: "provider_not_found",
      });
    });

    /** Plans from what the provider holds to the next state, applies, and proves that it is there. */
    async function moveTo(step: Step): Promise<void> {
      const { provider } = subject;
      const next = new Map(wanted.map((set) => [rrsetKey(set), set]));
      for (const [label, type] of step.remove ?? []) next.delete(rrsetKey(rrset(label, type, 0)));
      for (const set of step.set ?? []) next.set(rrsetKey(set), set);
      wanted = [...next.values()];

      const before = await provider.readZone(id);
      const plan = planTo(before.rrsets, wanted);
      expect(plan.length).toBeGreaterThan(0);
      const steps: number[] = [];
      await provider.apply(id, plan, (done) => steps.push(done));
      expect(steps).toEqual(Array.from({ length: provider.preview(plan, id).steps }, (_, at) => at + 1));

      const names = [...new Set(plan.map(({ name }) => name))];
      const { rrsets: read } = await provider.readNames(id, names);
      expect(comparable(read)).toEqual(comparable(wanted.filter(({ name }) => names.includes(name))));
      const after = await provider.readZone(id);
      expect(comparable(after.rrsets)).toEqual(comparable(wanted));
      expect(planTo(after.rrsets, wanted)).toEqual([]);
    }

    async function expectServed(label: string, type: QueryType, answer: unknown[]): Promise<void> {
      if (subject.query === undefined) return;
      const got = await subject.query(label === "@" ? APEX : `${label}.${APEX}`, type);
      const sorted = (values: unknown[]) => values.map((value) => JSON.stringify(value, keysInOrder)).sort();
      expect(sorted(got)).toEqual(sorted(answer));
    }
  });
}

const planTo = (current: RRset[], wanted: RRset[]) =>
  makePlan(current, wanted, { scope: new Set([...current, ...wanted].map(rrsetKey)), apex: APEX });

/** Sorted, and without what is no data: the serial, and fields that say nothing. */
function comparable(rrsets: readonly RRset[]) {
  return rrsets
    .map(({ name, type, ttl, records }) => ({
      set: `${name} ${type} ${ttl}`,
      records: records
        .map(({ content, disabled }) => {
          const data = type === "SOA" ? content.replace(/^(\S+ \S+) \d+/, "$1 serial") : content;
          return disabled ? `disabled ${data}` : data;
        })
        .sort(),
    }))
    .sort((a, b) => (a.set < b.set ? -1 : 1));
}

/** `JSON.stringify` with keys in order; the type that some resolvers add is no data. */
function keysInOrder(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "type")
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
