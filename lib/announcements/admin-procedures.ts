/** The API of announcements, for staff. */
import * as z from "zod";
import { staff } from "#lib/api/guards.ts";
import { keyedPage, keyedQuery } from "#lib/api/keyed-list.ts";
import { masked } from "#lib/api/masked.ts";
import {
  cancelAnnouncement,
  content,
  createAnnouncement,
  editAnnouncement,
  listAnnouncements,
  openAnnouncement,
  preview,
  removeAnnouncement,
  retryMails,
  sendAt,
  states,
} from "./announcements.ts";
import { AudienceInput, AudienceShown } from "./audience.ts";
import { RichShape } from "./rich.ts";

const NEED = "admin:announcements";
const ONE = "/admin/announcements/{announcement}";
const one = { announcement: z.string() };
const Named = z.object({ id: z.string() });

const Summary = z.object({
  id: z.string(),
  title: z.string(),
  audienceKind: z.enum(["everyone", "staff", "managers", "organisations", "role", "accounts"]),
  banner: z.boolean(),
  mail: z.boolean(),
  state: z.enum(states),
  startsAt: z.number().int().nullable(),
  endsAt: z.number().int().nullable(),
  total: z.number().int(),
  sent: z.number().int(),
  failed: z.number().int(),
  unknown: z.number().int(),
  skipped: z.number().int(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});

export const list = staff(NEED, keyedQuery(["-createdAt", "title"], { state: z.enum(states).optional() }))
  .route({ method: "GET", path: "/admin/announcements", summary: "All announcements" })
  .output(keyedPage(Summary))
  .handler(({ input }) => listAnnouncements(input));

export const open = staff(NEED, one)
  .route({ method: "GET", path: ONE, summary: "One announcement, and what became of its mails" })
  .output(
    Summary.extend({
      body: z.string(),
      rich: z.array(RichShape),
      audience: AudienceShown,
      author: masked("name").nullable(),
      /** Mails that failed, or that nobody knows about; 100 at most. */
      unsettled: z.array(
        z.object({ user: z.string(), email: masked("email"), status: z.string(), answer: masked("label").nullable() }),
      ),
    }),
  )
  .handler(({ context, input }) => openAnnouncement(input.announcement, context.actor));

export const create = staff(NEED, content)
  .route({ method: "POST", path: "/admin/announcements", successStatus: 201, summary: "Write an announcement" })
  .output(Named)
  .handler(({ context, input }) => createAnnouncement(input, context.actor));

export const edit = staff(NEED, { ...one, ...content })
  .route({ method: "PUT", path: ONE, summary: "Change an announcement that has not gone out" })
  .output(Named)
  .handler(({ context, input: { announcement, ...given } }) => editAnnouncement(announcement, given, context.actor));

export const look = staff(NEED, { body: content.body, audience: AudienceInput })
  .meta({ guard: "staff", argument: NEED, reads: true })
  .route({ method: "POST", path: "/admin/announcements/preview", summary: "How a text will look, and to how many" })
  .output(z.object({ rich: z.array(RichShape), accounts: z.number().int(), more: z.boolean() }))
  .handler(({ input }) => preview(input));

export const send = staff(NEED, { ...one, at: z.number().int().nullable().default(null) })
  .route({ method: "POST", path: `${ONE}/send`, summary: "Send it now, or at a time to come" })
  .output(Named)
  .handler(({ context, input }) => sendAt(input.announcement, input.at, context.actor));

export const cancel = staff(NEED, one)
  .route({ method: "POST", path: `${ONE}/cancel`, summary: "Take it back, as far as it has not been read" })
  .output(Named)
  .handler(({ context, input }) => cancelAnnouncement(input.announcement, context.actor));

export const remove = staff(NEED, one)
  .route({ method: "DELETE", path: ONE, summary: "Throw a draft away" })
  .output(Named)
  .handler(({ context, input }) => removeAnnouncement(input.announcement, context.actor));

export const retry = staff(NEED, { ...one, users: z.array(z.string()).min(1).max(100) })
  .route({ method: "POST", path: `${ONE}/retry`, summary: "Try mails again that failed, or that nobody knows about" })
  .output(z.object({ queued: z.number().int() }))
  .handler(({ context, input }) => retryMails(input.announcement, input.users, context.actor));
