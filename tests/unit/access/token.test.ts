/** The rights of tokens, against rules ranked as text and against every name and type there is in a small world. */
import fc from "fast-check";
import { describe, expect, it, test, vi } from "vitest";
import { type OrganisationRole, organisationAccess } from "#lib/access/organisation-role.ts";
import { compileGrants, covers } from "#lib/access/permissions.ts";
import {
  commonGrants,
  type ListedRights,
  lowerGrants,
  lowerOrganisation,
  lowerZone,
  managesNewZones,
  type TokenRights,
  visibleZones,
  whatWidens,
} from "#lib/access/token.ts";
import { type ZoneAccess, type ZoneLevel, zoneAccess, zoneLevels } from "#lib/access/zone-level.ts";
import { maxRules, type ZoneRule } from "#lib/access/zone-rules.ts";

// Ten thousand runs take a few seconds; a busy machine must not fail them.
vi.setConfig({ testTimeout: 240_000 });

const runs = { numRuns: 10_000 };
const rank = (level: ZoneLevel): number => ["none", "view", "edit", "full"].indexOf(level);
const lower = (a: ZoneLevel, b: ZoneLevel): ZoneLevel => (rank(a) < rank(b) ? a : b);

/** The world: labels of which patterns know all but `z`, and types of which rules know all but MX. */
const labels = ["a", "b", "z"];
const deeper = (names: string[]): string[] => names.flatMap((name) => labels.map((label) => `${label}.${name}`));
const two = deeper(labels);
const three = deeper(two);
const world = ["@", ...labels, ...two, ...three, ...deeper(three)];
const types = ["A", "TXT", "MX"];

const patternText = fc.oneof(
  { weight: 1, arbitrary: fc.constant("@") },
  {
    weight: 6,
    arbitrary: fc
      .array(fc.constantFrom("a", "b", "*", "**"), { minLength: 1, maxLength: 2 })
      .filter((parts) => parts.filter((part) => part === "**").length < 2)
      .map((parts) => parts.join(".")),
  },
);
const level = fc.constantFrom(...zoneLevels);
const rule = fc.record({
  zone: fc.constantFrom<(string | null)[]>("here", "here", "there", null),
  name: fc.option(patternText),
  type: fc.constantFrom<(string | null)[]>("A", "TXT", "TYPE16", null, null),
  level,
});
const rules = fc.array(rule, { maxLength: 5 });

/** The oracle: each rule as a regular expression over names, and its rank as text that sorts. */
const expressions = new Map<string, RegExp>();
function expression(pattern: string): RegExp {
  const known = expressions.get(pattern);
  if (known) return known;
  const source =
    pattern === "@"
      ? "^@$"
      : `^${pattern
          .split(".")
          .map((part) => (part === "**" ? "[^.@]+(?:\\.[^.@]+)*" : part === "*" ? "[^.@]+" : part))
          .join("\\.")}$`;
  const made = new RegExp(source);
  expressions.set(pattern, made);
  return made;
}
const typed = (type: string): string => (type === "TYPE16" ? "TXT" : type);
function rankOf({ zone, name, type }: ZoneRule): string {
  const nameRank =
    name === null
      ? "0"
      : !name.includes("*")
        ? "2"
        : `1 ${name.split(".").length} ${name.split(".").includes("**") ? "deep" : "flat"}`;
  return [zone === null ? "0" : "1", nameRank, type === null ? "0" : "1"].join("|");
}
function decided(all: readonly ZoneRule[], zone: string, name: string, type: string): ZoneLevel {
  const matching = all.filter(
    (one) =>
      (one.zone === null || one.zone === zone) &&
      (one.name === null || expression(one.name).test(name)) &&
      (one.type === null || typed(one.type) === typed(type)),
  );
  const top = matching.map(rankOf).toSorted().at(-1);
  const levels = matching.filter((one) => rankOf(one) === top).map((one) => rank(one.level));
  return zoneLevels[levels.length === 0 ? 0 : Math.min(...levels)] ?? "none";
}
const manages = (all: readonly ZoneRule[], zone: string): boolean => {
  const whole = all.filter((one) => one.name === null && one.type === null);
  const own = whole.filter((one) => one.zone === zone);
  const deciding = own.length > 0 ? own : whole.filter((one) => one.zone === null);
  return deciding.length > 0 && deciding.every((one) => one.level === "full");
};

