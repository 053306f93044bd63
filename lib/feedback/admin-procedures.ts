/** The API of everybody's feedback, for staff. */
import * as z from "zod";
import { staff } from "#lib/api/guards.ts";
import { keyedPage, keyedQuery } from "#lib/api/keyed-list.ts";
import { masked } from "#lib/api/masked.ts";
import { listFeedback, openFeedback, removeFeedback, reply as replyTo, setStatus, statuses } from "./feedback.ts";

const NEED = "admin:access";
const flag = { flag: "feature.feedback" } as const;
const ONE = "/admin/feedback/{feedback}";
const one = { feedback: z.string() };
const Named = z.object({ id: z.string() });
const status = z.enum(statuses);

const Feedback = z.object({
  id: z.string(),
  userId: z.string(),
  name: masked("name"),
  email: masked("email"),
  release: z.string(),
  rating: z.number().int(),
  message: masked("text"),
  status,
  reply: z.string().nullable(),
  repliedAt: z.number().int().nullable(),
  createdAt: z.number().int(),
});

export const list = staff(
  NEED,
  keyedQuery(["-createdAt", "rating"], {
    status: status.optional(),
    rating: z.coerce.number().int().min(1).max(5).optional(),
  }),
  flag,
)
  .route({ method: "GET", path: "/admin/feedback", summary: "What everybody said about the panel" })
  .output(
    keyedPage(Feedback).extend({
      /** By week, of the last half year: when it began (milliseconds), how many, and their average. */
      trend: z.array(z.object({ week: z.number().int(), n: z.number().int(), average: z.number() })),
    }),
  )
  .handler(({ input }) => listFeedback(input));

export const open = staff(NEED, one, flag)
  .route({ method: "GET", path: ONE, summary: "What somebody said about the panel" })
  .output(Feedback.extend({ repliedBy: masked("name").nullable() }))
  .handler(({ input }) => openFeedback(input.feedback));

export const mark = staff(NEED, { ...one, status }, flag)
  .route({ method: "PUT", path: `${ONE}/status`, summary: "Say what becomes of it" })
  .output(Named)
  .handler(({ context, input }) => setStatus(input.feedback, input.status, context.actor));

export const reply = staff(
  NEED,
  { ...one, text: z.string().trim().min(1, "Write something.").max(4000, "An answer has at most 4,000 characters.") },
  flag,
)
  .route({ method: "POST", path: `${ONE}/reply`, summary: "Answer it: the author gets a mail" })
  .output(Named)
  .handler(({ context, input }) => replyTo(input.feedback, input.text, context.actor));

export const remove = staff(NEED, one, flag)
  .route({ method: "DELETE", path: ONE, summary: "Delete it" })
  .output(Named)
  .handler(({ context, input }) => removeFeedback(input.feedback, context.actor));
