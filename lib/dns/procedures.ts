/** The API of zones, records, history and the ladder. */
import * as z from "zod";
import { zoneLevels } from "#lib/access/zone-level.ts";
import { inOrganisation, inZone, signedIn } from "#lib/api/guards.ts";
import { listQuery, page } from "#lib/api/list.ts";
import { masked } from "#lib/api/masked.ts";
import { emailAddress } from "#lib/users/users.ts";
import { answered, inTime, zoneInTime } from "./answered.ts";
import { type ChangeResult, changeZone } from "./changes.ts";
import { claimStateOf } from "./claims/claims.ts";
import { inviteGuest, leaveZone, listGuestInvites, resendGuestInvite, revokeGuestInvite } from "./guests.ts";
import { historyEntry } from "./history.ts";
import { oneMore, replaceRecord, withoutRecord } from "./intents.ts";
import { carryOut, preview } from "./large/carry-out.ts";
import { searchHistory } from "./large/search-history.ts";
import { zoneChoices } from "./new-zone.ts";
import { whyReadOnly } from "./read-only.ts";
import { findRecord, pageOfRecords, pageOfRRsets } from "./records.ts";
import { refreshZone } from "./refresh.ts";
import * as shapes from "./shapes.ts";
import { addFilledZone, filledLater, zoneWish } from "./templates/apply.ts";
import { listTemplates } from "./templates/templates.ts";
import { clearLevel, pageOfLadder, setLevel } from "./zone-permissions.ts";
import { listZones, summaryOfZone, takesGuests } from "./zones.ts";

const ZONES = "/organisations/{organisation}/dns/zones";
const ZONE = `${ZONES}/{zone}` as const;
const recordQuery = { ...listQuery(["name", "type", "ttl"]), type: z.string().trim().max(20).default("") };

export const ownZones = signedIn(
  {
    ...listQuery(["name", "recordCount", "createdAt"]),
    status: z.enum(["active", "pending", "error"]).optional(),
  },
  { flag: "feature.dns", tokens: true },
)
  .route({ method: "GET", path: "/dns/zones", summary: "Every zone that the account can view" })
  .output(page(shapes.Zone))
  .handler(({ context, input }) => listZones(input, context.actor, null));

export const list = inOrganisation("member", listQuery(["name", "recordCount", "createdAt"]), { flag: "feature.dns" })
  .route({ method: "GET", path: ZONES, summary: "The organisation's zones that the account can view" })
  .output(page(shapes.Zone))
  .handler(({ context, input }) => listZones(input, context.actor, context.organisation.id));

export const connections = inOrganisation("member", {}, { flag: "feature.dns" })
  .route({ method: "GET", path: "/organisations/{organisation}/dns/connections", summary: "Where a zone can be kept" })
  .output(shapes.ZoneChoices)
  .handler(({ context }) => ({
    ...zoneChoices(context.organisation, context.actor, context.access),
    templates: listTemplates(context.organisation.id).items,
  }));

export const create = inOrganisation(
  "admin",
  {
    name: z.string().min(1, "Enter a domain name.").max(1024),
    connection: z.string().optional(),
    link: z.boolean().default(false),
    /** A template's id; without one the standard template, and with an empty one none. */
    template: z.string().max(100).optional(),
    /** A zone of the organisation, by id or name, whose records the new one begins with. */
    clone: z.string().min(1, "Enter the zone to copy.").max(1024).optional(),
  },
  { flag: "feature.dns" },
)
  .route({ method: "POST", path: ZONES, successStatus: 201, summary: "Create or link a zone" })
  .output(shapes.FilledZone)
  .handler(({ context, input: { organisation: _o, ...input } }) => {
    const { organisation, actor, access } = context;
    const wish = zoneWish(organisation, input, actor);
    return zoneInTime(
      context,
      () => addFilledZone(organisation, wish, actor, access),
      (zone) => filledLater(organisation, zone, wish, actor),
    );
  });

