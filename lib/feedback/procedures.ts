/** The API of one's own feedback. */
import * as z from "zod";
import { signedIn } from "#lib/api/guards.ts";
import { giveFeedback, ownFeedback, said } from "./feedback.ts";

const flag = { flag: "feature.feedback" } as const;

export const own = signedIn({}, flag)
  .route({ method: "GET", path: "/feedback", summary: "What one said about the panel, and the answers" })
  .output(
    z.object({
      release: z.string(),
      /** One has yet to say something about this release. */
      open: z.boolean(),
      items: z.array(
        z.object({
          id: z.string(),
          release: z.string(),
          rating: z.number().int(),
          message: z.string(),
          reply: z.string().nullable(),
          repliedAt: z.number().int().nullable(),
          createdAt: z.number().int(),
        }),
      ),
    }),
  )
  .handler(({ context }) => ownFeedback(context.actor.id));

export const give = signedIn(said, flag)
  .route({ method: "POST", path: "/feedback", successStatus: 201, summary: "Say what one thinks of this release" })
  .output(z.object({ id: z.string() }))
  .handler(({ context, input }) => giveFeedback(input, context.actor));
