/** Inheritance of roles against a transitive closure, and what the built-in roles may be. */
import fc from "fast-check";
import { describe, expect, it, test, vi } from "vitest";
import { catalogue, holds, isStaff } from "#lib/access/permissions.ts";
import {
  accountGrants,
  ancestors,
  checkDefaultGrants,
  DEFAULT_ROLE,
  defaultRoleGrants,
  descendants,
  effectiveGrants,
  existing,
  grantsOfAll,
  type RoleRow,
  wouldCycle,
} from "#lib/access/roles.ts";

// Ten thousand runs take a few seconds; a busy machine must not fail them.
vi.setConfig({ testTimeout: 120_000 });

const runs = { numRuns: 10_000 };
const ids = ["r0", "r1", "r2", "r3", "r4", "r5"];
const id = fc.constantFrom(...ids);

// Any parent at all: cycles, oneself, and roles that do not exist.
const roles = fc
  .array(
    fc.record({
      parentId: fc.option(fc.constantFrom(...ids, "gone"), { freq: 3 }),
      requiresMfa: fc.boolean(),
      grants: fc.uniqueArray(fc.constantFrom("a:b", "a:*", "c", "d:e", "*", "not a grant"), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: ids.length },
  )
  .map(
    (rows): ReadonlyMap<string, RoleRow> =>
      new Map(
        rows.map((row, index) => {
          const id = ids[index] ?? "";
          return [id, { id, name: index === 0 ? DEFAULT_ROLE : `name-${id}`, ...row }];
        }),
      ),
  );

/** The oracle: Warshall's closure. `above.get(a)` has `b` if a inherits from b, by one step or more. */
function closure(roles: ReadonlyMap<string, RoleRow>): Map<string, Set<string>> {
  const above = new Map([...roles.keys()].map((id) => [id, new Set<string>()]));
  for (const role of roles.values())
    if (role.parentId && roles.has(role.parentId)) above.get(role.id)?.add(role.parentId);
  for (const via of roles.keys())
    for (const from of roles.keys())
      if (above.get(from)?.has(via)) for (const to of above.get(via) ?? []) above.get(from)?.add(to);
  return above;
}

const union = (wanted: readonly string[], roles: ReadonlyMap<string, RoleRow>): Set<string> => {
  const above = closure(roles);
  const all = new Set(wanted.flatMap((one) => [one, ...(above.get(one) ?? [])]));
  return new Set([...all].flatMap((one) => roles.get(one)?.grants ?? []));
};

test("an account holds the union over its roles and all above them", () => {
  fc.assert(
    fc.property(roles, fc.array(id, { maxLength: 4 }), (all, held) => {
      const grants = effectiveGrants(held, all);
      expect(new Set(grants)).toEqual(union(held, all));
      expect(new Set(grants).size).toBe(grants.length);
      expect(effectiveGrants(held, new Map([...all].reverse()))).toEqual(grants);
      expect(new Set(accountGrants(held, all))).toEqual(union(held.length === 0 ? ["r0"] : held, all));
    }),
    runs,
  );
});

test("removing a role, a parent or a grant opens nothing", () => {
  fc.assert(
    fc.property(roles, fc.array(id, { minLength: 1, maxLength: 4 }), id, fc.nat(2), (all, held, cut, how) => {
      const permissions = ["a:b", "a:x:y", "c", "d:e", "z"];
      const before = effectiveGrants(held, all);
      const row = all.get(cut);
      const changed = new Map(all);
      if (row) changed.set(cut, how === 0 ? { ...row, parentId: null } : { ...row, grants: row.grants.slice(1) });
      const after = effectiveGrants(how === 2 ? held.slice(1) : held, changed);
      for (const permission of permissions) {
        if (holds(after, permission)) expect(holds(before, permission)).toBe(true);
      }
    }),
    runs,
  );
});

test("an account that loses a role gains nothing, unless it was its last: then what default gives", () => {
  fc.assert(
    fc.property(roles, fc.uniqueArray(id, { minLength: 1, maxLength: 3 }), fc.boolean(), (all, held, deleted) => {
      const [gone = "", ...kept] = held;
      const after = new Map(all);
      if (deleted) {
        // As deleting a role does it: what inherited from it inherits from its parent.
        const above = all.get(gone)?.parentId ?? null;
        after.delete(gone);
        for (const row of all.values())
          if (row.parentId === gone && row.id !== gone)
            after.set(row.id, { ...row, parentId: above === row.id || above === gone ? null : above });
      }
      const before = union(held, all);
      const has = new Set(accountGrants(existing(kept, after), after));
      const left = existing(kept, after).length > 0;
      const byDefault = after.has("r0") ? union(["r0"], after) : new Set<string>();
      for (const grant of has) if (!before.has(grant)) expect([left, byDefault.has(grant)]).toEqual([false, true]);
      const sets = grantsOfAll([...after.keys()], [kept], after);
      for (const grant of has) expect(sets).toContain(grant);
    }),
    runs,
  );
});

test("ancestors are those above, without the role itself", () => {
  fc.assert(
    fc.property(roles, id, (all, roleId) => {
      fc.pre(all.has(roleId));
      const above = new Set(closure(all).get(roleId));
      above.delete(roleId);
      expect(new Set(ancestors(all, roleId))).toEqual(above);
    }),
    runs,
  );
});

test("a parent closes a cycle exactly when the closure then has the role above itself", () => {
  fc.assert(
    fc.property(roles, id, fc.option(id), (all, roleId, parentId) => {
      const row = all.get(roleId);
      fc.pre(row !== undefined && (parentId === null || all.has(parentId)));
      const changed = new Map(all).set(roleId, { ...row, parentId });
      expect(wouldCycle(all, roleId, parentId)).toBe(closure(changed).get(roleId)?.has(roleId));
    }),
    runs,
  );
});

test("descendants are those that have the role above them", () => {
  fc.assert(
    fc.property(roles, id, (all, roleId) => {
      fc.pre(all.has(roleId));
      const above = closure(all);
      const wanted = [...all.keys()].filter((one) => one !== roleId && above.get(one)?.has(roleId));
      expect(descendants(all, roleId)).toEqual(new Set(wanted));
    }),
    runs,
  );
});

describe("accounts without a role", () => {
  const all = new Map<string, RoleRow>([
    ["1", { id: "1", name: DEFAULT_ROLE, parentId: null, requiresMfa: false, grants: ["org:create"] }],
    ["2", { id: "2", name: "Support", parentId: null, requiresMfa: false, grants: ["tickets:read"] }],
    ["3", { id: "3", name: "Friendly", parentId: "1", requiresMfa: false, grants: ["tickets:read"] }],
  ]);

  it("have the default role's grants, and accounts with one do not", () => {
    expect(accountGrants([], all)).toEqual(["org:create"]);
    expect(accountGrants(["2"], all)).toEqual(["tickets:read"]);
    expect(accountGrants(["3"], all)).toEqual(["tickets:read", "org:create"]);
    expect(accountGrants(["gone"], all)).toEqual([]);
    expect(accountGrants([], new Map())).toEqual([]);
  });
});

describe("the default role", () => {
  // The permissions that open a tab without being for staff alone.
  const tabs = ["org:read", "servers:read", "tickets:read", "tunnels:read", "ai:read", "databases:read"];

  it("makes nobody staff", () => {
    expect(isStaff(defaultRoleGrants, tabs)).toBe(false);
  });

  it("may hold what it holds, and all else that reaches one's own", () => {
    expect(checkDefaultGrants(defaultRoleGrants)).toEqual({ ok: true });
    expect([...defaultRoleGrants].sort()).toEqual(
      catalogue
        .filter((entry) => entry.reach === "own")
        .map((entry) => entry.value)
        .sort(),
    );
  });

  it.each(["*", "org:*", "org:read", "admin:access", "custom:thing", "org:create ", "servers:read", ""])(
    "may not hold %j",
    (grant) => {
      expect(checkDefaultGrants(["org:create", grant]).ok).toBe(false);
    },
  );

  test("makes nobody staff whatever it may hold", () => {
    const grant = fc.oneof(fc.constantFrom(...catalogue.map((entry) => entry.value)), fc.constantFrom("org:*", "ai:*"));
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 3 }), (grants) => {
        if (checkDefaultGrants(grants).ok) expect(isStaff(grants, tabs)).toBe(false);
      }),
      runs,
    );
  });
});