export const open = inZone("view", {})
  .route({ method: "GET", path: ZONE, summary: "One zone, with one's own level" })
  .output(shapes.ZoneDetail)
  .handler(({ context }) => ({
    ...summaryOfZone(context, context.actor),
    guest: context.guest,
    description: context.guest ? "" : context.zone.description,
    claim: claimStateOf(context.zone),
    readOnly: whyReadOnly(context.zone),
    ...shapes.capabilitiesOf(context.zone),
  }));

export const refresh = inZone("view", {})
  .meta({ guard: "inZone", argument: "view", reads: true })
  .route({ method: "POST", path: `${ZONE}/refresh`, summary: "Ask the provider whether the zone moved" })
  .output(z.object({ moved: z.boolean(), refreshedAt: z.number(), problem: z.string().nullable() }))
  .handler(({ context }) => refreshZone(context.zone));

export const records = inZone("view", recordQuery)
  .route({ method: "GET", path: `${ZONE}/records`, summary: "Records" })
  .output(page(shapes.Record).extend({ capped: z.boolean() }))
  .handler(({ context, input }) => pageOfRecords(context.zone, context.access, input));

export const rrsets = inZone("view", recordQuery)
  .route({ method: "GET", path: `${ZONE}/rrsets`, summary: "RRsets, with the hash that a change can expect" })
  .output(
    page(shapes.EditableRRset).extend({
      /** The total is a floor, and what there is of each type was not counted. */
      capped: z.boolean(),
      types: z.array(z.object({ type: z.string(), count: z.number().nullable() })),
    }),
  )
  .handler(({ context, input }) => pageOfRRsets(context.zone, context.access, input));

export const addRecord = inZone("edit", shapes.oneRecord)
  .route({ method: "POST", path: `${ZONE}/records`, successStatus: 201, summary: "Add one record" })
  .output(shapes.Record.extend(shapes.outcome))
  .handler(async ({ context, input: { organisation: _o, zone: _z, ...input } }) => {
    const { intent, id, set } = oneMore(context, input);
    const result = answered(context, await inTime(() => changeZone(context, intent, context.actor)));
    return { ...written(set, id, result), change: result.change, state: result.state };
  });

export const editRecord = inZone("view", { record: z.string(), ...shapes.oneRecord })
  .route({ method: "PUT", path: `${ZONE}/records/{record}`, summary: "Replace one record" })
  .output(shapes.Record.extend(shapes.outcome))
  .handler(async ({ context, input: { organisation: _o, zone: _z, record, ...input } }) => {
    const { intent, id, set } = replaceRecord(context, record, input);
    const result = answered(context, await inTime(() => changeZone(context, intent, context.actor)));
    return { ...written(set, id, result), change: result.change, state: result.state };
  });

export const removeRecord = inZone("view", { record: z.string() })
  .route({ method: "DELETE", path: `${ZONE}/records/{record}`, summary: "Remove one record" })
  .output(shapes.Record.extend(shapes.outcome))
  .handler(async ({ context, input }) => {
    const { record } = findRecord(context.zone, context.access, input.record);
    const intent = withoutRecord(context, input.record);
    const result = answered(context, await inTime(() => changeZone(context, intent, context.actor)));
    return { ...record, change: result.change, state: result.state };
  });

export const change = inZone("view", shapes.changes)
  .route({ method: "POST", path: `${ZONE}/changes`, summary: "Change a set of RRsets, or see what would change" })
  .output(z.union([shapes.Preview, shapes.ChangeResult]))
  .handler(async ({ context, input }) => {
    const data = { kind: "changes" as const, input };
    if (input.dryRun) return { dryRun: true as const, ...(await preview(context, data, context.actor)) };
    return { dryRun: false as const, ...answered(context, await inTime(() => carryOut(context, data, context.actor))) };
  });

export const history = inZone("view", shapes.historyQuery)
  .route({ method: "GET", path: `${ZONE}/changes`, summary: "History" })
  .output(page(shapes.HistoryEntry))
  .handler(({ context, input }) => searchHistory(context, input, context.actor));

