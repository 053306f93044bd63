/** The API of rollouts: one's own, and what staff set. */
import * as z from "zod";
import { signedIn, staff } from "#lib/api/guards.ts";
import { keyedPage, keyedQuery } from "#lib/api/keyed-list.ts";
import { featureKeys } from "./features.ts";
import { listForced } from "./forced.ts";
import { previewRollout } from "./preview.ts";
import {
  createRollout,
  editRollout,
  forceOne,
  listRollouts,
  openRollout,
  removeRollout,
  rolloutsOf,
} from "./rollouts.ts";
import { fields, key, Person, Rollout, RolloutDetail } from "./shapes.ts";

export const mine = signedIn({}, { tokens: true })
  .route({ method: "GET", path: "/rollouts", summary: "What one gets of what is being rolled out" })
  .output(z.object({ items: z.partialRecord(z.enum(featureKeys), z.string()) }))
  .handler(({ context }) => ({ items: rolloutsOf(context.actor.id) }));

const one = { rollout: z.string() };
const left = z.object({ key, title: z.string(), help: z.string() });

export const list = staff(
  "admin:access",
  keyedQuery(["-updatedAt", "key", "share"], { state: z.enum(["running", "waiting", "off"]).optional() }),
  { tokens: true },
)
  .route({ method: "GET", path: "/admin/rollouts", summary: "Rollouts, and what else could be rolled out" })
  .output(keyedPage(Rollout).extend({ left: z.array(left) }))
  .handler(({ input }) => listRollouts(input));

export const open = staff("admin:access", one, { tokens: true })
  .route({ method: "GET", path: "/admin/rollouts/{rollout}", summary: "One rollout" })
  .output(RolloutDetail)
  .handler(({ context, input }) => openRollout(input.rollout, context.actor));

export const create = staff("admin:access", { key, ...fields })
  .route({ method: "POST", path: "/admin/rollouts", successStatus: 201, summary: "Begin a rollout" })
  .output(Rollout)
  .handler(({ context, input: { key: feature, ...given } }) => createRollout(feature, given, context.actor));

/** `updatedAt`: of what was changed. What somebody else changed meanwhile is not lost. */
export const edit = staff("admin:access", { ...one, ...fields, updatedAt: z.number().int().optional() })
  .route({ method: "PATCH", path: "/admin/rollouts/{rollout}", summary: "Change whom a rollout reaches" })
  .output(Rollout)
  .handler(({ context, input: { rollout, ...given } }) => editRollout(rollout, given, context.actor));

export const remove = staff("admin:access", one)
  .route({ method: "DELETE", path: "/admin/rollouts/{rollout}", summary: "End a rollout: nobody is in" })
  .output(z.object({ removed: z.string() }))
  .handler(({ context, input }) => removeRollout(input.rollout, context.actor));

export const force = staff("admin:access", {
  ...one,
  user: z.string(),
  forced: z.enum(["in", "out"]).nullable(),
  treatment: z.string().max(60).nullable().optional(),
})
  .route({ method: "PUT", path: "/admin/rollouts/{rollout}/people/{user}", summary: "Put somebody in or out by hand" })
  .output(Rollout)
  .handler(({ context, input: { rollout, user, ...given } }) => forceOne(rollout, user, given, context.actor));

export const people = staff("admin:access", { ...one, ...keyedQuery(["account"], {}) }, { tokens: true })
  .route({ method: "GET", path: "/admin/rollouts/{rollout}/people", summary: "Who was put in or out by hand" })
  .output(keyedPage(Person.extend({ forced: z.enum(["in", "out"]), treatment: z.string().nullable() })))
  .handler(({ input }) => listForced(input.rollout, input));

export const preview = staff("admin:access", { ...one, after: z.string().max(40).optional() })
  .route({ method: "GET", path: "/admin/rollouts/{rollout}/preview", summary: "Who would be in while it is on" })
  .output(
    z.object({
      items: z.array(Person.extend({ treatment: z.string(), forced: z.boolean() })),
      next: z.string().nullable(),
    }),
  )
  .handler(({ input }) => previewRollout(input.rollout, input.after));
