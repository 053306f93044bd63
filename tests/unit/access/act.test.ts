/** What plans ask for, against counting records one by one, and against what stops being served. */
import fc from "fast-check";
import { describe, expect, it, test, vi } from "vitest";
import { authorisePlan, canonicalType, isWritableType, typeNumber } from "#lib/access/act.ts";
import { compileGrants } from "#lib/access/permissions.ts";
import {
  minLevel,
  type ZoneAccess,
  type ZoneLevel,
  type ZoneRow,
  zoneAccess,
  zoneLevels,
} from "#lib/access/zone-level.ts";
import type { Change, Plan, RRset } from "#lib/dns/rrset.ts";

// Ten thousand runs take a few seconds; a busy machine must not fail them.
vi.setConfig({ testTimeout: 120_000 });

const runs = { numRuns: 10_000 };
const apex = "example.com.";
const absolute = (name: string): string => (name === "@" ? apex : `${name}.${apex}`);
const relative = (name: string): string => (name === apex ? "@" : name.slice(0, -apex.length - 1));
const rank = (level: ZoneLevel): number => zoneLevels.indexOf(level);

const names = ["@", "sub", "a.sub", "ns1.sub", "b.a.sub", "www"];
const types = ["A", "AAAA", "TXT", "NS", "DS", "DNAME", "SOA", "CDS", "LUA", "RRSIG", "ALIAS"];
const contents = ["ns1.sub.example.com.", "sub.example.com.", "ns.other.net.", "a.sub.example.com."];

type State = Map<string, RRset>;

const set = fc.record({
  name: fc.constantFrom(...names).map(absolute),
  type: fc.oneof(fc.constantFrom("A", "NS", "DNAME", "TXT"), fc.constantFrom(...types)),
  ttl: fc.constantFrom(60, 300),
  records: fc.array(
    fc.record({ content: fc.constantFrom(...contents), disabled: fc.oneof(fc.constant(false), fc.boolean()) }),
    { minLength: 1, maxLength: 3 },
  ),
});
const state = fc
  .uniqueArray(set, { selector: (one) => `${one.name} ${one.type}`, maxLength: 6 })
  .map((sets): State => new Map(sets.map((one) => [`${one.name} ${one.type}`, one])));

/** After: mostly what was before, some of it gone or replaced. */
const zones = fc
  .tuple(state, state, fc.array(fc.nat(3), { minLength: 12, maxLength: 12 }))
  .map(([before, other, choices]) => {
    const after: State = new Map([...other].filter((_, at) => choices[at] !== 0));
    for (const [at, [key, one]] of [...before].entries()) if ((choices[6 + at] ?? 0) > 1) after.set(key, one);
    return { before, after };
  });

function diff(before: State, after: State, byNumber = false): Plan {
  const plan: Plan = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [b = null, a = null] = [before.get(key), after.get(key)];
    const { name, type: mnemonic } = (b ?? a) as RRset;
    const type = byNumber ? `TYPE${typeNumber(mnemonic)}` : mnemonic;
    if (JSON.stringify(b) === JSON.stringify(a)) continue;
    if (b && a) plan.push({ kind: "update", name, type, before: b, after: a });
    else if (a) plan.push({ kind: "create", name, type, before: null, after: a });
    else if (b) plan.push({ kind: "delete", name, type, before: b, after: null });
  }
  return plan;
}

const row = fc.record({
  level: fc.constantFrom("view" as const, "edit" as const, "full" as const),
  names: fc.oneof(
    fc.constant([]),
    fc.subarray(["@", "**", "sub", "**.sub", "*.sub", "www", "ns1.sub", "a.sub"], { maxLength: 4 }),
  ),
  types: fc.oneof(fc.constant([]), fc.subarray(["A", "NS", "DS", "TXT", "DNAME"])),
  expiresAt: fc.constant(null),
});
const held = fc.oneof(
  { weight: 4, arbitrary: fc.constant<string[]>([]) },
  { weight: 1, arbitrary: fc.subarray(["dns:read", "dns:write", "dns:delete", "dns:manage"]) },
);
const standing = (held: string[], row: ZoneRow | null): ZoneAccess =>
  zoneAccess({ grants: compileGrants(held), organisationRole: null, memberDefault: "none", guests: true, row, now: 0 });
