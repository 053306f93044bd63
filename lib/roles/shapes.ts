/** What is said about roles, and what may be said to change them. */
import * as z from "zod";
import { parseGrant } from "#lib/access/permissions.ts";

export const RoleName = z.object({ id: z.string(), name: z.string() });

export const RoleSummary = RoleName.extend({
  description: z.string(),
  /** `rootAdmin` or `default`. */
  builtIn: z.boolean(),
  parent: RoleName.nullable(),
  requiresMfa: z.boolean(),
  /** The role's own, in order. */
  grants: z.array(z.string()),
  /** Accounts that were given it. */
  members: z.number().int(),
  /** Accounts that it counts for because they have no role: only for `default`. */
  withoutRole: z.number().int(),
  createdAt: z.number().int(),
});

export const RoleDetail = RoleSummary.extend({
  /** Its own and inherited grants, each with the roles that give it. */
  effective: z.array(z.object({ grant: z.string(), from: z.array(RoleName) })),
  /** The parent, its parent, and so on. */
  ancestors: z.array(RoleName),
  /** All that inherit from it, at any depth. */
  descendants: z.array(RoleName),
  /** What whoever asks lacks to be allowed to change it. */
  missing: z.array(z.string()),
});
export type RoleDetail = z.infer<typeof RoleDetail>;

const Difference = {
  /** Grants that it will have and that nothing it had covers. */
  gained: z.array(z.string()),
  lost: z.array(z.string()),
};

/** What a change of a role comes to. Not applied: a dry run. */
export const RoleEffect = z.object({
  applied: z.boolean(),
  /** As it then is; null once deleted. */
  role: RoleDetail.nullable(),
  /** Roles whose effective grants change. */
  roles: z.array(RoleName.extend(Difference)),
  /** Accounts whose grants change, together where they have the same roles. */
  accounts: z.array(
    z.object({
      roles: z.array(z.string()),
      accounts: z.number().int(),
      ...Difference,
      /** They lose their last role: what `default` gives is theirs. */
      fallsToDefault: z.boolean(),
    }),
  ),
  /** The same in sentences. */
  says: z.array(z.string()),
});
export type RoleEffect = z.infer<typeof RoleEffect>;

/** What a change of an account's roles comes to. */
export const AccountRolesEffect = z.object({
  applied: z.boolean(),
  roles: z.array(RoleName),
  ...Difference,
  fallsToDefault: z.boolean(),
  says: z.array(z.string()),
});
export type AccountRolesEffect = z.infer<typeof AccountRolesEffect>;

export const AccountGrants = z.object({
  roles: z.array(RoleName),
  /** No role: what `default` gives counts. */
  byDefault: z.boolean(),
  requiresMfa: z.boolean(),
  effective: RoleDetail.shape.effective,
});

/** Answers what would come of it, with every check, and does nothing. */
export const dryRun = z.boolean().default(false);

export const roleName = z
  .string()
  .trim()
  .normalize()
  .min(1, "Enter a name.")
  .max(60, "A role's name has at most 60 characters.")
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, "A name cannot contain control characters.")
  // A role is found by id or name: a name never looks like an id.
  .regex(/^(?![0-9a-f]{8}-[0-9a-f]{4}-)/i, "A name cannot look like an id.");

export const roleDescription = z.string().trim().max(500, "A description has at most 500 characters.");

/** Grants in order, each once and each a grant, in the catalogue or not. */
export const roleGrantList = z
  .array(z.string().max(200, "A grant has at most 200 characters."))
  .max(500, "A role has at most 500 grants.")
  .superRefine((grants, context) => {
    for (const [at, text] of grants.entries()) {
      const parsed = parseGrant(text);
      if (!parsed.ok) context.addIssue({ code: "custom", path: [at], message: parsed.reason });
      else if (grants.indexOf(text) < at)
        context.addIssue({ code: "custom", path: [at], message: `${text} stands in this list twice.` });
    }
  });

/** The id or the name of a role. */
export const roleRef = z.string().min(1).max(100);
