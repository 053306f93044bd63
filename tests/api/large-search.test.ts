/** What a large zone is full of, in every order and on every page, however the zone became what it is. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { tokenOf } from "../support/token.ts";

interface Set {
  name: string;
  type: string;
  ttl: number;
  contents: string[];
}
interface Page {
  items: { relative: string; type: string; ttl: number }[];
  total: number;
  capped: boolean;
}
interface Query {
  q: string;
  sort: string;
  page: number;
  type: string;
}
type Caller = Pick<Person, "call">;

const AT = "/organisations/north/dns/zones/wide.example";
const COUNT = 3600;
const PER_PAGE = 7;

let panel: Panel;
let ada: Person;
/** Sees what is at names that begin with `h`, or lies below those. */
let narrow: Caller;
let sql: (text: string, ...values: unknown[]) => unknown[];
const there = new Map<string, Set>();

beforeAll(async () => {
  panel = await startPanel({ LOG_LEVEL: "silent" });
  const { db } = await import("#db/client.ts");
  sql = (text, ...values) => {
    const statement = db().$client.prepare(text);
    return statement.reader ? statement.all(...values) : [statement.run(...values)];
  };
  ada = await panel.person("Ada", "root");
  await ada.call("POST", "/organisations", { name: "North", handle: "north" });
  const made = await ada.call<{ id: string }>("POST", "/organisations/north/dns/zones", {
    name: "wide.example",
    connection: "local",
  });
  expect(made.status).toBe(201);
  const rules = ["A", "TXT"].map((type) => ({ zone: made.body.id, name: "**.h", type, level: "view" }));
  narrow = await tokenOf(panel, ada, { mode: "listed", zones: rules });
  // In no order at all.
  const sets = Array.from({ length: COUNT }, (_, index) => hostOf((index * 1597) % COUNT));
  await change(sets, []);
});
afterAll(() => panel.close());

function hostOf(index: number): Set {
  const name = index % 3 === 0 ? `n${index}.h` : index % 3 === 1 ? `n${index}` : `z.n${index}.h`;
  const type = index % 7 === 0 ? "TXT" : "A";
  const contents = type === "A" ? [`192.0.2.${index % 250}`] : [`"about 192.0.2.${index % 250}" " and ${index}"`];
  return { name, type, ttl: 300 + 60 * (index % 2), contents };
}

