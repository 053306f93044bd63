/** The API of organisations and their members. */
import * as z from "zod";
import { zoneLevels } from "#lib/access/zone-level.ts";
import { can, inOrganisation, signedIn } from "#lib/api/guards.ts";
import { listQuery, page } from "#lib/api/list.ts";
import { masked } from "#lib/api/masked.ts";
import { pageOfGuests } from "#lib/dns/guests.ts";
import { Guest } from "#lib/dns/shapes.ts";
import { takesGuests } from "#lib/dns/zones.ts";
import { emailAddress } from "#lib/users/users.ts";
import { listInvites, resendInvite, revokeInvite } from "./invites.ts";
import { addMember, changeMemberRole, handOver, listMembers, removeMember } from "./members.ts";
import {
  createOrganisation,
  deleteOrganisation,
  editOrganisation,
  listOrganisations,
  OrganisationShape,
  organisationHandle,
  organisationName,
  summaryOf,
} from "./organisations.ts";

const joinable = z.enum(["admin", "member"], { error: "Choose admin or member." });
const Member = z.object({
  userId: z.string(),
  name: masked("name"),
  email: masked("email"),
  role: z.enum(["owner", "admin", "member"]),
  createdAt: z.number().int(),
});
const Invite = z.object({
  id: z.string(),
  email: masked("email"),
  role: joinable,
  sender: masked("name"),
  /** Whether it can be accepted: while who sent it may invite. */
  valid: z.boolean(),
  createdAt: z.number(),
  expiresAt: z.number(),
});

export const list = signedIn(
  { ...listQuery(["name", "handle", "createdAt"]), scope: z.enum(["own", "all"]).default("own") },
  { tokens: true },
)
  .route({ method: "GET", path: "/organisations", summary: "Organisations" })
  .output(page(OrganisationShape))
  .handler(({ context, input }) => listOrganisations(input, context.actor));

export const create = can("org:create", { name: organisationName, handle: organisationHandle }, { tokens: true })
  .route({ method: "POST", path: "/organisations", successStatus: 201, summary: "Make an organisation" })
  .output(OrganisationShape)
  .handler(({ context, input }) => createOrganisation(input, context.actor));

export const open = inOrganisation("member", {})
  .route({ method: "GET", path: "/organisations/{organisation}", summary: "One organisation" })
  .output(OrganisationShape)
  .handler(({ context }) => summaryOf(context.organisation.id, context.actor));

export const edit = inOrganisation("admin", {
  name: organisationName.optional(),
  handle: organisationHandle.optional(),
  memberDefault: z.enum(zoneLevels).optional(),
  guests: z.enum(["allowed", "forbidden"]).optional(),
})
  .route({ method: "PATCH", path: "/organisations/{organisation}", summary: "Change an organisation" })
  .output(OrganisationShape)
  .handler(({ context, input: { name, handle, memberDefault, guests } }) =>
    editOrganisation(context.organisation, { name, handle, memberDefault, guests }, context.actor, context.asStaff),
  );

export const remove = inOrganisation("delete", {})
  .route({
    method: "DELETE",
    path: "/organisations/{organisation}",
    summary: "Delete an organisation that owns nothing",
  })
  .output(z.object({ deleted: z.string() }))
  .handler(({ context }) => deleteOrganisation(context.organisation, context.actor, context.asStaff));

export const members = inOrganisation("member", listQuery(["name", "email", "role", "createdAt"]))
  .route({ method: "GET", path: "/organisations/{organisation}/members", summary: "Members" })
  .output(page(Member))
  .handler(({ context, input }) => listMembers(context.organisation, input));

export const addOne = inOrganisation("admin", { email: emailAddress, role: joinable.default("member") })
  .route({
    method: "POST",
    path: "/organisations/{organisation}/members",
    successStatus: 201,
    summary: "Add or invite a member",
  })
  .output(z.object({ status: z.enum(["added", "invited"]), email: masked("email"), role: joinable }))
  .handler(({ context, input: { email, role } }) => addMember(context, { email, role }, context.actor));

export const changeRole = inOrganisation("admin", { user: z.string(), role: joinable })
  .route({ method: "PATCH", path: "/organisations/{organisation}/members/{user}", summary: "Change a member's role" })
  .output(Member)
  .handler(({ context, input }) => changeMemberRole(context, input.user, input.role, context.actor));

export const removeOne = inOrganisation("admin", { user: z.string() })
  .route({ method: "DELETE", path: "/organisations/{organisation}/members/{user}", summary: "Remove a member" })
  .output(z.object({ removed: z.string() }))
  .handler(({ context, input }) => removeMember(context, input.user, context.actor));

export const leave = inOrganisation("member", {}, { tokens: false })
  .route({ method: "POST", path: "/organisations/{organisation}/leave", summary: "Leave an organisation" })
  .output(z.object({ removed: z.string() }))
  .handler(({ context }) => removeMember(context, context.actor.id, context.actor));

export const handOverTo = inOrganisation("owner", { user: z.string() })
  .route({ method: "POST", path: "/organisations/{organisation}/owner", summary: "Hand over ownership to a member" })
  .output(z.object({ owner: z.string() }))
  .handler(({ context, input }) => handOver(context, input.user, context.actor));

export const invites = inOrganisation("admin", {})
  .route({
    method: "GET",
    path: "/organisations/{organisation}/invites",
    summary: "Invitations that wait for an answer",
  })
  .output(z.object({ items: z.array(Invite) }))
  .handler(({ context }) => ({ items: listInvites(context.organisation) }));

export const revoke = inOrganisation("admin", { invite: z.string() })
  .route({
    method: "DELETE",
    path: "/organisations/{organisation}/invites/{invite}",
    summary: "Take back an invitation",
  })
  .output(z.object({ revoked: z.string() }))
  .handler(({ context, input }) => revokeInvite(context, input.invite, context.actor));

export const resend = inOrganisation("admin", { invite: z.string() })
  .route({
    method: "POST",
    path: "/organisations/{organisation}/invites/{invite}/resend",
    summary: "Mail an invitation again, with a new link",
  })
  .output(z.object({ sent: z.string(), expiresAt: z.number() }))
  .handler(({ context, input }) => resendInvite(context, input.invite, context.actor));

const { page: pageNumber, perPage } = listQuery(["name"]);
export const guests = inOrganisation("member", { page: pageNumber, perPage }, { flag: "feature.dns" })
  .route({
    method: "GET",
    path: "/organisations/{organisation}/guests",
    summary: "Accounts outside with a level in one of its zones, as far as one can view those",
  })
  .output(page(Guest).extend({ allowed: z.boolean() }))
  .handler(({ context, input }) => ({
    ...pageOfGuests(context.organisation.id, input, context.actor),
    allowed: takesGuests(context.organisation),
  }));
