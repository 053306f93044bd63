/** The API of everybody's organisations, for staff to look at. What staff change there goes the way of its admins. */
import { eq } from "drizzle-orm";
import * as z from "zod";
import { auditLog } from "#db/schema/index.ts";
import { zoneLevels } from "#lib/access/zone-level.ts";
import { staff } from "#lib/api/guards.ts";
import { keyedPage, keyedQuery } from "#lib/api/keyed-list.ts";
import { masked } from "#lib/api/masked.ts";
import { readTrail, TrailEntry } from "#lib/audit/trail.ts";
import { inspectOrganisation, listAllOrganisations, membersOfAny, organisationById } from "./directory.ts";
import { listInvites } from "./invites.ts";
import { changeLimits, limitKeys } from "./limits.ts";

const organisation = { organisation: z.string().max(100) };
const tokens = { tokens: true };

const Person = z.object({ id: z.string(), name: masked("name"), email: masked("email") });
const Summary = z.object({
  id: z.string(),
  handle: z.string(),
  name: z.string(),
  owner: Person.nullable(),
  guests: z.enum(["allowed", "forbidden"]),
  memberDefault: z.enum(zoneLevels),
  members: z.number().int(),
  /** Null without dns:read. */
  zones: z.number().int().nullable(),
  /** Limits that are not the panel's. */
  ownLimits: z.number().int(),
  createdAt: z.number().int(),
});
const Limit = z.object({
  key: z.enum(limitKeys),
  title: z.string(),
  help: z.string(),
  unit: z.string(),
  min: z.number(),
  max: z.number(),
  /** Null: the panel's counts. */
  own: z.number().int().nullable(),
  byPanel: z.number().int(),
  value: z.number().int(),
});

export const all = staff(
  "org:read",
  keyedQuery(["-createdAt", "name", "handle"], {
    guests: z.enum(["allowed", "forbidden"]).optional(),
    limits: z.enum(["own"]).optional(),
    owner: z.enum(["shut"]).optional(),
  }),
  tokens,
)
  .route({ method: "GET", path: "/admin/organisations", summary: "All organisations" })
  .output(keyedPage(Summary))
  .handler(({ context, input }) => listAllOrganisations(input, context.actor));

export const inspect = staff("org:read", organisation, tokens)
  .route({
    method: "GET",
    path: "/admin/organisations/{organisation}",
    summary: "One organisation, with its limits and what it owns",
  })
  .output(
    Summary.extend({
      limits: z.array(Limit),
      invites: z.number().int(),
      connections: z.number().int(),
      templates: z.number().int(),
    }),
  )
  .handler(({ context, input }) => inspectOrganisation(input.organisation, context.actor));

export const membersOf = staff("org:read", { ...organisation, ...keyedQuery(["name", "email"], {}) }, tokens)
  .route({
    method: "GET",
    path: "/admin/organisations/{organisation}/members",
    summary: "The members of any organisation",
  })
  .output(keyedPage(Person.extend({ role: z.enum(["owner", "admin", "member"]), since: z.number().int() })))
  .handler(({ input }) => membersOfAny(input.organisation, input));

export const invitesOf = staff("org:read", organisation, tokens)
  .route({
    method: "GET",
    path: "/admin/organisations/{organisation}/invites",
    summary: "The latest 200 invitations of any organisation that wait for an answer",
  })
  .output(
    z.object({
      items: z.array(
        z.object({
          id: z.string(),
          email: masked("email"),
          role: z.enum(["admin", "member"]),
          sender: masked("name"),
          valid: z.boolean(),
          createdAt: z.number().int(),
          expiresAt: z.number().int(),
        }),
      ),
    }),
  )
  .handler(({ input }) => ({ items: listInvites(organisationById(input.organisation)) }));

export const historyOf = staff("org:read", { ...organisation, ...keyedQuery(["-at"], {}) }, tokens)
  .route({
    method: "GET",
    path: "/admin/organisations/{organisation}/history",
    summary: "What was done in an organisation, the newest first",
  })
  .output(keyedPage(TrailEntry))
  .handler(({ input }) => readTrail(eq(auditLog.organisationId, organisationById(input.organisation).id), input));

export const limit = staff(
  "org:write",
  { ...organisation, limits: z.record(z.string().max(100), z.number().nullable()) },
  tokens,
)
  .route({
    method: "PATCH",
    path: "/admin/organisations/{organisation}/limits",
    summary: "Limits of one organisation; null is the panel's",
  })
  .output(z.object({ limits: z.array(Limit) }))
  .handler(({ context, input }) => ({
    limits: changeLimits(organisationById(input.organisation), input.limits, context.actor),
  }));