export const historyOne = inZone("view", { change: z.string() })
  .route({ method: "GET", path: `${ZONE}/changes/{change}`, summary: "One change" })
  .output(shapes.HistoryEntry)
  .handler(({ context, input }) => historyEntry(context, input.change, context.actor));

export const ladder = inZone("manage", listQuery(["name"]))
  .route({ method: "GET", path: `${ZONE}/permissions`, summary: "Who has which level" })
  .output(page(shapes.LadderRow))
  .handler(({ context, input }) => pageOfLadder(context, input));

const scope = {
  names: z.array(z.string().max(255)).max(50, "At most 50 name patterns.").default([]),
  types: z.array(z.string().max(20)).max(50).default([]),
};

export const setPermission = inZone("manage", {
  user: z.string(),
  level: z.enum(zoneLevels, { error: "Choose none, view, edit or full." }),
  ...scope,
  expiresAt: z.number().int().nullable().default(null),
})
  .route({ method: "PUT", path: `${ZONE}/permissions/{user}`, summary: "Give a member or a guest a level" })
  .output(shapes.LadderRow)
  .handler(({ context, input: { user, level, names, types, expiresAt } }) =>
    setLevel(context, user, { level, names, types, expiresAt }, context.actor),
  );

export const clearPermission = inZone("manage", { user: z.string() })
  .route({
    method: "DELETE",
    path: `${ZONE}/permissions/{user}`,
    summary: "Back to the member default; for a guest, out",
  })
  .output(shapes.LadderRow)
  .handler(({ context, input }) => clearLevel(context, input.user, context.actor));

export const inviteOne = inZone("manage", {
  email: emailAddress,
  level: z.enum(["view", "edit", "full"], { error: "Choose view, edit or full." }),
  ...scope,
  expiresAt: z.number({ error: "Say until when: within a year." }).int(),
})
  .route({ method: "POST", path: `${ZONE}/guests`, successStatus: 201, summary: "Invite a guest" })
  .output(z.object({ status: z.literal("invited"), email: masked("email") }))
  .handler(({ context, input: { email, level, names, types, expiresAt } }) =>
    inviteGuest(context, { email, level, names, types, expiresAt }, context.actor),
  );

export const invites = inZone("manage", {})
  .route({
    method: "GET",
    path: `${ZONE}/invites`,
    summary: "Invitations of guests that wait for an answer, and whether guests are allowed now",
  })
  .output(z.object({ items: z.array(shapes.GuestInvite), allowed: z.boolean() }))
  .handler(({ context }) => ({ items: listGuestInvites(context), allowed: takesGuests(context.organisation) }));

export const resendInvite = inZone("manage", { invite: z.string() })
  .route({ method: "POST", path: `${ZONE}/invites/{invite}/resend`, summary: "Mail it again, with a new link" })
  .output(z.object({ sent: z.string(), expiresAt: z.number() }))
  .handler(({ context, input }) => resendGuestInvite(context, input.invite, context.actor));

export const revokeInvite = inZone("manage", { invite: z.string() })
  .route({ method: "DELETE", path: `${ZONE}/invites/{invite}`, summary: "Take back the invitation of a guest" })
  .output(z.object({ revoked: z.string() }))
  .handler(({ context, input }) => revokeGuestInvite(context, input.invite, context.actor));

export const leave = inZone("view", {}, { tokens: false })
  .route({ method: "POST", path: `${ZONE}/leave`, summary: "Stop being a guest" })
  .output(z.object({ left: z.string() }))
  .handler(({ context }) => leaveZone(context, context.actor));

/** The record as it stands now: its TTL may be that of the set it joined. */
function written(set: Parameters<typeof shapes.toWire>[0], id: string, result: ChangeResult) {
  const after = result.plan.find((step) => step.name === set.name && step.type === set.type)?.after;
  return shapes.toWire({ ...set, ttl: after?.ttl ?? set.ttl }, id);
}