const access = fc.tuple(held, row).map(([grants, one]) => standing(grants, one));

const isBelow = (name: string, top: string): boolean => name !== top && name.endsWith(`.${top}`);
const atOrBelow = (before: State) => (name: string) =>
  [...before.values()].filter((one) => one.name === name || isBelow(one.name, name));

const distinct = (one: RRset | undefined): number =>
  (one?.records ?? []).filter(
    (r, at, all) => !r.disabled && all.findIndex((x) => !x.disabled && x.content === r.content) === at,
  ).length;

/** Whether `cut` alone keeps `one` from being served. */
function occludes(cut: RRset | undefined, one: RRset): boolean {
  if (!cut || distinct(cut) === 0 || ["RRSIG", "NSEC"].includes(one.type)) return false;
  if (cut.type === "DNAME") return isBelow(one.name, cut.name);
  if (cut.type !== "NS" || cut.name === apex) return false;
  if (one.name === cut.name && ["NS", "DS"].includes(one.type)) return false;
  const targets = cut.records.filter((r) => !r.disabled).map((r) => r.content);
  if (["A", "AAAA"].includes(one.type) && targets.includes(one.name)) return false;
  return one.name === cut.name || isBelow(one.name, cut.name);
}

/** The lowest level over sample names and types: enough, because every pattern above is at most two labels deep. */
const lowestBelow = (given: ZoneAccess, name: string): ZoneLevel =>
  ["", "a", "ns1", "z", "z.z", "z.a", "z.z.z", "z.z.z.z"]
    .map((labels) => [labels, name === "@" ? "" : name].filter((part) => part).join(".") || "@")
    .flatMap((one) => ["A", "NS", "TXT", "TYPE4711"].map((type) => given.levelAt(one, type)))
    .reduce(minLevel);

function oracle(before: State, after: State, given: ZoneAccess): Set<string> {
  const refused = new Set<string>();
  for (const change of diff(before, after)) {
    const { name, type } = change;
    const key = `${name} ${type}`;
    const at = relative(name);
    if (["LUA", "RRSIG"].includes(type)) refused.add(`${key} forbidden`);
    else if (at === "@" && ["NS", "SOA", "CDS"].includes(type)) {
      if (!given.manage) refused.add(`${key} manage`);
    } else {
      const fewer = distinct(after.get(key)) < distinct(before.get(key));
      const needed = fewer || type === "DS" ? 3 : 2;
      const wide = ["NS", "DS", "DNAME"].includes(type) ? rank(lowestBelow(given, at)) : 3;
      if (Math.min(rank(given.levelAt(at, type)), wide) < needed) refused.add(`${key} ${fewer ? "delete" : "change"}`);
      for (const one of before.values()) {
        const lost = distinct(one) > 0 && !occludes(before.get(key), one) && occludes(after.get(key), one);
        if (lost && rank(given.levelAt(relative(one.name), one.type)) < 3)
          refused.add(`${one.name} ${one.type} delete`);
      }
    }
  }
  return refused;
}

const said = (plan: Plan, given: ZoneAccess, before: State): Set<string> =>
  new Set(
    authorisePlan({ plan, apex, access: given, hiddenBelow: atOrBelow(before) }).map((one) => {
      expect(one.reason).toMatch(/^[A-Zns].*\.$/);
      expect(one.type).toBe(canonicalType(one.type));
      return `${one.name} ${one.type} ${one.act}`;
    }),
  );

test("a plan is refused where counting refuses it, by mnemonic or number", () => {
  fc.assert(
    fc.property(zones, access, fc.boolean(), ({ before, after }, given, byNumber) => {
      expect(said(diff(before, after, byNumber), given, before)).toEqual(oracle(before, after, given));
    }),
    runs,
  );
});