async function change(puts: readonly Set[], drops: readonly Set[]): Promise<void> {
  const answer = await ada.call("POST", `${AT}/changes`, {
    rrsets: puts.map(({ contents, ...set }) => ({ ...set, records: contents.map((content) => ({ content })) })),
    deletions: drops.map(({ name, type }) => ({ name, type })),
    confirm: true,
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  for (const { name, type } of drops) there.delete(`${name} ${type}`);
  for (const set of puts) there.set(`${set.name} ${set.type}`, set);
}

/** Label by label from the apex down, as RFC 4034 orders names. */
function compareNames(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.split(".").toReversed());
  for (const [place, label] of (left ?? []).entries()) {
    const other = right?.[place];
    if (other === undefined || label !== other) return other === undefined || label > other ? 1 : -1;
  }
  return (left?.length ?? 0) - (right?.length ?? 0);
}

const orders: Record<string, (a: Set, b: Set) => number> = {
  name: (a, b) => compareNames(a.name, b.name) || (a.type < b.type ? -1 : 1),
  type: (a, b) => (a.type === b.type ? compareNames(a.name, b.name) : a.type < b.type ? -1 : 1),
  ttl: (a, b) => a.ttl - b.ttl || compareNames(a.name, b.name) || (a.type < b.type ? -1 : 1),
};

function expected({ q, sort, page, type }: Query, isSeen: (set: Set) => boolean) {
  // Two characters are looked for where something begins.
  const isIn = (text: string) => (q.length < 3 ? text.startsWith(q) : text.includes(q));
  const has = ({ name, contents }: Set) =>
    [name, ...contents.map((content) => content.replaceAll('" "', "").replaceAll('"', ""))].some(isIn);
  const found = [...there.values()].filter((set) => isSeen(set) && has(set) && (type === "" || set.type === type));
  found.sort(orders[sort.replace("-", "")]);
  if (sort.startsWith("-")) found.reverse();
  return {
    items: found.slice((page - 1) * PER_PAGE, page * PER_PAGE).map((set) => `${set.name} ${set.type}`),
    total: Math.min(found.length, 2000),
    capped: found.length > 2000,
  };
}

async function compare(query: Query): Promise<void> {
  const asked = new URLSearchParams({ ...query, page: String(query.page), perPage: String(PER_PAGE) });
  for (const [caller, isSeen] of [
    [ada, () => true],
    [narrow, ({ name, type }: Set) => name.endsWith(".h") && (type === "A" || type === "TXT")],
  ] as const) {
    const { status, body } = await caller.call<Page>("GET", `${AT}/rrsets?${asked}`);
    expect(status, JSON.stringify(body)).toBe(200);
    const { items, total, capped } = expected(query, isSeen);
    const told = `${JSON.stringify(query)} as ${caller === ada ? "everybody" : "the token"}`;
    expect(
      body.items.map((item) => `${item.relative} ${item.type}`),
      told,
    ).toEqual(items);
    expect(body, told).toMatchObject({ capped });
    if (!capped || query.type === "") expect(body, told).toMatchObject({ total });
  }
}

const query: fc.Arbitrary<Query> = fc.record({
  q: fc.constantFrom("192.0.2", "192.0.2.1", "2.0", "n1", "and 1", "192"),
  sort: fc.constantFrom("name", "-name", "type", "-type", "ttl", "-ttl"),
  page: fc.constantFrom(1, 2, 40, 300, 400),
  type: fc.constantFrom("", "A", "TXT"),
});
/** Later ones too, which begin with what is in order before everything or after it. */
const some = fc.array(
  fc.oneof(
    fc.nat(COUNT - 1).map(hostOf),
    fc.tuple(fc.constantFrom("aa", "n5", "n99", "zz"), fc.nat(9), fc.constantFrom("", ".h")).map(
      ([name, index, below]): Set => ({
        name: `${name}${index}${below}`,
        type: "A",
        ttl: 300,
        contents: ["192.0.2.1"],
      }),
    ),
  ),
  { maxLength: 6 },
);
/** The rows with the highest numbers, whose numbers are given again. */
const newest = () =>
  (
    sql("select replace(name, '.wide.example.', '') as name, type from rrsets order by row_id desc limit 2") as Set[]
  ).filter(({ type }) => type === "A" || type === "TXT");

const steps = fc.record({
  puts: some,
  drops: some,
  takeNewest: fc.boolean(),
  queries: fc.array(query, { minLength: 3, maxLength: 6 }),
});

async function play({ puts, drops, takeNewest, queries }: typeof steps extends fc.Arbitrary<infer S> ? S : never) {
  const key = (set: Pick<Set, "name" | "type">) => `${set.name} ${set.type}`;
  const gone = new Map([...drops, ...(takeNewest ? newest() : [])].map((set) => [key(set), set]));
  const present = [...gone.values()].filter((set) => there.has(key(set)));
  if (present.length > 0) await change([], present);
  const fresh = [...new Map(puts.map((set) => [key(set), set])).values()];
  if (fresh.length > 0) await change(fresh, []);
  for (const one of queries) await compare(one);
}

const standing = () =>
  sql("select ordered_to > 0 as ordered, late from generations where id = (select generation from zones)")[0];

test("by TTL what was found is told in the order of the index, and nothing else of the zone is read", async () => {
  const { db } = await import("#db/client.ts");
  const { $client: client } = db();
  const { prepare } = client;
  const texts: string[] = [];
  client.prepare = ((text: string) => {
    texts.push(text);
    return prepare(text);
  }) as typeof prepare;
  try {
    for (const sort of ["ttl", "-ttl"]) await compare({ q: "192.0.2", sort, page: 300, type: "" });
  } finally {
    client.prepare = prepare;
  }
  const plans = texts
    .filter((text) => text.includes("order by r.ttl"))
    .map((text) => {
      const values = Array(text.split("?").length - 1).fill("[]");
      const steps = prepare(`explain query plan ${text}`).all(...values) as { detail: string }[];
      return steps.map(({ detail }) => detail).join(", ");
    });
  // For who sees all and who does not, upwards and downwards.
  expect(plans).toHaveLength(4);
  for (const plan of plans) {
    expect(plan).toMatch(/^SEARCH r USING INDEX rrset_rows_ttl \(generation=\?\), LIST SUBQUERY \d+, SCAN json_each/);
    expect(plan).not.toMatch(/TEMP B-TREE|SEARCH z|SEARCH g/);
  }
});

test("whatever was changed since", async () => {
  expect(standing()).toEqual({ ordered: 1, late: 0 });
  await fc.assert(fc.asyncProperty(steps, play), { numRuns: 25, endOnFailure: true });
});

test("where more came later than can be put in its place, once the zone is in order again, and after a large change", async () => {
  const later = Array.from({ length: 2300 }, (_, index) => ({
    ...hostOf(index),
    name: `late${(index * 1597) % 2300}`,
  }));
  for (let from = 0; from < later.length; from += 900) await change(later.slice(from, from + 900), []);
  const asked = ["name", "-name", "type", "ttl"].map((sort): Query => ({ q: "192.0.2", sort, page: 345, type: "" }));
  for (const one of asked) await compare(one);
  const { late } = standing() as { late: number };
  expect(late).toBeGreaterThan(2000);
  const { plant } = await import("#lib/jobs/work.ts");
  const { jobKinds } = await import("#lib/jobs/kinds.ts");
  plant(jobKinds.filter(({ kind }) => kind === "dns.order"));
  sql("update jobs set due_at = 0 where kind = 'dns.order'");
  await runJobs();
  expect(standing()).toEqual({ ordered: 1, late: 0 });
  expect(sql("select 1 from generations")).toHaveLength(1);
  for (const one of asked) await compare(one);
  await fc.assert(fc.asyncProperty(steps, play), { numRuns: 10, endOnFailure: true });
  // Between those that are there, and in their place.
  const between = Array.from({ length: 2100 }, (_, index) => ({
    ...hostOf(index),
    ...(index % 2 ? { name: `n${index}b.h` } : {}),
    ttl: 60,
  }));
  await change(
    between,
    [...there.values()].slice(0, 50).filter((set) => !between.some((one) => one.name === set.name)),
  );
  expect(standing()).toEqual({ ordered: 1, late: 0 });
  for (const one of asked) await compare(one);
});

test("a zone that was put in order while a large change was worked out is the zone that it was worked out for", async () => {
  const { db, transaction } = await import("#db/client.ts");
  const { zones } = await import("#db/schema/index.ts");
  const { buildGeneration, dropGeneration, switchTo } = await import("#lib/dns/large/generation.ts");
  const { putInOrder } = await import("#lib/dns/large/in-order.ts");
  const [loaded] = db().select().from(zones).all();
  if (!loaded) throw new Error("no zone");
  const set = { name: "between.wide.example.", type: "A", ttl: 60, records: [{ content: "192.0.2.1" }] };
  await putInOrder(loaded);
  const built = await buildGeneration(loaded, [
    { kind: "create", name: set.name, type: "A", before: null, after: set },
  ]);
  transaction((tx) => switchTo(tx, built));
  await dropGeneration(built.zone.generation);
  there.set("between A", { name: "between", type: "A", ttl: 60, contents: ["192.0.2.1"] });
  expect(sql("select 1 from generations")).toHaveLength(1);
  for (const sort of ["name", "-name"]) await compare({ q: "192.0.2", sort, page: 1, type: "" });
  const { total } = (await ada.call<Page>("GET", `${AT}/rrsets`)).body;
  expect(total).toBe(there.size + 2);
});

test("what is written while a zone is put in order stays, and the order is left for another time", async () => {
  const { db } = await import("#db/client.ts");
  const { zones } = await import("#db/schema/index.ts");
  const { putInOrder } = await import("#lib/dns/large/in-order.ts");
  const [loaded] = db().select().from(zones).all();
  if (!loaded) throw new Error("no zone");
  const ordering = putInOrder(loaded);
  await change([{ name: "aa-meanwhile.h", type: "A", ttl: 60, contents: ["192.0.2.1"] }], []);
  await ordering;
  expect(db().select().from(zones).all()).toMatchObject([{ generation: loaded.generation }]);
  expect(sql("select 1 from generations")).toHaveLength(1);
  await compare({ q: "192.0.2", sort: "name", page: 1, type: "" });
});

test("a file that was asked for before its zone was put in order has all of it", async () => {
  const { systemActor } = await import("#lib/actor.ts");
  const { loadZone } = await import("#lib/dns/zones.ts");
  const { fileText } = await import("#lib/dns/transfer/export.ts");
  const { putInOrder } = await import("#lib/dns/large/in-order.ts");
  const loaded = loadZone("north", "wide.example", systemActor("test"));
  const text = fileText(loaded);
  await putInOrder(loaded.zone);
  const records = [...text].join("").match(/\s(A|TXT)\s/g) ?? [];
  expect(records).toHaveLength([...there.values()].reduce((sum, { contents }) => sum + contents.length, 0));
});
