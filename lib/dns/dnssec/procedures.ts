/** The API of DNSSEC: how it stands, on and off. */
import * as z from "zod";
import { inZone } from "#lib/api/guards.ts";
import { answered, inTime } from "../answered.ts";
import { dnssecOf, switchDnssec } from "./dnssec.ts";

const PATH = "/organisations/{organisation}/dns/zones/{zone}/dnssec";

const Dnssec = z.object({
  unavailable: z.string().nullable(),
  signed: z.boolean(),
  ending: z.boolean(),
  chain: z.enum(["unsigned", "waiting", "secure", "broken", "unknown"]),
  keys: z.array(
    z.object({
      id: z.string(),
      role: z.enum(["csk", "ksk", "zsk"]),
      algorithm: z.string(),
      bits: z.number().nullable(),
      active: z.boolean(),
      published: z.boolean(),
    }),
  ),
  ds: z.array(
    z.object({
      text: z.string(),
      keyTag: z.number(),
      algorithm: z.number(),
      digestType: z.number(),
      digest: z.string(),
    }),
  ),
  dnskeys: z.array(
    z.object({
      text: z.string(),
      flags: z.number(),
      protocol: z.number(),
      algorithm: z.number(),
      publicKey: z.string(),
    }),
  ),
  parent: z.object({
    state: z.enum(["published", "none", "unknown"]),
    ds: z.array(z.string()),
    ttl: z.number(),
    problem: z.string().nullable(),
  }),
});
const Switched = z.object({
  change: z.string(),
  state: z.enum(["pending", "applied", "differs", "refused", "not_applied", "partial", "unknown"]),
  message: z.string(),
});

export const dnssec = inZone("manage", {})
  .route({ method: "GET", path: PATH, summary: "DNSSEC: keys, DS records, and what the parent publishes" })
  .output(Dnssec)
  .handler(({ context }) => dnssecOf(context));

export const enableDnssec = inZone("manage", {})
  .route({ method: "POST", path: PATH, summary: "Sign the zone" })
  .output(Switched)
  .handler(async ({ context }) =>
    answered(context, await inTime(() => switchDnssec(context, true, undefined, context.actor))),
  );

export const disableDnssec = inZone("manage", {
  /** What one knows of, where the parent still publishes a DS, or nobody could be asked. */
  confirm: z.enum(["ds_published", "ds_unknown"]).optional(),
})
  .route({ method: "DELETE", path: PATH, summary: "No longer sign the zone; its keys are gone" })
  .output(Switched)
  .handler(async ({ context, input }) =>
    answered(context, await inTime(() => switchDnssec(context, false, input.confirm, context.actor))),
  );
