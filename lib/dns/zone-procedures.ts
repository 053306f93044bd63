/** The API of a zone as a whole: its settings, handing it over, deleting it and bringing it back. */
import * as z from "zod";
import { inDeletedZone, inOrganisation, inZone } from "#lib/api/guards.ts";
import { listQuery, page } from "#lib/api/list.ts";
import { masked } from "#lib/api/masked.ts";
import { answered, inTime, zoneInTime } from "./answered.ts";
import { bringBack } from "./bring-back.ts";
import { deleteZone } from "./delete-zone.ts";
import { listDeletedZones } from "./deleted-zones.ts";
import * as shapes from "./shapes.ts";
import { describeZone, transferZone, zoneDescription } from "./zone-settings.ts";
import { loadZone, summaryOfZone } from "./zones.ts";

const ORGANISATION = "/organisations/{organisation}/dns";
const ZONE = `${ORGANISATION}/zones/{zone}` as const;
const place = z.enum(["panel", "provider"], { error: "Choose panel or provider." });

export const edit = inZone("manage", { description: zoneDescription })
  .route({ method: "PATCH", path: ZONE, summary: "Change the settings of a zone" })
  .output(shapes.Zone.extend({ description: z.string() }))
  .handler(({ context, input: { description } }) => {
    describeZone(context, description, context.actor);
    return {
      ...summaryOfZone(loadZone(context.organisation.id, context.zone.id, context.actor), context.actor),
      description,
    };
  });

export const transfer = inZone("manage", { to: z.string().trim().min(1, "Choose an organisation.").max(100) })
  .route({ method: "POST", path: `${ZONE}/transfer`, summary: "Hand a zone over to another organisation" })
  .output(shapes.Zone)
  .handler(async ({ context, input: { to } }) =>
    summaryOfZone(await transferZone(context, to, context.actor), context.actor),
  );

export const remove = inZone("manage", {
  name: z.string({ error: "Type the name of the zone to delete it." }).max(1024).default(""),
  at: place.optional(),
})
  .route({ method: "DELETE", path: ZONE, summary: "Delete a zone; it can be brought back for 30 days" })
  .output(
    z.object({
      change: z.string(),
      state: shapes.entryState,
      at: place,
      message: z.string(),
      records: z.number().int(),
      restorableUntil: z.number().nullable(),
    }),
  )
  .handler(async ({ context, input: { name, at } }) =>
    answered(
      context,
      await inTime(() => deleteZone(context, { name, at }, context.actor), {
        at: "provider",
        records: context.zone.recordCount,
        restorableUntil: null,
      }),
    ),
  );

const { page: pageNumber, perPage } = listQuery(["name"]);
export const deleted = inOrganisation("member", { page: pageNumber, perPage }, { flag: "feature.dns" })
  .route({ method: "GET", path: `${ORGANISATION}/deleted-zones`, summary: "Zones that one can bring back" })
  .output(
    page(
      z.object({
        id: z.string(),
        name: z.string(),
        displayName: z.string(),
        connection: z.string(),
        connectionLabel: z.string(),
        origin: z.enum(["created", "linked"]),
        deletedAt: place,
        recordCount: z.number().int(),
        by: masked("label"),
        at: z.number(),
        until: z.number(),
      }),
    ),
  )
  .handler(({ context, input }) => listDeletedZones(context.organisation, input, context.actor));

export const undelete = inDeletedZone({})
  .route({
    method: "POST",
    path: `${ORGANISATION}/deleted-zones/{deleted}/restore`,
    successStatus: 201,
    summary: "Bring a deleted zone back",
  })
  .output(shapes.Zone)
  .handler(({ context }) => {
    const { organisation, actor } = context;
    return zoneInTime(
      context,
      () => bringBack(context, actor),
      (zone) => summaryOfZone(loadZone(organisation.id, zone, actor), actor),
    );
  });
