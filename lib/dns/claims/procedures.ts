/** The API of claims: what the organisation publishes and checks, and what staff decide. */
import * as z from "zod";
import { inZone, staff } from "#lib/api/guards.ts";
import { listQuery, page } from "#lib/api/list.ts";
import { masked } from "#lib/api/masked.ts";
import { zoneInTime } from "../answered.ts";
import { Zone } from "../shapes.ts";
import { approve, approvedLater, checkNow, claimNow, pendingClaims, refuse, viewClaim, withdraw } from "./claims.ts";

const CLAIM = "/organisations/{organisation}/dns/zones/{zone}/claim";
const options = { flag: "feature.dns" } as const;

const Claim = z.object({
  state: z.enum(["pending", "granted", "refused", "expired", "taken"]),
  txt: z.object({ name: z.string(), value: z.string(), found: z.string() }),
  delegation: z.object({ nameservers: z.array(z.string()), found: z.string() }).nullable(),
  checks: z.number().int(),
  checkedAt: z.number().nullable(),
  dueAt: z.number(),
  createdAt: z.number(),
  endsAt: z.number(),
  mayApprove: z.boolean(),
});
const PendingClaim = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  organisation: z.object({ id: z.string(), handle: z.string(), name: z.string() }),
  connectionLabel: z.string(),
  claimedBy: masked("email").nullable(),
  checkedAt: z.number().nullable(),
  found: z.string(),
  createdAt: z.number(),
  endsAt: z.number(),
});

export const claim = inZone("manage", {})
  .route({ method: "GET", path: CLAIM, summary: "What proves control of a pending zone's domain" })
  .output(Claim)
  .handler(({ context }) => viewClaim(context, context.actor));

export const checkClaim = inZone("manage", {})
  .meta({ guard: "inZone", argument: "manage", reads: true })
  .route({ method: "POST", path: `${CLAIM}/check`, summary: "Look for the proof now" })
  .output(z.object({ zone: Zone, claim: Claim.nullable() }))
  .handler(({ context }) =>
    zoneInTime(
      context,
      () => checkNow(context, context.actor),
      () => claimNow(context, context.actor),
    ),
  );

export const withdrawClaim = inZone("manage", {})
  .route({ method: "DELETE", path: CLAIM, summary: "No longer ask for a zone" })
  .output(z.object({ withdrawn: z.string() }))
  .handler(({ context }) => withdraw(context, context.actor));

export const claims = staff("dns:manage", listQuery(["createdAt", "endsAt", "name"]), options)
  .route({ method: "GET", path: "/dns/claims", summary: "Zones that wait for proof or approval" })
  .output(page(PendingClaim))
  .handler(({ input }) => pendingClaims(input));

export const approveClaim = staff("dns:manage", { claim: z.string() }, options)
  .route({ method: "POST", path: "/dns/claims/{claim}/approve", summary: "Make a pending zone without proof" })
  .output(z.object({ approved: z.string(), organisation: z.string() }))
  .handler(({ context, input }) => zoneInTime(context, () => approve(input.claim, context.actor), approvedLater));

export const refuseClaim = staff(
  "dns:manage",
  { claim: z.string(), reason: z.string().trim().max(300, "At most 300 characters.").default("") },
  options,
)
  .route({ method: "POST", path: "/dns/claims/{claim}/refuse", summary: "End a pending claim" })
  .output(z.object({ refused: z.string() }))
  .handler(({ context, input }) => refuse(input.claim, input.reason, context.actor));
