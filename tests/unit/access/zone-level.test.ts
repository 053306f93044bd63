/** Zone levels against a table of single rights, over every standing there is. */
import fc from "fast-check";
import { describe, expect, it, test, vi } from "vitest";
import { compileGrants } from "#lib/access/permissions.ts";
import {
  atLeast,
  compareLevels,
  flagsOf,
  isLadderFlags,
  levelOfFlags,
  maxLevel,
  minLevel,
  type ZoneLevel,
  type ZoneRow,
  type ZoneStanding,
  zoneAccess,
  zoneLevels,
} from "#lib/access/zone-level.ts";

// Ten thousand runs take a few seconds; a busy machine must not fail them.
vi.setConfig({ testTimeout: 120_000 });

const runs = { numRuns: 10_000 };
const now = 1_000;

/** The oracle's own words: the letters of what one may do. View, change, delete; m is managing. */
const letters: Record<ZoneLevel, string> = { none: "", view: "v", edit: "vc", full: "vcd" };
const union = (a: string, b: string): string => [..."vcdm"].filter((l) => a.includes(l) || b.includes(l)).join("");
const levelOf = (rights: string): ZoneLevel =>
  (Object.entries(letters).find(([, held]) => held === rights.replace("m", ""))?.[0] ?? "none") as ZoneLevel;

const platformTable: [needed: string[], rights: string][] = [
  [["dns:manage"], "vcdm"],
  [["dns:write", "dns:delete"], "vcd"],
  [["dns:write"], "vc"],
  [["dns:read"], "v"],
];

const platformRights = (held: readonly string[]): string =>
  platformTable
    .filter(([needed]) => needed.every((one) => held.includes(one) || held.includes("dns:*") || held.includes("*")))
    .reduce((rights, [, more]) => union(rights, more), "");

/** The tenant's part for the name `in` or `out` (of scope) and the type A (in scope) or MX. */
function tenantRights(s: ZoneStanding, name: string, type: string): string {
  const role = s.organisationRole ?? "stranger";
  if (/owner|admin/.test(role)) return "vcdm";
  if (!s.row) return role === "member" ? letters[s.memberDefault] : "";
  if (role === "stranger" && !s.guests) return "";
  const misses =
    (s.row.names.length > 0 && !s.row.names.includes(name)) || (s.row.types.length > 0 && !s.row.types.includes(type));
  const held = misses ? [...letters[s.row.level]].filter((l) => l === "v").join("") : letters[s.row.level];
  if (s.row.expiresAt === null || s.row.expiresAt > s.now) return held;
  // Over: never more than it was, and for a member never more than the default.
  return role === "member" ? [...letters[s.memberDefault]].filter((l) => held.includes(l)).join("") : "";
}

const level = fc.constantFrom(...zoneLevels);
const grants = fc.subarray(["dns:read", "dns:write", "dns:delete", "dns:manage", "dns:*", "*", "dns", "org:write"]);
const standing = fc.record({
  held: grants,
  organisationRole: fc.constantFrom("owner" as const, "admin" as const, "member" as const, null),
  memberDefault: level,
  guests: fc.boolean(),
  row: fc.option(
    fc.record({
      level,
      names: fc.constantFrom([], ["in"]),
      types: fc.constantFrom([], ["A"]),
      expiresAt: fc.constantFrom(null, now - 1, now, now + 1),
    }),
  ),
});

const made = ({ held, ...rest }: { held: string[] } & Omit<ZoneStanding, "grants" | "now">): ZoneStanding => ({
  grants: compileGrants(held),
  now,
  ...rest,
});

const places = ["in", "out"].flatMap((name) => ["A", "MX"].map((type) => [name, type] as const));

test("access is the union of what the platform and the tenant give", () => {
  fc.assert(
    fc.property(standing, (given) => {
      const s = made(given);
      const access = zoneAccess(s);
      const platform = platformRights(given.held);
      let anywhere = "";
      let gains = false;
      for (const [name, type] of places) {
        const tenant = tenantRights(s, name, type);
        const rights = union(platform, tenant);
        anywhere = union(anywhere, rights);
        gains ||= rights !== tenant;
        expect(access.levelAt(name, type)).toBe(levelOf(rights));
        expect(access.tenantLevelAt(name, type)).toBe(levelOf(tenant));
      }
      expect(access.level).toBe(levelOf(anywhere));
      expect(access.manage).toBe(anywhere.includes("m"));
      expect(access.platform).toBe(levelOf(platform));
      expect(access.viaPlatform).toBe(gains);
      const uniform = places.every(([name, type]) => access.levelAt(name, type) === access.level);
      expect(access.narrowed === null).toBe(uniform);
      if (access.level === "none") expect(access.source).not.toBe("platform");
      if (access.source === "platform") expect(access.viaPlatform).toBe(true);
    }),
    runs,
  );
});

test("a grant less, a lower role or a lower default opens nothing", () => {
  const rank = [null, "member", "admin", "owner"] as const;
  fc.assert(
    fc.property(standing, fc.nat(7), (given, at) => {
      const more = zoneAccess(made(given));
      const lower = [
        made({ ...given, held: given.held.filter((_, index) => index !== at) }),
        made({ ...given, organisationRole: rank[Math.max(0, rank.indexOf(given.organisationRole) - 1)] ?? null }),
        made({
          ...given,
          memberDefault: zoneLevels[Math.max(0, zoneLevels.indexOf(given.memberDefault) - 1)] ?? "none",
        }),
        made({ ...given, guests: false }),
        // Time that passes: every end is over.
        { ...made(given), now: now + 2 },
      ].map(zoneAccess);
      for (const less of lower) {
        if (less.manage) expect(more.manage).toBe(true);
        for (const [name, type] of places) {
          expect(atLeast(more.levelAt(name, type), less.levelAt(name, type))).toBe(true);
        }
      }
    }),
    runs,
  );
});

