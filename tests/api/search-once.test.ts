/** A search over zones that lie apart in the index: what it asks of the index, and that the answers are those of whoever looks at every RRset. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";

interface Answer {
  items: { name: string; type: string }[];
  more: boolean;
}
interface Made {
  name: string;
  type: string;
  content: string;
  zone: string;
}

let panel: Panel;
let root: Person;
let clara: Person;
/** How often the index was asked. */
let asked = 0;
const all: Made[] = [];

/** Two of these zones are Clara's, behind much that is not, and one in the middle is deleted. */
const ZONES = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"].map((label) => `${label}.example`);
const handleOf = (zone: string) => (["delta.example", "zeta.example"].includes(zone) ? "north" : "south");
const DELETED = "gamma.example";
const TYPES = {
  A: (n: number) => `192.0.2.${n % 250}`,
  TXT: (n: number) => `"word ${n}"`,
  CNAME: () => "there.example.",
};

beforeAll(async () => {
  panel = await startPanel({ LOG_LEVEL: "silent" });
  const { db } = await import("#db/client.ts");
  const { $client } = db();
  const prepare = $client.prepare;
  const counted = new WeakSet<object>();
  $client.prepare = ((text: string) => {
    const statement = prepare(text);
    if (!text.includes("rrset_text match") || counted.has(statement)) return statement;
    counted.add(statement);
    const read = statement.all.bind(statement);
    statement.all = ((...values: unknown[]) => {
      asked++;
      return read(...values);
    }) as typeof statement.all;
    return statement;
  }) as typeof prepare;
  const { setSetting } = await import("#lib/settings/settings.ts");
  setSetting("zone_claims", "trusted");
  root = await panel.person("Root", "root");
  clara = await panel.person("Clara");
  for (const [person, handle] of [
    [clara, "north"],
    [root, "south"],
  ] as const)
    await person.call("POST", "/organisations", { name: handle, handle });
  for (const zone of ZONES) {
    const at = `/organisations/${handleOf(zone)}/dns/zones`;
    expect((await root.call("POST", at, { name: zone, connection: "local" })).status).toBe(201);
    const made = Array.from({ length: 240 }, (_, n): Made => {
      const type = n % 40 === 0 ? "CNAME" : n % 3 === 0 ? "TXT" : "A";
      return { name: `${n % 7 === 0 ? "lamp" : "host"}-${n}.${zone}.`, type, content: TYPES[type](n), zone };
    });
    const rrsets = made.map(({ name, type, content }) => ({ name, type, ttl: 300, records: [{ content }] }));
    expect((await root.call("POST", `${at}/${zone}/changes`, { rrsets })).status).toBe(200);
    if (zone !== DELETED) all.push(...made);
  }
  const gone = `/organisations/${handleOf(DELETED)}/dns/zones/${DELETED}`;
  expect((await root.call("DELETE", gone, { name: DELETED })).status).toBe(200);
  // With more than is read through, the index is asked.
  $client.prepare("update zones set record_count = record_count + 5000 where name = 'zeta.example.'").run();
});
afterAll(() => panel.close());

async function find(person: Person, q: string, type: string, limit: number) {
  asked = 0;
  const query = new URLSearchParams({ q, type, limit: String(limit) });
  const { status, body } = await person.call<Answer>("GET", `/dns/search?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return { ...body, names: body.items.map(({ name, type: of }) => `${name} ${of}`), asked };
}

/** Told by looking at each: what it is, and whose. */
const looked = (person: Person, q: string, type: string) =>
  all
    .filter(({ zone }) => person === root || handleOf(zone) === "north")
    .filter(({ name, content, zone }) => `${name.slice(0, -zone.length - 2)} ${content}`.includes(q))
    .filter((one) => type === "" || one.type === type)
    .map((one) => `${one.name} ${one.type}`);

test("everything of one type is asked for once, although a deleted zone lies between", async () => {
  const found = await find(root, "", "A", 50);
  expect(found.asked).toBe(1);
  expect(found).toMatchObject({ more: true, items: { length: 50 } });
  const there = new Set(looked(root, "", "A"));
  expect(found.names.filter((name) => !there.has(name))).toEqual([]);
  expect(new Set(found.names).size).toBe(50);
});

test("whatever is searched for, by whoever, and of whatever type", async () => {
  const search = fc.record({
    q: fc.constantFrom("", "lamp", "host-1", "host-23", "192.0.2.1", "word 1", "there.example", "lamp-7", "nothing"),
    type: fc.constantFrom("", "A", "TXT", "CNAME"),
    limit: fc.integer({ min: 1, max: 50 }),
    who: fc.constantFrom("root", "clara"),
  });
  await fc.assert(
    fc.asyncProperty(
      search.filter(({ q, type }) => q + type !== ""),
      async ({ q, type, limit, who }) => {
        const person = who === "root" ? root : clara;
        const found = await find(person, q, type, limit);
        const there = looked(person, q, type);
        expect(found.more).toBe(there.length > limit);
        expect(found.names.length).toBe(Math.min(limit, there.length));
        expect(new Set(found.names).size).toBe(found.names.length);
        expect(found.names.filter((name) => !there.includes(name))).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});
