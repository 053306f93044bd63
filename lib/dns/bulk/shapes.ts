/** What enters and leaves the panel of bulk changes. */
import * as z from "zod";
import { RRsetShape } from "../shapes.ts";
import { shownName } from "../zones.ts";
import type { ZonePlan } from "./plan.ts";

const find = z.strictObject({
  type: z.string().trim().max(20).default(""),
  name: z.string().trim().max(255).default(""),
  content: z.string().max(4096, "A value to look for has at most 4,096 characters.").default(""),
  whole: z.boolean().default(false),
  zones: z.array(z.string().max(64)).max(1000).default([]),
});
const ttl = z.union([z.number().int().min(0).max(2_147_483_647), z.literal("auto")], {
  error: "Enter a TTL in seconds.",
});
const change = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ttl"), ttl }),
  z.strictObject({ kind: z.literal("content"), content: z.string().max(65_535) }),
  z.strictObject({ kind: z.literal("delete") }),
]);

export const bulk = {
  find,
  change,
  /** What the dry run said, zone by zone. A zone whose plan is another one by then is left alone. */
  planned: z
    .array(z.strictObject({ zone: z.string().max(64), digest: z.string().min(1).max(64) }))
    .max(1000)
    .default([]),
  dryRun: z.boolean().default(false),
  confirm: z.boolean().default(false),
};

const zone = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  organisation: z.object({ id: z.string(), handle: z.string(), name: z.string() }),
});
const counts = z.object({ created: z.number(), updated: z.number(), deleted: z.number() });
const Step = z.object({
  kind: z.enum(["create", "update", "delete"]),
  name: z.string(),
  type: z.string(),
  before: RRsetShape.nullable(),
  after: RRsetShape.nullable(),
});

export const BulkPreview = z.object({
  dryRun: z.literal(true),
  zones: z.array(
    z.object({
      zone,
      state: z.enum(["ready", "same", "refused", "failed"]),
      digest: z.string(),
      /** The first steps of the plan; `steps` says how many there are. */
      plan: z.array(Step),
      steps: z.number().int(),
      records: counts,
      brake: z.object({ braked: z.boolean(), touched: z.number(), total: z.number(), percent: z.number() }),
      warnings: z.array(z.string()),
      reasons: z.array(z.string()),
      /** Record sets that match and that one may only look at. */
      left: z.number().int(),
    }),
  ),
});

const SENTENCES = 10;

export const toPreview = (plans: readonly ZonePlan[]): z.input<typeof BulkPreview> => ({
  dryRun: true,
  zones: plans.map(({ loaded, plan, steps, warnings, reasons, state, digest, records, brake, left }) => ({
    ...{ state, digest, records, brake, left },
    zone: {
      id: loaded.zone.id,
      name: loaded.zone.name,
      displayName: shownName(loaded.zone),
      organisation: loaded.organisation,
    },
    ...{ plan, steps },
    warnings: warnings.slice(0, SENTENCES),
    reasons: reasons.slice(0, SENTENCES),
  })),
});

export const BulkSummary = z.object({
  id: z.string(),
  state: z.enum(["running", "done", "undoing", "undone"]),
  find,
  change,
  createdAt: z.number().int(),
  /** Zones of what is being done, or undone, and how many are through. */
  total: z.number().int(),
  done: z.number().int(),
  /** Zones in which something was changed. */
  changed: z.number().int(),
});

const ended = ["differs", "partial", "unknown", "refused", "skipped", "failed"] as const;

export const Bulk = BulkSummary.extend({
  finishedAt: z.number().int().nullable(),
  undoneAt: z.number().int().nullable(),
  zones: z.array(
    z.object({
      zone,
      state: z.enum(["waiting", "working", "applied", ...ended]),
      message: z.string(),
      /** The journal's entry. */
      change: z.string().nullable(),
      records: counts,
      undo: z
        .object({
          state: z.enum(["waiting", "working", "undone", ...ended]),
          message: z.string(),
          change: z.string().nullable(),
        })
        .nullable(),
    }),
  ),
  hidden: z.number().int(),
});

export const BulkStarted = Bulk.extend({ dryRun: z.literal(false) });