const listed = (some: Partial<ListedRights>): ListedRights => ({
  mode: "listed",
  permissions: [],
  organisations: [],
  zones: [],
  servers: [],
  ...some,
});

const account = fc
  .record({
    held: fc.subarray(["dns:read", "dns:write", "dns:delete", "dns:manage", "org:write"], { maxLength: 2 }),
    organisationRole: fc.constantFrom<OrganisationRole | null>("owner", "admin", "member", null),
    memberDefault: level,
    guests: fc.boolean(),
    row: fc.option(
      fc.record({
        level,
        names: fc.array(patternText, { maxLength: 2 }),
        types: fc.subarray(["A", "TYPE16"]),
        expiresAt: fc.constant(null),
      }),
    ),
  })
  .map(({ held, ...rest }) => zoneAccess({ grants: compileGrants(held), now: 0, ...rest }));

/** Three labels are enough for patterns of two to part ways. */
const everyPlace = ["@", ...labels, ...two, ...three].flatMap((name) => types.map((type) => [name, type] as const));

test("in a zone a token has everywhere the lower of what its account and its most specific rule give", () => {
  fc.assert(
    fc.property(account, rules, (access, zones) => {
      const lowered = lowerZone(access, listed({ zones }), "here");
      let highest = 0;
      let lowest = 3;
      let gains = false;
      for (const [name, type] of everyPlace) {
        const own = access.levelAt(name, type);
        const wanted = lower(own, decided(zones, "here", name, type));
        if (lowered.levelAt(name, type) !== wanted) expect([name, type, lowered.levelAt(name, type)]).toEqual(wanted);
        const tenant = lower(access.tenantLevelAt(name, type), decided(zones, "here", name, type));
        if (lowered.tenantLevelAt(name, type) !== tenant) expect([name, type, "tenant"]).toEqual(tenant);
        gains ||= tenant !== wanted;
        highest = Math.max(highest, rank(wanted));
        lowest = Math.min(lowest, rank(wanted));
      }
      expect(rank(lowered.level)).toBe(highest);
      expect(lowered.seesAll).toBe(lowest > 0);
      expect(lowered.narrowed === null).toBe(highest === lowest);
      expect(lowered.manage).toBe(access.manage && manages(zones, "here"));
      const staffManages = lowered.manage && access.source !== "organisation";
      expect(lowered.viaPlatform).toBe(gains || staffManages);
    }),
    runs,
  );
});

test("what a token has at a name and below it is the lowest there", () => {
  fc.assert(
    fc.property(account, rules, fc.constantFrom("@", ...labels, ...two), (access, zones, top) => {
      const lowered = lowerZone(access, listed({ zones }), "here");
      const below = world.filter((name) => top === "@" || name === top || name.endsWith(`.${top}`));
      const lowest = below
        .flatMap((name) => types.map((type) => lower(access.levelAt(name, type), decided(zones, "here", name, type))))
        .reduce(lower);
      expect(lowered.subtreeLevel(top)).toBe(lowest);
    }),
    runs,
  );
});

test("a zone is visible if some rule gives view in it, and only then", () => {
  const all = zoneAccess({
    grants: compileGrants([]),
    organisationRole: "owner",
    memberDefault: "none",
    guests: true,
    row: null,
    now: 0,
  });
  fc.assert(
    fc.property(rules, (zones) => {
      const rights = listed({ zones });
      const { named, visible, others } = visibleZones(rights);
      for (const zone of ["here", "there", "elsewhere"]) {
        const seen = everyPlace.some(([name, type]) => decided(zones, zone, name, type) !== "none");
        expect(named.includes(zone) ? visible.includes(zone) : others).toBe(seen);
        expect(lowerZone(all, rights, zone).level !== "none").toBe(seen);
      }
      expect(managesNewZones(rights)).toBe(manages(zones, "elsewhere"));
    }),
    runs,
  );
});

const grant = fc.constantFrom("*", "a:*", "a:b", "a:b:*", "a:b:c", "a", "b:*", "b:c", "c", "A", "a*", "");
const grants = fc.array(grant, { maxLength: 5 });

