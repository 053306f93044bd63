/** What is sent to which version of PowerDNS. */
import { describe, expect, it } from "vitest";
import type { SendHttp } from "#lib/dns/providers/http-call.ts";
import { powerDns } from "#lib/dns/providers/powerdns.ts";
import { encodeChange, encodeContent, powerDnsFeatures } from "#lib/dns/providers/powerdns-content.ts";
import type { Change, DnsRecord, Plan, RRset } from "#lib/dns/rrset.ts";

const OLD = powerDnsFeatures("4.7.3");
const NEW = powerDnsFeatures("5.1.5");

const set = (ttl: number, ...contents: string[]): RRset => ({
  name: "www.example.test.",
  type: "A",
  ttl,
  records: contents.map(
    (content): DnsRecord => (content.startsWith("-") ? { content: content.slice(1), disabled: true } : { content }),
  ),
});

function change(before: RRset | null, after: RRset | null): Change {
  const { name, type } = (before ?? after) as RRset;
  if (before === null) return { kind: "create", name, type, before, after: after as RRset };
  if (after === null) return { kind: "delete", name, type, before, after };
  return { kind: "update", name, type, before, after };
}

describe("features by version", () => {
  it.each([
    ["4.7.3", false, false],
    ["4.9.11", false, false],
    ["4.9.12", false, true],
    ["4.9.17", false, true],
    ["5.0.0", false, false],
    ["5.0.1", false, false],
    ["5.0.2", false, true],
    ["5.1.0-beta1", true, true],
    ["5.1.5", true, true],
    ["5.2.0-alpha1", true, true],
    ["6.0.0", true, true],
    ["0.0.4321.0.master.g12345678", true, true],
    ["something else", true, true],
  ])("%s", (version, unescapesContent, extendAndPrune) => {
    expect(powerDnsFeatures(version)).toMatchObject({ unescapesContent, extendAndPrune });
    expect(powerDnsFeatures(version).filterShowsDisabled).toBe(!version.startsWith("4."));
  });
});

describe("escapes of content", () => {
  it.each([
    ['"a\\"b"', '"a\\\\\\"b"'],
    ['"a\\\\b"', '"a\\\\\\\\b"'],
    ['"a\\\\\\"b"', '"a\\\\\\\\\\\\\\"b"'],
    ['"\\195\\169"', '"\\\\195\\\\169"'],
    ['"one" "two;(three)"', '"one" "two;(three)"'],
    ["ns1.test. first\\.last.test. 0 1 2 3 4", "ns1.test. first\\\\.last.test. 0 1 2 3 4"],
    ["\\# 4 c0000201", "\\# 4 c0000201"],
  ])("%s", (canonical, sent) => {
    expect(encodeContent(canonical, OLD)).toBe(canonical);
    expect(encodeContent(canonical, NEW)).toBe(sent);
  });
});

