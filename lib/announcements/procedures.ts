/** The API of announcements, for those who read them. */
import * as z from "zod";
import { anyone, signedIn } from "#lib/api/guards.ts";
import { dismiss, ownAnnouncements, place, setWantsMail, wantsMail } from "./own.ts";
import { RichShape } from "./rich.ts";
import { unsubscribe } from "./unsubscribe.ts";

const announcement = { announcement: z.string() };
const Preference = z.object({ mail: z.boolean() });

export const own = signedIn({ after: place.optional() })
  .route({
    method: "GET",
    path: "/announcements",
    summary: "What was announced to one, newest first, a page at a time",
  })
  .output(
    z.object({
      items: z.array(z.object({ id: z.string(), title: z.string(), rich: z.array(RichShape), at: z.number().int() })),
      /** `after` of the next page. Null: this is the last. */
      next: z.string().nullable(),
    }),
  )
  .handler(({ context, input }) => ownAnnouncements(input.after, context.actor));

export const close = signedIn(announcement)
  .route({ method: "POST", path: "/announcements/{announcement}/dismiss", summary: "Close a banner for good" })
  .output(z.object({ dismissed: z.string() }))
  .handler(({ context, input }) => dismiss(input.announcement, context.actor));

export const preference = signedIn({})
  .route({ method: "GET", path: "/account/announcements", summary: "Whether one gets announcements by mail" })
  .output(Preference)
  .handler(({ context }) => ({ mail: wantsMail(context.actor.id) }));

export const prefer = signedIn({ mail: z.boolean() })
  .route({ method: "PUT", path: "/account/announcements", summary: "Get announcements by mail, or do not" })
  .output(Preference)
  .handler(({ context, input }) => setWantsMail(input.mail, context.actor));

export const unsubscribeByLink = anyone({ token: z.string().max(200) })
  .route({
    method: "POST",
    path: "/announcements/unsubscribe",
    summary: "No more announcements by mail, by a mail's link",
  })
  .output(z.object({ done: z.literal(true) }))
  .handler(({ context, input }) => unsubscribe(input.token, context.actor));
