/** Access to organisations over every role and set of permissions. */
import { describe, expect, it } from "vitest";
import {
  mayAssign,
  type OrganisationNeed,
  type OrganisationRole,
  organisationAccess,
} from "#lib/access/organisation-role.ts";
import { compileGrants } from "#lib/access/permissions.ts";

const roles = [null, "member", "admin", "owner"] as const;
const needs = ["member", "admin", "owner", "delete"] as const;

/** Which needs each role or permission meets. */
const meets: Record<string, readonly OrganisationNeed[]> = {
  member: ["member"],
  admin: ["member", "admin"],
  owner: ["member", "admin", "owner", "delete"],
  "org:read": ["member"],
  "org:write": ["member", "admin", "owner"],
  "org:delete": ["delete"],
  "org:invite": [],
  "org:create": [],
  "org:*": ["member", "admin", "owner", "delete"],
  "*": ["member", "admin", "owner", "delete"],
};

describe("organisationAccess", () => {
  const grants = Object.keys(meets).filter((key) => key.includes(":") || key === "*");
  const subsets = Array.from({ length: 2 ** grants.length }, (_, bits) => grants.filter((_, at) => bits & (1 << at)));

  it("meets what the role or any permission meets, and no grant more closes anything", () => {
    for (const role of roles) {
      for (const held of subsets) {
        const access = organisationAccess({ grants: compileGrants(held), role });
        expect(access.role).toBe(role);
        for (const need of needs) {
          const byRole = role !== null && (meets[role]?.includes(need) ?? false);
          const met = byRole || held.some((grant) => meets[grant]?.includes(need));
          expect(access.has(need)).toBe(met);
          expect(access.viaPlatform(need)).toBe(met && !byRole);
        }
        expect([access.member, access.admin, access.owner, access.canDelete]).toEqual(needs.map(access.has));
      }
    }
  });
});

describe("mayAssign", () => {
  const table: Record<string, [OrganisationRole | null, OrganisationRole | null][]> = {
    admin: [
      [null, "member"],
      [null, "admin"],
      ["member", "admin"],
      ["admin", "member"],
      ["member", null],
      ["admin", null],
    ],
  };
  table.owner = [...(table.admin ?? []), ["member", "owner"], ["admin", "owner"]];

  it("follows the table, for every triple", () => {
    for (const actor of roles) {
      for (const target of roles) {
        for (const next of roles) {
          if (target === next) continue;
          const listed = (table[actor ?? ""] ?? []).some(([from, to]) => from === target && to === next);
          expect([actor, target, next, mayAssign(actor, target, next)]).toEqual([actor, target, next, listed]);
        }
      }
    }
  });
});