test("the level of a subtree is the lowest in it", () => {
  const row = fc.record({
    level,
    names: fc.subarray(["@", "**", "a", "**.a", "*.a", "b.a", "**.b.a", "*.**.a"], { maxLength: 4 }),
    types: fc.constantFrom([], [], ["A"]),
    expiresAt: fc.constant(null),
  });
  fc.assert(
    fc.property(
      row,
      fc.constantFrom<string[]>([], ["dns:read"], ["dns:write"]),
      fc.constantFrom("@", "a", "b.a", "c"),
      (r, held, top) => {
        const access = zoneAccess(made({ held, organisationRole: null, memberDefault: "none", guests: true, row: r }));
        const below = ["", "a", "b", "z", "z.z", "z.b", "z.z.z", "z.z.z.z", "z.z.z.z.z"].map(
          (labels) => [labels, top === "@" ? "" : top].filter((part) => part !== "").join(".") || "@",
        );
        const lowest = below
          .flatMap((name) => ["A", "TXT", "TYPE999"].map((type) => access.levelAt(name, type)))
          .reduce(minLevel);
        expect(access.subtreeLevel(top)).toBe(lowest);
      },
    ),
    runs,
  );
});

test("the ladder is an order, and flags go there and back", () => {
  fc.assert(
    fc.property(level, level, fc.boolean(), fc.boolean(), fc.boolean(), (a, b, canView, canModify, canDelete) => {
      expect(atLeast(a, b)).toBe(letters[b].length <= letters[a].length);
      expect(Math.sign(compareLevels(a, b))).toBe(Math.sign(letters[a].length - letters[b].length));
      expect(letters[maxLevel(a, b)]).toBe(union(letters[a], letters[b]));
      expect([maxLevel(a, b), minLevel(a, b)].sort()).toEqual([a, b].sort());
      expect(levelOfFlags(flagsOf(a))).toBe(a);
      const flags = { canView, canModify, canDelete };
      const set = `${canView ? "v" : ""}${canModify ? "c" : ""}${canDelete ? "d" : ""}`;
      expect(isLadderFlags(flags)).toBe(Object.values(letters).includes(set));
      const shown = zoneLevels.filter((one) => [...letters[one]].every((l) => set.includes(l))).at(-1);
      expect(levelOfFlags(flags)).toBe(shown);
    }),
    runs,
  );
});

describe("examples", () => {
  const access = (
    held: string[],
    role: ZoneStanding["organisationRole"],
    row: Partial<ZoneRow> | null = null,
    guests = true,
  ) =>
    zoneAccess({
      grants: compileGrants(held),
      organisationRole: role,
      memberDefault: "view",
      guests,
      row: row && { level: "edit", names: [], types: [], expiresAt: null, ...row },
      now,
    });

  it.each([
    [[], null, null, "none", "none", false],
    [[], "member", null, "view", "default", false],
    [[], "member", { level: "none" as const }, "none", "row", false],
    [[], "member", { level: "full" as const }, "full", "row", false],
    [[], "member", { level: "full" as const, expiresAt: now }, "view", "default", false],
    [[], null, { level: "edit" as const, expiresAt: now + 1 }, "edit", "row", false],
    [[], null, { level: "edit" as const, expiresAt: now }, "none", "none", false],
    [[], "member", { level: "none" as const, expiresAt: now }, "none", "row", false],
    [[], "owner", { level: "none" as const }, "full", "organisation", true],
    [[], "admin", null, "full", "organisation", true],
    [["dns:delete"], null, null, "none", "none", false],
    [["dns:delete", "dns:read"], null, null, "view", "platform", false],
    [["dns:write"], "member", null, "edit", "platform", false],
    [["dns:read"], "member", null, "view", "default", false],
    [["dns:manage"], null, null, "full", "platform", true],
    [["dns:manage"], "member", { level: "full" as const }, "full", "row", true],
    [["*"], null, { level: "none" as const }, "full", "platform", true],
  ] as const)("%j as %s with row %j: %s by %s, manage %s", (held, role, row, wanted, source, manage) => {
    expect(access([...held], role, row)).toMatchObject({ level: wanted, source, manage });
  });

  it("gives an account outside the organisation nothing where guests are forbidden, and members their rows", () => {
    expect(access([], null, { level: "full", expiresAt: now + 1 }, false)).toMatchObject({
      level: "none",
      source: "none",
    });
    expect(access(["dns:read"], null, { level: "full" }, false)).toMatchObject({ level: "view", source: "platform" });
    expect(access([], "member", { level: "full" }, false)).toMatchObject({ level: "full", source: "row" });
  });

  it("knows a type by its number", () => {
    const narrowed = access([], null, { types: ["TYPE16"] });
    expect(narrowed.levelAt("a", "TXT")).toBe("edit");
    expect(narrowed.levelAt("a", "A")).toBe("view");
  });

  it("does not narrow rows below edit", () => {
    expect(access([], null, { level: "view", names: ["a"] }).narrowed).toBeNull();
    expect(access([], null, { level: "none", names: ["a"] }).levelAt("b", "A")).toBe("none");
  });
});