test("the permissions of a token are those that both lists cover, wildcards included", () => {
  const asked = ["a", "a:b", "a:b:c", "a:b:c:d", "a:x", "b", "b:c", "b:x:y", "c", "x", "a:b:x"];
  fc.assert(
    fc.property(grants, grants, (own, permissions) => {
      const common = commonGrants(own, permissions);
      const compiled = compileGrants(lowerGrants(own, listed({ permissions })));
      for (const permission of asked) {
        const both = [own, permissions].every((list) => list.some((one) => covers(one, permission)));
        expect(common.some((one) => covers(one, permission))).toBe(both);
        expect(compiled.has(permission)).toBe(both);
      }
      expect(common.includes("*")).toBe(own.includes("*") && permissions.includes("*"));
    }),
    runs,
  );
});

const role = fc.constantFrom<OrganisationRole>("owner", "admin", "member");
const organisationRules = fc.array(
  fc.record({ organisation: fc.constantFrom<(string | null)[]>("here", "there", null), role }),
  { maxLength: 4 },
);
const ladder = ["member", "admin", "owner"];

test("in an organisation a token has the lower of its account's part and of its listed role", () => {
  const needs = ["member", "admin", "owner", "delete"] as const;
  fc.assert(
    fc.property(
      fc.option(role),
      fc.subarray(["org:read", "org:write", "org:delete"]),
      organisationRules,
      (own, held, organisations) => {
        const access = organisationAccess({ grants: compileGrants(held), role: own });
        const lowered = lowerOrganisation(access, listed({ organisations }), "here");
        const named = organisations.filter((one) => one.organisation === "here");
        const counting = named.length > 0 ? named : organisations.filter((one) => one.organisation === null);
        const cap = Math.min(...counting.map((one) => ladder.indexOf(one.role)));
        for (const [at, need] of needs.entries()) {
          const allowed = counting.length > 0 && cap >= Math.min(at, 2);
          expect(lowered.has(need)).toBe(access.has(need) && allowed);
          expect(lowered.viaPlatform(need)).toBe(access.viaPlatform(need) && allowed);
        }
        const least = (mine: OrganisationRole | null) =>
          mine === null || counting.length === 0 ? null : (ladder[Math.min(cap, ladder.indexOf(mine))] ?? null);
        expect(lowered.role).toBe(least(own));
        expect(lowered.acts).toBe(least(access.acts));
        expect([lowered.member, lowered.admin, lowered.owner, lowered.canDelete]).toEqual(needs.map(lowered.has));
      },
    ),
    runs,
  );
});

test("a change widens the zones of a token exactly where some place gets more, and a removed rule can", () => {
  let widened = 0;
  const change = fc.record({ before: rules, after: rules, remove: fc.option(fc.nat(4)), level });
  fc.assert(
    fc.property(change, ({ before, after, remove, level }) => {
      const next =
        remove === null
          ? after
          : level === "none"
            ? before.filter((_, at) => at !== remove)
            : before.map((one, at) => (at === remove ? { ...one, level } : one));
      const more = ["here", "there", "elsewhere"].some(
        (zone) =>
          (manages(next, zone) && !manages(before, zone)) ||
          everyPlace.some(
            ([name, type]) => rank(decided(next, zone, name, type)) > rank(decided(before, zone, name, type)),
          ),
      );
      const found = whatWidens(listed({ zones: before }), listed({ zones: next }));
      if ((found !== null) !== more) expect({ found, before, next }).toEqual({ more });
      if (found) expect(found.field).toBe("zones");
      widened += Number(more);
    }),
    runs,
  );
  expect(widened).toBeGreaterThan(1000);
});

test("removing any other entry of a token opens nothing", () => {
  const rights = fc.record({
    permissions: grants,
    organisations: organisationRules,
    servers: fc.array(
      fc.record({
        server: fc.constantFrom("s", "t"),
        capabilities: fc.subarray(["console", "files", "*"] as const),
      }),
      { maxLength: 3 },
    ),
  });
  fc.assert(
    fc.property(rights, fc.nat(5), (some, at) => {
      const before = listed(some);
      const without = <T>(list: readonly T[]): T[] => list.filter((_, index) => index !== at);
      expect(whatWidens(before, { ...before, permissions: without(before.permissions) })).toBeNull();
      expect(whatWidens(before, { ...before, servers: without(before.servers) })).toBeNull();
      const organisations = without(before.organisations);
      const caps = (list: typeof organisations, id: string) => {
        const access = organisationAccess({ grants: compileGrants([]), role: "owner" });
        return ladder.indexOf(lowerOrganisation(access, listed({ organisations: list }), id).role ?? "");
      };
      const more = ["here", "there", "x"].some((id) => caps(organisations, id) > caps([...before.organisations], id));
      expect(whatWidens(before, { ...before, organisations }) !== null).toBe(more);
    }),
    runs,
  );
});