describe("changes", () => {
  const record = (content: string, disabled = false) => ({ content, disabled });
  const base = { name: "www.example.test.", type: "A" };

  it.each<[string, RRset | null, RRset | null, object]>([
    [
      "one more",
      set(300, "192.0.2.1"),
      set(300, "192.0.2.1", "192.0.2.2"),
      { changetype: "EXTEND", ttl: 300, records: [record("192.0.2.2")] },
    ],
    [
      "the first, for EXTEND looks at no other types",
      null,
      set(300, "192.0.2.1"),
      { changetype: "REPLACE", ttl: 300, records: [record("192.0.2.1")] },
    ],
    [
      "one less",
      set(300, "192.0.2.1", "192.0.2.2"),
      set(300, "192.0.2.2"),
      { changetype: "PRUNE", ttl: 300, records: [record("192.0.2.1")] },
    ],
    ["the last", set(300, "192.0.2.1"), null, { changetype: "PRUNE", ttl: 300, records: [record("192.0.2.1")] }],
    [
      "two at once",
      null,
      set(300, "192.0.2.1", "192.0.2.2"),
      { changetype: "REPLACE", ttl: 300, records: [record("192.0.2.1"), record("192.0.2.2")] },
    ],
    ["two less", set(300, "192.0.2.1", "192.0.2.2"), null, { changetype: "DELETE" }],
    [
      "another content",
      set(300, "192.0.2.1"),
      set(300, "192.0.2.2"),
      { changetype: "REPLACE", ttl: 300, records: [record("192.0.2.2")] },
    ],
    [
      "one more and another TTL",
      set(300, "192.0.2.1"),
      set(60, "192.0.2.1", "192.0.2.2"),
      { changetype: "REPLACE", ttl: 60, records: [record("192.0.2.1"), record("192.0.2.2")] },
    ],
    [
      "one more beside a disabled one, which EXTEND would drop",
      set(300, "-192.0.2.1"),
      set(300, "-192.0.2.1", "192.0.2.2"),
      { changetype: "REPLACE", ttl: 300, records: [record("192.0.2.1", true), record("192.0.2.2")] },
    ],
    ["a disabled one less, which PRUNE does not see", set(300, "-192.0.2.1"), null, { changetype: "DELETE" }],
  ])("%s", (_, before, after, patch) => {
    expect(encodeChange(change(before, after), NEW)).toEqual({ ...base, ...patch });
  });

  it("replaces and deletes where there is nothing else", () => {
    expect(encodeChange(change(set(300, "192.0.2.1"), set(300, "192.0.2.1", "192.0.2.2")), OLD)).toMatchObject({
      changetype: "REPLACE",
    });
    expect(encodeChange(change(set(300, "192.0.2.1"), null), OLD)).toEqual({ ...base, changetype: "DELETE" });
  });
});