test("where a plan is allowed, nothing stops being served without the level full there", () => {
  fc.assert(
    fc.property(zones, access, ({ before, after }, given) => {
      const plan = diff(before, after);
      fc.pre(authorisePlan({ plan, apex, access: given, hiddenBelow: atOrBelow(before) }).length === 0);
      const count = (all: State, one: RRset) =>
        [...all.values()].some((cut) => occludes(cut, one)) ? 0 : distinct(all.get(`${one.name} ${one.type}`));
      for (const one of before.values()) {
        if (count(after, one) >= count(before, one)) continue;
        const zoneMaking = one.name === apex && ["NS", "SOA", "CDS"].includes(one.type);
        expect(zoneMaking ? given.manage : given.levelAt(relative(one.name), one.type) === "full").toBe(true);
      }
    }),
    { numRuns: 10_000, maxSkipsPerRun: 1_000 },
  );
});

test("more grants or a higher row refuse nothing more, and managing everything refuses only the forbidden", () => {
  fc.assert(
    fc.property(zones, row, held, fc.nat(3), ({ before, after }, one, grants, at) => {
      const plan = diff(before, after);
      const most = said(plan, standing(["dns:manage"], null), before);
      expect([...most].every((refused) => refused.endsWith(" forbidden"))).toBe(true);
      const less = said(
        plan,
        standing(
          grants.filter((_, index) => index !== at),
          one,
        ),
        before,
      );
      const higher = { ...one, level: zoneLevels[Math.min(3, rank(one.level) + 1)] ?? "full" };
      for (const more of [
        standing(grants, one),
        standing(grants, higher),
        standing(grants, { ...one, names: [], types: [] }),
      ]) {
        for (const refused of said(plan, more, before)) expect(less.has(refused)).toBe(true);
      }
    }),
    runs,
  );
});

test("a plan is refused at nothing that its steps are not refused at one by one", () => {
  fc.assert(
    fc.property(zones, access, ({ before, after }, given) => {
      const plan = diff(before, after);
      const apart = new Set(plan.flatMap((step) => [...said([step], given, before)]));
      expect(said(plan, given, before)).toEqual(apart);
    }),
    runs,
  );
});