describe("examples", () => {
  const full: ZoneAccess = zoneAccess({
    grants: compileGrants(["dns:manage"]),
    organisationRole: null,
    memberDefault: "none",
    guests: true,
    row: null,
    now: 0,
  });
  const at = (zones: ZoneRule[], name: string, type = "A") =>
    lowerZone(full, listed({ zones }), "z").levelAt(name, type);
  const any = { zone: null, name: null, type: null };

  it.each([
    ["nothing listed", [], "none"],
    ["any zone", [{ ...any, level: "edit" }], "edit"],
    [
      "this zone before any",
      [
        { ...any, name: "www", level: "full" },
        { ...any, zone: "z", level: "view" },
      ],
      "view",
    ],
    [
      "exact before wildcards",
      [
        { ...any, name: "*", level: "full" },
        { ...any, name: "www", level: "view" },
      ],
      "view",
    ],
    [
      "* before **",
      [
        { ...any, name: "**", level: "full" },
        { ...any, name: "*", level: "view" },
      ],
      "view",
    ],
    [
      "a name before any",
      [
        { ...any, type: "A", level: "full" },
        { ...any, name: "**", level: "view" },
      ],
      "view",
    ],
    [
      "this type before any",
      [
        { ...any, level: "full" },
        { ...any, type: "TYPE1", level: "view" },
      ],
      "view",
    ],
    [
      "the lower of a full tie",
      [
        { ...any, level: "full" },
        { ...any, level: "view" },
      ],
      "view",
    ],
    ["what is no pattern", [{ ...any, name: "a..b", level: "full" }], "none"],
  ] as [string, ZoneRule[], ZoneLevel][])("%s: %j gives www A %s", (_what, zones, wanted) => {
    expect(at(zones, "www")).toBe(wanted);
    expect(at(zones.toReversed(), "www")).toBe(wanted);
  });

  it("more labels go before fewer", () => {
    const zones = [
      { ...any, name: "**.dev", level: "view" },
      { ...any, name: "*.x.dev", level: "edit" },
    ] as ZoneRule[];
    expect([at(zones, "a.x.dev"), at(zones, "a.dev")]).toEqual(["edit", "view"]);
  });

  it("knows a type by its number, in the rule and in the question", () => {
    const zones: ZoneRule[] = [{ ...any, type: "TYPE16", level: "edit" }];
    expect([at(zones, "a", "TXT"), at(zones, "a", "TYPE0016"), at(zones, "a", "A")]).toEqual(["edit", "edit", "none"]);
  });

  it("a full token is its account", () => {
    const rights: TokenRights = { mode: "full" };
    expect(lowerZone(full, rights, "z")).toBe(full);
    expect(lowerGrants(["a"], rights)).toEqual(["a"]);
    expect(whatWidens(rights, listed({ permissions: ["*"] }))).toBeNull();
    expect(whatWidens(listed({}), rights)).toMatchObject({ field: "mode" });
  });

  it("says where a removed rule would open something", () => {
    const zones: ZoneRule[] = [
      { ...any, level: "full" },
      { ...any, zone: "z", name: "*.dev", type: "TXT", level: "none" },
    ];
    const reason = whatWidens(listed({ zones }), listed({ zones: zones.slice(0, 1) }))?.reason;
    expect(reason).toMatch(/TXT records at \S+\.dev in one of the zones/);
  });

  it("answers for as many rules as there may be, with the longest patterns, in a moment", () => {
    const zones = Array.from(
      { length: maxRules },
      (_, n): ZoneRule => ({
        ...any,
        name: [...Array(n % 20).fill("*"), "**", `l${n}`, "*", "x"].join("."),
        level: zoneLevels[n % 4] ?? "none",
      }),
    );
    const before = listed({ zones });
    expect(whatWidens(before, listed({ zones: zones.slice(0, -1) }))).toBeNull();
    expect(lowerZone(full, before, "z").level).toBe("full");
  });
});
