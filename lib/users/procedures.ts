/** The API of one's own account. */
import * as z from "zod";
import { transaction } from "#db/client.ts";
import { bannersFor } from "#lib/announcements/own.ts";
import { invalid, notFound } from "#lib/api/errors.ts";
import { signedIn } from "#lib/api/guards.ts";
import { audit } from "#lib/audit/audit.ts";
import { Activity, activityQuery, ownActivity } from "#lib/audit/own.ts";
import { endOtherSessions, endSession, listSessions } from "#lib/auth/session.ts";
import { ownOrganisations } from "#lib/organisations/organisations.ts";
import { removePassword } from "#lib/passkeys/ways-in.ts";
import { rolloutsOf } from "#lib/rollouts/rollouts.ts";
import { setting } from "#lib/settings/settings.ts";
import { isStaffWith } from "#lib/staff/admission.ts";
import { deleteOwnAccount } from "./deletion.ts";
import { Choice, Effects, effectsFor } from "./owned.ts";
import { Frame, Profile, Session } from "./shapes.ts";
import { newPassword, personName, profileOf, renameAccount, setPassword } from "./users.ts";

export const me = signedIn({}, { tokens: true, enrolling: true })
  .route({ method: "GET", path: "/account", summary: "One's own account" })
  .output(Profile.extend({ staff: z.boolean() }))
  .handler(({ context }) => ({ ...profileOf(context.actor.id), staff: isStaffWith(context.actor.grants) }));

export const frame = signedIn({})
  .route({ method: "GET", path: "/account/frame", summary: "What the frame around every page says of one" })
  .output(Frame)
  .handler(({ context: { actor } }) => {
    const { name, email } = profileOf(actor.id);
    const staff = isStaffWith(actor.grants);
    return {
      name,
      email,
      staff,
      dns: setting("feature.dns"),
      feedback: setting("feature.feedback"),
      rollouts: rolloutsOf(actor.id),
      organisations: ownOrganisations(actor.id),
      banners: bannersFor(actor),
    };
  });

export const rename = signedIn({ name: personName })
  .route({ method: "PATCH", path: "/account", summary: "Change one's own name" })
  .output(Profile)
  .handler(({ context, input }) => renameAccount(context.actor.id, input.name, context.actor));

export const password = signedIn({ newPassword }, { fresh: true })
  .route({ method: "POST", path: "/account/password", summary: "Set or change one's own password" })
  .output(z.object({ sessionsEnded: z.number().int() }))
  .handler(({ context, input }) => setPassword(context.actor, input.newPassword));

export const dropPassword = signedIn({}, { fresh: true })
  .route({ method: "DELETE", path: "/account/password", summary: "Remove one's own password, if a passkey is left" })
  .output(z.object({ sessionsEnded: z.number().int() }))
  .handler(({ context }) => removePassword(context.actor));

export const leaving = signedIn({})
  .route({ method: "GET", path: "/account/deletion", summary: "What would go with one's own account" })
  .output(z.object({ days: z.number().int(), effects: Effects }))
  .handler(({ context }) => ({ days: setting("accounts.deletion_days"), effects: effectsFor(context.actor.id) }));

export const remove = signedIn(
  { email: z.string().max(320), choices: z.array(Choice).max(1000).default([]) },
  { fresh: true },
)
  .route({ method: "DELETE", path: "/account", summary: "Close one's own account, and delete it after some days" })
  .output(z.object({ id: z.string(), deletionDueAt: z.number().int() }))
  .handler(({ context, input }) => {
    if (input.email.trim().toLowerCase() !== context.actor.label)
      throw invalid({ email: "Type the e-mail address of your account." });
    return deleteOwnAccount(context.actor, input.choices);
  });

export const activity = signedIn(activityQuery)
  .route({ method: "GET", path: "/account/activity", summary: "What one did oneself" })
  .output(Activity)
  .handler(({ context, input }) => ownActivity(context.actor.id, input));

export const sessions = signedIn({})
  .route({ method: "GET", path: "/account/sessions", summary: "One's own sessions" })
  .output(z.object({ items: z.array(Session) }))
  .handler(({ context }) => ({ items: listSessions(context.actor.id, context.actor.sessionId) }));

export const endOneSession = signedIn({ session: z.string() })
  .route({ method: "DELETE", path: "/account/sessions/{session}", summary: "End one of one's own sessions" })
  .output(z.object({ ended: z.number().int() }))
  .handler(({ context, input }) =>
    transaction((tx) => {
      if (!endSession(context.actor.id, input.session, tx)) throw notFound("session");
      audit(tx, context.actor, { target: { type: "session", id: input.session, label: context.actor.label } });
      return { ended: 1 };
    }),
  );

export const endSessions = signedIn({})
  .route({ method: "DELETE", path: "/account/sessions", summary: "End all of one's other sessions" })
  .output(z.object({ ended: z.number().int() }))
  .handler(({ context }) =>
    transaction((tx) => {
      const ended = endOtherSessions(context.actor.id, context.actor.sessionId, tx);
      audit(tx, context.actor, {
        target: { type: "account", id: context.actor.id, label: context.actor.label },
        after: { sessionsEnded: ended },
      });
      return { ended };
    }),
  );