describe("examples", () => {
  const rrset = (name: string, type: string, ...contents: string[]): RRset => ({
    name: absolute(name),
    type,
    ttl: 300,
    records: contents.map((content) =>
      content.startsWith("-") ? { content: content.slice(1), disabled: true } : { content },
    ),
  });
  const step = (before: RRset | null, after: RRset | null): Change => {
    const { name, type } = (before ?? after) as RRset;
    if (before && after) return { kind: "update", name, type, before, after };
    if (after) return { kind: "create", name, type, before: null, after };
    return { kind: "delete", name, type, before: before as RRset, after: null };
  };
  const row = (level: ZoneLevel, names: string[] = [], types: string[] = []) =>
    standing([], { level, names, types, expiresAt: null });
  const acts = (given: ZoneAccess, plan: Plan, existing: RRset[] = []) =>
    authorisePlan({
      plan,
      apex,
      access: given,
      hiddenBelow: (name) => existing.filter((one) => one.name === name || isBelow(one.name, name)),
    }).map((one) => `${relative(one.name)} ${one.type} ${one.act} ${one.needs}`);

  const a = (...c: string[]) => rrset("www", "A", ...c);
  it.each([
    ["adding", null, a("1"), []],
    ["adding one more", a("1"), a("1", "2"), []],
    ["replacing a value", a("1"), a("2"), []],
    ["dropping one of two", a("1", "2"), a("1"), ["www A delete full"]],
    ["replacing two by one", a("1", "2"), a("3"), ["www A delete full"]],
    ["dropping a duplicate", a("1", "1"), a("1"), []],
    ["disabling", a("1"), a("-1"), ["www A delete full"]],
    ["enabling", a("-1"), a("1"), []],
    ["dropping what was disabled", a("1", "-2"), a("1"), []],
    ["deleting", a("1"), null, ["www A delete full"]],
  ])("edit: %s", (_, before, after, wanted) => {
    expect(acts(row("edit"), [step(before, after)])).toEqual(wanted);
    expect(acts(row("full"), [step(before, after)])).toEqual([]);
    expect(acts(row("view"), [step(before, after)])).toHaveLength(1);
  });

  it("renaming and changing type need full where something goes", () => {
    expect(acts(row("edit"), [step(a("1"), null), step(null, rrset("web", "A", "1"))])).toEqual(["www A delete full"]);
    expect(acts(row("edit"), [step(a("1"), null), step(null, rrset("www", "CNAME", "x."))])).toEqual([
      "www A delete full",
    ]);
  });

  it("a type by number and by mnemonic is one", () => {
    expect(acts(row("edit"), [step(rrset("www", "TYPE1", "1"), null), step(null, a("2"))])).toEqual([]);
    expect(acts(row("full", [], ["A"]), [step(null, rrset("www", "type1", "1"))])).toEqual([]);
    expect(acts(row("full"), [step(null, rrset("@", "TYPE6", "x"))])).toEqual(["@ SOA manage manage"]);
  });

  it("the apex records that make the zone need managing, and nothing else does", () => {
    for (const type of ["NS", "SOA", "DNSKEY", "CDS", "CDNSKEY", "CSYNC", "ZONEMD"]) {
      expect(acts(row("full"), [step(null, rrset("@", type, "x"))])).toEqual([`@ ${type} manage manage`]);
      expect(acts(standing(["dns:manage"], null), [step(null, rrset("@", type, "x"))])).toEqual([]);
    }
    expect(acts(row("edit"), [step(null, rrset("@", "MX", "x"))])).toEqual([]);
  });

  const delegate = step(null, rrset("sub", "NS", "ns1.sub.example.com.", "ns.other.net."));
  it("a delegation needs its whole subtree", () => {
    expect(acts(row("edit", ["sub", "**.sub"]), [delegate])).toEqual([]);
    expect(acts(row("edit", ["**.sub"]), [delegate])).toEqual(["sub NS change edit"]);
    expect(acts(row("edit", ["sub"]), [delegate])).toEqual(["sub NS change edit"]);
    expect(acts(row("edit", ["sub", "**.sub"], ["NS"]), [delegate])).toEqual(["sub NS change edit"]);
    expect(acts(row("edit", [], ["NS"]), [delegate])).toEqual(["sub NS change edit"]);
  });

  it("a delegation deletes what it hides, glue excepted", () => {
    const existing = [
      rrset("ns1.sub", "A", "1"),
      rrset("ns1.sub", "TXT", "1"),
      rrset("x.sub", "A", "1"),
      rrset("y.sub", "A", "-1"),
      rrset("sub", "MX", "1"),
      rrset("sub", "DS", "1"),
      rrset("x.sub", "RRSIG", "1"),
      rrset("www", "A", "1"),
    ];
    const lost = ["ns1.sub TXT delete full", "x.sub A delete full", "sub MX delete full"];
    expect(acts(row("edit"), [delegate], existing)).toEqual(lost);
    expect(acts(row("full"), [delegate], existing)).toEqual([]);
  });

  it("changing a delegation deletes only what it did not hide before", () => {
    const existing = [rrset("ns1.sub", "A", "1"), rrset("x.sub", "A", "1")];
    const ns = (...c: string[]) => rrset("sub", "NS", ...c);
    const [one, other] = ["ns1.sub.example.com.", "ns.other.net."];
    expect(acts(row("edit"), [step(ns(one), ns(one, other))], existing)).toEqual([]);
    expect(acts(row("edit"), [step(ns(one), ns(other))], existing)).toEqual(["ns1.sub A delete full"]);
    expect(acts(row("edit"), [step(ns(one, other), ns(other))], existing)).toEqual([
      "sub NS delete full",
      "ns1.sub A delete full",
    ]);
    expect(acts(row("edit"), [step(ns(`-${one}`), ns(one))], existing)).toEqual(["x.sub A delete full"]);
  });

  it("a DNAME deletes everything below it, and nothing beside it", () => {
    const existing = [rrset("sub", "MX", "1"), rrset("x.sub", "A", "1")];
    expect(acts(row("edit"), [step(null, rrset("sub", "DNAME", "x.sub.example.com."))], existing)).toEqual([
      "x.sub A delete full",
    ]);
  });

  it("DS needs full, there and below", () => {
    const ds = step(null, rrset("sub", "DS", "1"));
    expect(acts(row("edit"), [ds])).toEqual(["sub DS change full"]);
    expect(acts(row("full"), [ds])).toEqual([]);
    expect(acts(row("full", ["sub"]), [ds])).toEqual(["sub DS change full"]);
  });

  it("nobody writes what cannot be written, or outside the zone", () => {
    const root = standing(["*"], null);
    expect(acts(root, [step(null, rrset("www", "TYPE65402", "x"))])).toEqual(["www LUA forbidden null"]);
    expect(acts(root, [step(rrset("www", "RRSIG", "x"), null)])).toEqual(["www RRSIG forbidden null"]);
    const outside = { ...a("1"), name: "www.example.net." };
    expect(authorisePlan({ plan: [step(null, outside)], apex, access: root, hiddenBelow: () => [] })).toMatchObject([
      { name: "www.example.net.", act: "forbidden", needs: null },
    ]);
    const lookalike = { ...a("1"), name: "wwwexample.com." };
    expect(authorisePlan({ plan: [step(null, lookalike)], apex, access: root, hiddenBelow: () => [] })).toHaveLength(1);
    const escaped = { ...a("1"), name: "www\\.example.com." };
    expect(authorisePlan({ plan: [step(null, escaped)], apex, access: root, hiddenBelow: () => [] })).toHaveLength(1);
  });
});

