/** The API of invitations to oneself: those that wait, and the link in a mail. */
import * as z from "zod";
import { serverCapabilities } from "#lib/access/server-capability.ts";
import { anyone, signedIn } from "#lib/api/guards.ts";
import { newPassword, personName } from "#lib/users/users.ts";
import { acceptByLink, answerById, declineByLink, invitationsFor, lookAt, registerByLink } from "./answer.ts";

const token = z.string().max(200);
const Invitation = z.object({
  id: z.string(),
  organisation: z.string(),
  handle: z.string().nullable(),
  role: z.enum(["admin", "member"]).nullable(),
  zone: z
    .object({
      name: z.string(),
      displayName: z.string(),
      level: z.enum(["view", "edit", "full"]),
      names: z.array(z.string()),
      types: z.array(z.string()),
      until: z.number(),
    })
    .nullable(),
  server: z
    .object({
      id: z.string(),
      name: z.string(),
      capabilities: z.array(z.enum(serverCapabilities)),
      until: z.number().nullable(),
    })
    .nullable(),
  invitedBy: z.string(),
  createdAt: z.number(),
  expiresAt: z.number(),
});
const answered = {
  organisation: z.string(),
  handle: z.string().nullable(),
  zone: z.string().nullable(),
  server: z.string().nullable(),
  joined: z.boolean(),
};

export const waiting = signedIn({})
  .route({ method: "GET", path: "/account/invites", summary: "Invitations to oneself" })
  .output(z.object({ items: z.array(Invitation) }))
  .handler(({ context }) => ({ items: invitationsFor(context.actor.id) }));

export const answer = signedIn({ invite: z.string(), accept: z.boolean() })
  .route({ method: "POST", path: "/account/invites/{invite}", summary: "Accept or decline an invitation" })
  .output(z.object(answered))
  .handler(({ context, input }) => answerById(input.invite, input.accept, context.actor));

export const look = anyone({ token })
  .meta({ guard: "anyone", argument: "", reads: true })
  .route({ method: "POST", path: "/invites/look", summary: "What the link of an invitation leads to" })
  .output(
    Invitation.omit({ id: true }).extend({
      email: z.string(),
      account: z.boolean(),
      you: z.enum(["nobody", "invited", "somebody else"]),
    }),
  )
  .handler(({ context, input }) => lookAt(input.token, context.actor));

export const accept = signedIn({ token })
  .route({ method: "POST", path: "/invites/accept", summary: "Accept the invitation of a link" })
  .output(z.object(answered))
  .handler(({ context, input }) => acceptByLink(input.token, context.actor));

export const decline = anyone({ token })
  .route({ method: "POST", path: "/invites/decline", summary: "Decline the invitation of a link" })
  .output(z.object(answered))
  .handler(({ context, input }) => declineByLink(input.token, context.actor));

export const register = anyone({ token, name: personName, password: newPassword })
  .route({
    method: "POST",
    path: "/invites/register",
    successStatus: 201,
    summary: "Make an account for an invitation",
  })
  .output(z.object({ ...answered, email: z.string() }))
  .handler(({ context, input }) => registerByLink(input, context.actor));
