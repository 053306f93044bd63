/** Access to one server, against an oracle that writes every way in down as a list of what it opens. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { catalogue, compileGrants, type Permission } from "#lib/access/permissions.ts";
import {
  lowerServer,
  type ServerCapability,
  type ServerNeed,
  serverAccess,
  serverCapabilities,
  singleCapabilities,
} from "#lib/access/server-capability.ts";

const NOW = 1_000_000;
const permissions = catalogue.map(({ value }) => value).filter((value) => !value.includes("*")) as Permission[];
const capabilities = fc.subarray([...serverCapabilities]);
const needs: readonly ServerNeed[] = [...singleCapabilities, "any", "people", "owner"];
const grants = fc.oneof(
  fc.subarray(
    permissions.filter((one) => /^(servers|admin:servers|files|backups|databases|schedules|commands)/.test(one)),
  ),
  fc.subarray(["*", "files:*", "backups:*", "admin:servers:*", "servers:*"]),
);
interface Standing {
  grants: string[];
  own: boolean;
  organisationRole: "member" | "admin" | "owner" | null;
  row: { capabilities: ServerCapability[]; expiresAt: number | null } | null;
}
const standing: fc.Arbitrary<Standing> = fc.record({
  grants,
  own: fc.boolean(),
  organisationRole: fc.constantFrom(null, "member" as const, "admin" as const, "owner" as const),
  row: fc.option(fc.record({ capabilities, expiresAt: fc.constantFrom(null, NOW - 1, NOW, NOW + 1) })),
});

/** Everything that is open, each as the need, or as the need and the permission that lets it through. */
function opened({ own, organisationRole, row, grants: held }: Standing) {
  const open = new Set<string>();
  const tenant = new Set<string>();
  const add = (list: readonly string[]) => {
    for (const one of list) tenant.add(one);
    if (list.length > 0) tenant.add("any");
  };
  const all = serverCapabilities.filter((one) => one !== "*");
  if (own || ["admin", "owner"].includes(organisationRole ?? "")) add([...all, "people", "owner"]);
  if (row && !(row.expiresAt !== null && NOW >= row.expiresAt))
    add(row.capabilities.includes("*") ? all : row.capabilities);
  for (const one of tenant) open.add(one);
  const covered = (permission: string) =>
    held.some(
      (grant) =>
        grant === "*" || grant === permission || (grant.endsWith(":*") && permission.startsWith(grant.slice(0, -1))),
    );
  if (covered("admin:servers:manage")) for (const one of [...all, "any", "people"]) open.add(one);
  if (covered("servers:read")) open.add("any");
  const acts: Record<string, string[]> = {
    files: ["read", "write"],
    backups: ["read", "create", "write"],
    databases: ["read", "write"],
    schedules: ["read", "create", "write"],
  };
  for (const [capability, verbs] of Object.entries(acts))
    for (const verb of verbs) if (covered(`${capability}:${verb}`)) open.add(`${capability} by ${capability}:${verb}`);
  if (covered("commands:execute")) open.add("console by commands:execute");
  return { open, tenant };
}

test("what is open is what some way in opens", () => {
  fc.assert(
    fc.property(
      standing,
      fc.constantFrom(...needs),
      fc.option(fc.constantFrom(...permissions)),
      (who, need, permission) => {
        const access = serverAccess({ ...who, grants: compileGrants(who.grants), now: NOW });
        const { open, tenant } = opened(who);
        const by = permission ?? undefined;
        const visible = need === "any" && by !== undefined && compileGrants(who.grants).has(by);
        const expected = open.has(need) || open.has(`${need} by ${by}`) || visible;
        expect(access.has(need, by)).toBe(expected);
        expect(access.viaPlatform(need, by)).toBe(expected && !tenant.has(need));
      },
    ),
    { numRuns: 10_000 },
  );
});

test("a token opens nothing that its account has not, nothing that it does not list, and manages no sub-users", () => {
  fc.assert(
    fc.property(
      standing,
      fc.option(capabilities),
      fc.constantFrom(...needs),
      fc.option(fc.constantFrom(...permissions)),
      (who, listed, need, permission) => {
        const held = compileGrants(who.grants);
        const own = serverAccess({ ...who, grants: held, now: NOW });
        const token = lowerServer(own, held, listed);
        const by = permission ?? undefined;
        const names: readonly ServerCapability[] = listed ?? [];
        const within =
          need === "any"
            ? names.length > 0
            : names.includes("*")
              ? need !== "owner" && need !== "people"
              : names.some((one) => one === need);
        if (token.has(need, by)) expect(own.has(need, by) && within).toBe(true);
        // Of what both have nothing is lost, but for seeing a server of which nothing is left.
        if (need !== "any" && own.has(need, by) && within) expect(token.has(need, by)).toBe(true);
        expect(token.owner).toBe(false);
      },
    ),
    { numRuns: 10_000 },
  );
});