describe("types", () => {
  it.each([
    ["TYPE1", "A"],
    ["type28", "AAAA"],
    ["TYPE0015", "MX"],
    ["TYPE65401", "ALIAS"],
    ["TYPE65402", "LUA"],
    ["TYPE257", "CAA"],
    ["TYPE4711", "TYPE4711"],
    ["type04711", "TYPE4711"],
    ["TYPE65536", "TYPE65536"],
    ["txt", "TXT"],
    ["constructor", "CONSTRUCTOR"],
  ])("%s is %s", (written, canonical) => {
    expect(canonicalType(written)).toBe(canonical);
    expect(canonicalType(canonical)).toBe(canonical);
  });

  it("every number is writable or not, however it is written", () => {
    const never = (n: number) =>
      [0, 41, 46, 47, 50, 51].includes(n) || (n > 127 && n < 256) || (n > 65279 && n < 65535 && n !== 65401);
    for (let number = 0; number <= 65535; number++) {
      const mnemonic = canonicalType(`TYPE${number}`);
      expect(typeNumber(mnemonic)).toBe(number);
      if (isWritableType(`TYPE${number}`) === never(number) || isWritableType(mnemonic) === never(number)) {
        expect.fail(`${mnemonic} (${number})`);
      }
    }
  });

  it.each([
    "LUA",
    "OPT",
    "TSIG",
    "TKEY",
    "IXFR",
    "AXFR",
    "MAILB",
    "MAILA",
    "ANY",
    "RRSIG",
    "NSEC",
    "NSEC3",
    "NSEC3PARAM",
    "TYPE65536",
    "TYPE",
    "BOGUS",
    "",
    "TYPE-1",
    "toString",
  ])("%j cannot be written", (type) => {
    expect(isWritableType(type)).toBe(false);
  });
});
