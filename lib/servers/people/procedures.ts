/** The API of sub-users. Managing them is for those alone who have the server; staff see who they are. */
import * as z from "zod";
import { onServer } from "#lib/api/guards.ts";
import { masked } from "#lib/api/masked.ts";
import { emailAddress } from "#lib/users/users.ts";
import { inviteInto, listInvitesInto, resendInvite, revokeInvite } from "./invites.ts";
import { editPerson, leaveServer, listPeople, removePerson } from "./people.ts";
import { accessEnd, PendingInvite, Person, wantedCapabilities } from "./shapes.ts";

export const list = onServer("people", {})
  .route({ method: "GET", path: "/servers/{server}/people", summary: "The sub-users of a server" })
  .output(z.object({ items: z.array(Person) }))
  .handler(({ context }) => ({ items: listPeople(context) }));

export const invite = onServer("owner", {
  email: emailAddress,
  capabilities: wantedCapabilities,
  expiresAt: accessEnd.default(null),
})
  .route({
    method: "POST",
    path: "/servers/{server}/people",
    successStatus: 201,
    summary: "Invite somebody into a server",
  })
  .output(z.object({ status: z.literal("invited"), email: masked("email") }))
  .handler(({ context, input }) => inviteInto(context, input, context.actor));

export const edit = onServer("owner", {
  user: z.string(),
  capabilities: wantedCapabilities.optional(),
  expiresAt: accessEnd.optional(),
})
  .route({
    method: "PATCH",
    path: "/servers/{server}/people/{user}",
    summary: "What a sub-user may do, and until when",
  })
  .output(z.object({ edited: z.string() }))
  .handler(({ context, input }) => editPerson(context, input.user, input, context.actor));

export const remove = onServer("owner", { user: z.string() })
  .route({ method: "DELETE", path: "/servers/{server}/people/{user}", summary: "Remove a sub-user" })
  .output(z.object({ removed: z.string() }))
  .handler(({ context, input }) => removePerson(context, input.user, context.actor));

export const leave = onServer("any", {}, { tokens: false })
  .route({ method: "POST", path: "/servers/{server}/leave", summary: "Leave a server as its sub-user" })
  .output(z.object({ left: z.string() }))
  .handler(({ context }) => leaveServer(context, context.actor));

export const invites = onServer("people", {})
  .route({ method: "GET", path: "/servers/{server}/invites", summary: "Invitations into a server that wait" })
  .output(z.object({ items: z.array(PendingInvite) }))
  .handler(({ context }) => ({ items: listInvitesInto(context) }));

export const resend = onServer("owner", { invite: z.string() })
  .route({ method: "POST", path: "/servers/{server}/invites/{invite}/resend", summary: "Send an invitation again" })
  .output(z.object({ sent: z.string(), expiresAt: z.number().int() }))
  .handler(({ context, input }) => resendInvite(context, input.invite, context.actor));

export const revoke = onServer("owner", { invite: z.string() })
  .route({ method: "DELETE", path: "/servers/{server}/invites/{invite}", summary: "Take an invitation back" })
  .output(z.object({ revoked: z.string() }))
  .handler(({ context, input }) => revokeInvite(context, input.invite, context.actor));