describe("calls", () => {
  const json = (value: unknown) => ({ status: 200, text: JSON.stringify(value) });

  /** Answers as a server of this version would, and remembers what it was asked. */
  function fakeServer(version: string, patchAnswer = () => ({ status: 204, text: "" })) {
    const requests: { method: string; path: string; body: unknown }[] = [];
    const fake: SendHttp = async ({ url, method, body }) => {
      const path = new URL(url).pathname + new URL(url).search;
      requests.push({ method, path, body: body === undefined ? undefined : JSON.parse(body) });
      if (path === "/api/v1/servers/localhost") return json({ type: "Server", id: "localhost", version });
      if (method === "PATCH") return patchAnswer();
      return json({
        id: "example.test.",
        name: "example.test.",
        kind: "Native",
        rrsets: [],
        serial: 7,
        soa_edit_api: "DEFAULT",
      });
    };
    return { requests, fake };
  }

  const provider = (send: SendHttp) => powerDns({ url: "http://pdns.test:8081/", apiKey: "k", send });

  const plan: Plan = [
    {
      kind: "create",
      name: "t.example.test.",
      type: "TXT",
      before: null,
      after: { name: "t.example.test.", type: "TXT", ttl: 60, records: [{ content: '"a\\"b"' }] },
    },
  ];

  it("tells 5.1 with one more level of escapes", async () => {
    const { requests, fake } = fakeServer("5.1.5");
    await provider(fake).apply("example.test.", plan);
    expect(requests.at(-1)?.body).toEqual({
      rrsets: [
        {
          name: "t.example.test.",
          type: "TXT",
          changetype: "REPLACE",
          ttl: 60,
          records: [{ content: '"a\\\\\\"b"', disabled: false }],
        },
      ],
    });
  });

  it("spells content as the version does, and as another one does where that is refused", async () => {
    const service = 'mandatory=dohpath,key9 dohpath="/q{?dns}" ohttp key9="\\000\\029A\\000"';
    const located = "0 0 0.000 N 0 0 0.000 E 0.00m 1.00m 10000.00m 10.00m";
    const sets = { HTTPS: `1 . ${service}`, LOC: located };
    const named = '1 . mandatory=dohpath,tls-supported-groups dohpath="/q{?dns}" ohttp tls-supported-groups=29,16640';
    const numbered = '1 . mandatory=key7,key9 key7="/q{?dns}" key8="" key9="\\000\\029A\\000"';
    const newly = [named, located];
    const formerly = [numbered, "0 0 0.000 S 0 0 0.000 W 0.00m 1.00m 10000.00m 10.00m"];
    const creations = Object.entries(sets).map(([type, content]): Change => {
      const after = { name: "s.example.test.", type, ttl: 60, records: [{ content }] };
      return { kind: "create", name: after.name, type, before: null, after };
    });
    const told = ({ requests }: ReturnType<typeof fakeServer>) =>
      requests
        .filter(({ method }) => method === "PATCH")
        .map(({ body }) => (body as { rrsets: RRset[] }).rrsets.map((one) => one.records[0]?.content));
    for (const [version, first, second] of [
      ["5.1.5", newly, formerly.map((content) => encodeContent(content, NEW))],
      ["5.0.4", formerly, newly],
      ["4.9.17", formerly, newly],
    ] as const) {
      const willing = fakeServer(version);
      await provider(willing.fake).apply("example.test.", creations);
      expect(told(willing)).toEqual([first]);

      let refusals = 1;
      const refused = { status: 422, text: JSON.stringify({ error: "Not in expected format" }) };
      const other = fakeServer(version, () => (refusals-- > 0 ? refused : { status: 204, text: "" }));
      await provider(other.fake).apply("example.test.", creations);
      expect(told(other)).toEqual([first, second]);

      const unwilling = fakeServer(version, () => refused);
      await expect(provider(unwilling.fake).apply("example.test.", creations)).rejects.toThrow(
        /the way PowerDNS stores/,
      );
      expect(told(unwilling)).toEqual([first, second]);
    }
    // Where both spell alike, it is asked once.
    const server = fakeServer("5.1.5", () => ({ status: 422, text: "{}" }));
    await expect(provider(server.fake).apply("example.test.", plan)).rejects.toThrow(/refused/);
    expect(told(server)).toHaveLength(1);
  });

  it("adds and removes single records where the version can", async () => {
    const txt = (...contents: string[]): RRset => ({
      name: "t.example.test.",
      type: "TXT",
      ttl: 60,
      records: contents.map((content) => ({ content })),
    });
    const { requests, fake } = fakeServer("5.1.5");
    await provider(fake).apply("example.test.", [change(txt('"x"'), txt('"x"', '"a\\\\b"'))]);
    await provider(fake).apply("example.test.", [change(txt('"x"', '"a\\\\b"'), txt('"x"'))]);
    const [added, removed] = requests.filter(({ method }) => method === "PATCH").map(({ body }) => body);
    const member = {
      name: "t.example.test.",
      type: "TXT",
      ttl: 60,
      records: [{ content: '"a\\\\\\\\b"', disabled: false }],
    };
    expect(added).toEqual({ rrsets: [{ ...member, changetype: "EXTEND" }] });
    expect(removed).toEqual({ rrsets: [{ ...member, changetype: "PRUNE" }] });
  });

  it("tells 4.7 as it is", async () => {
    const { requests, fake } = fakeServer("4.7.3");
    await provider(fake).apply("example.test.", plan);
    expect(requests.at(-1)?.body).toEqual({
      rrsets: [
        {
          name: "t.example.test.",
          type: "TXT",
          changetype: "REPLACE",
          ttl: 60,
          records: [{ content: '"a\\"b"', disabled: false }],
        },
      ],
    });
  });

  it("asks for the version once, and costs one call each for reading and writing after that", async () => {
    const { requests, fake } = fakeServer("5.1.5");
    const connection = provider(fake);
    await connection.apply("example.test.", plan);
    requests.length = 0;
    await connection.readNames("example.test.", ["t.example.test."]);
    await connection.apply("example.test.", plan);
    await connection.readNames("example.test.", ["t.example.test."]);
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /api/v1/servers/localhost/zones/example.test.?rrset_name=t.example.test.",
      "PATCH /api/v1/servers/localhost/zones/example.test.",
      "GET /api/v1/servers/localhost/zones/example.test.?rrset_name=t.example.test.",
    ]);
  });

  it("forgets the version when the server fails", async () => {
    const { requests, fake } = fakeServer("5.1.5", () => ({ status: 500, text: "oops" }));
    const connection = provider(fake);
    for (const _ of [1, 2])
      await expect(connection.apply("example.test.", plan)).rejects.toMatchObject({ outcome: "unknown" });
    expect(requests.filter(({ path }) => path === "/api/v1/servers/localhost")).toHaveLength(2);
  });

  it("sends a SOA with the serial that is there", async () => {
    const { requests, fake } = fakeServer("4.7.3");
    const soa = (content: string): RRset => ({ name: "example.test.", type: "SOA", ttl: 60, records: [{ content }] });
    await provider(fake).apply("example.test.", [change(soa("ns. a.test. 3 1 1 1 1"), soa("ns. a.test. 3 1 1 1 2"))]);
    expect(requests.at(-1)?.body).toMatchObject({ rrsets: [{ records: [{ content: "ns. a.test. 7 1 1 1 2" }] }] });
  });

  it("keeps the order of the plan in one call, and owner names together in several", () => {
    const content = `"${"x".repeat(255)}"`;
    const of = (name: string, type: string, records: number): Change => {
      const after: RRset = {
        name: `${name}.example.test.`,
        type,
        ttl: 60,
        records: Array.from({ length: records }, () => ({ content })),
      };
      return { kind: "create", name: after.name, type, before: null, after };
    };
    const preview = (plan: Plan) => provider(fakeServer("4.7.3").fake).preview(plan, "example.test.");
    expect(preview([])).toEqual({ steps: 0 });
    expect(preview([of("a", "TXT", 4000)])).toEqual({ steps: 1 });
    expect(preview([of("a", "TXT", 4000), of("b", "TXT", 4000)])).toEqual({ steps: 2 });
    expect(preview([of("a", "TXT", 2500), of("b", "TXT", 2000), of("a", "SPF", 2500)])).toEqual({
      steps: 2,
    });
  });

  it("says which record was refused, and why, in its own words", async () => {
    const refuse = (body: unknown, status = 422) => {
      const { fake } = fakeServer("4.7.3", () => ({ ...json(body), status }));
      return provider(fake).apply("example.test.", [change(null, set(300, "192.0.2.1")), ...plan]);
    };
    await expect(
      refuse({ error: "RRset www.example.test. IN A: Conflicts with pre-existing RRset" }),
    ).rejects.toMatchObject({
      outcome: "refused",
      code: "provider_refused",
      at: { name: "www.example.test.", type: "A" },
      message: expect.stringMatching(/www\.example\.test\. A: it conflicts/),
    });
    await expect(
      refuse({ error: "Record t.example.test./TXT 'x': Not in expected format (parsed as 'y')" }),
    ).rejects.toMatchObject({
      at: { name: "t.example.test.", type: "TXT" },
      message: expect.stringMatching(/content is not written/),
    });
    await expect(
      refuse({
        error: "Multiple errors found in RRset",
        errors: ['RRset www.example.test. IN A: duplicate record with content "192.0.2.1"'],
      }),
    ).rejects.toMatchObject({ at: { name: "www.example.test.", type: "A" }, message: expect.stringMatching(/twice/) });
    const secret = refuse({ error: "backend /var/lib/powerdns says secret" }, 400);
    await expect(secret).rejects.toMatchObject({ outcome: "refused", message: "PowerDNS refused the change." });
  });
});
