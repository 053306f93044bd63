/** How rollouts are written and shown. */
import * as z from "zod";
import { masked } from "#lib/api/masked.ts";
import { BUCKETS } from "./bucket.ts";
import { type FeatureKey, featureKeys, features } from "./features.ts";

export const audience = z
  .strictObject({
    staff: z.boolean().default(false),
    roles: z.array(z.string().max(40)).max(50).default([]),
    organisations: z.array(z.string().max(40)).max(200).default([]),
  })
  .nullable();

const treatment = z.strictObject({
  name: z.string().max(60),
  weight: z.number().int().min(1, "A weight is a whole number from 1.").max(1000),
});

const moment = z.number().int().min(0).max(4_000_000_000_000).nullable();

export const fields = {
  description: z.string().trim().max(500).optional(),
  enabled: z.boolean().optional(),
  /** Of 10,000. */
  share: z.number().int().min(0, "A share is from 0 to 100 %.").max(BUCKETS, "A share is from 0 to 100 %.").optional(),
  audience: audience.optional(),
  treatments: z.array(treatment).min(1, "Give at least one treatment.").max(10).optional(),
  startsAt: moment.optional(),
  endsAt: moment.optional(),
};
const edit = z.object(fields);
export type RolloutEdit = z.output<typeof edit>;

export const key = z.enum(featureKeys, { error: "There is nothing of this name to roll out." });

export const Rollout = z.object({
  id: z.string(),
  key,
  title: z.string(),
  help: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  /** Whether anybody may be in at this moment. */
  running: z.boolean(),
  share: z.number().int(),
  audience,
  treatments: z.array(z.object({ name: z.string(), weight: z.number() })),
  /** What the feature has. */
  offered: z.array(z.string()),
  startsAt: z.number().int().nullable(),
  endsAt: z.number().int().nullable(),
  forcedIn: z.number().int(),
  forcedOut: z.number().int(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type Rollout = z.output<typeof Rollout>;

/** What the audience names; null: it is gone, or the caller may not see such things. */
const Named = z.array(z.object({ id: z.string(), name: z.string().nullable() }));
export const RolloutDetail = Rollout.extend({ named: z.object({ roles: Named, organisations: Named }) });
export type RolloutDetail = z.output<typeof RolloutDetail>;

export const Person = z.object({
  id: z.string(),
  name: masked("name"),
  email: masked("email"),
});

export const offered = (name: FeatureKey): readonly string[] => features[name].treatments;
