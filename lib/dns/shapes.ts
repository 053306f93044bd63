/** What leaves and enters the panel of zones and records. */
import * as z from "zod";
import { zoneLevels } from "#lib/access/zone-level.ts";
import { masked } from "#lib/api/masked.ts";
import { connectionById } from "./connections.ts";
import type { RRset } from "./rrset.ts";
import type { Zone as ZoneRow } from "./zones.ts";

const level = z.enum(zoneLevels);
const ttl = z.union([z.number(), z.literal("auto")], { error: "Enter a TTL in seconds." });
const extras = {
  disabled: z.boolean().optional(),
  comment: z.string().max(500, "A comment has at most 500 characters.").optional(),
  proxied: z.boolean().optional(),
  tags: z.array(z.string().max(100)).max(50).optional(),
  /** What put the record there and alone changes it. Of what is sent here nothing is taken. */
  managed: z.string().max(100).optional(),
};

export const Record = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  ttl,
  content: z.string(),
  ...extras,
});
export const RRsetShape = z.object({
  name: z.string(),
  type: z.string(),
  ttl,
  records: z.array(z.object({ content: z.string(), ...extras })),
});
export const EditableRRset = RRsetShape.extend({ relative: z.string(), hash: z.string(), level });

export const Zone = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  /** `open`: the account can open the organisation too, and not the zone alone. */
  organisation: z.object({ id: z.string(), handle: z.string(), name: z.string(), open: z.boolean() }),
  connection: z.string(),
  connectionLabel: z.string(),
  origin: z.enum(["created", "linked"]),
  status: z.enum(["active", "pending", "error"]),
  statusMessage: z.string(),
  level,
  manage: z.boolean(),
  narrowed: z.object({ names: z.array(z.string()), types: z.array(z.string()) }).nullable(),
  recordCount: z.number().int(),
  revision: z.number().int(),
  serial: z.number().int().nullable(),
  refreshedAt: z.number().int(),
  createdAt: z.number().int(),
});
/** What became of the records that a new zone was to begin with; null if it was to have none of its own. */
export const FilledZone = Zone.extend({
  firstRecords: z.object({ state: z.enum(["done", "waiting", "failed"]), message: z.string() }).nullable(),
});
export const ZoneDetail = Zone.extend({
  /** A guest, whose level ends then; null for everybody else. */
  guest: z.object({ until: z.number().int().nullable() }).nullable(),
  /** Notes for those who are in the organisation; empty for everybody else. */
  description: z.string(),
  /** It is only asked for: nothing is made until control of the domain is proved. */
  claim: z
    .object({ state: z.enum(["pending", "granted", "refused", "expired", "taken"]), endsAt: z.number() })
    .nullable(),
  /** Why nobody changes records here now, whatever their level. */
  readOnly: z.string().nullable(),
  kind: z.string(),
  types: z.array(z.string()),
  offers: z.array(z.string()),
});
export const ZoneChoices = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      label: z.string(),
      default: z.boolean(),
      /** Brought by the organisation: its zones there are its own at once. */
      /** A zone that is added here waits for proof that its domain is the organisation's. */
      proof: z.boolean(),
      own: z.boolean(),
      mayCreate: z.boolean(),
      mayLink: z.boolean(),
    }),
  ),
  mayCreate: z.boolean(),
  mayLink: z.boolean(),
  /** What new zones can begin with. */
  templates: z.array(z.object({ id: z.string(), name: z.string(), standard: z.boolean() })),
  reason: z.string().nullable(),
});

/** What the zone's provider can hold, for the editor. */
export function capabilitiesOf(zone: ZoneRow) {
  const capabilities = connectionById(zone.connection)?.provider.capabilities;
  if (!capabilities) return { kind: "missing", types: [], offers: [] };
  const offers = (["disabled", "comments", "proxied", "tags", "autoTtl", "flattensApex"] as const).filter(
    (offer) => capabilities[offer],
  );
  return { kind: capabilities.kind, types: [...capabilities.types].toSorted(), offers };
}

const name = z.string().min(1, "Enter a name; @ is the zone itself.").max(1024);
const type = z.string().trim().min(1, "Choose a type.").max(20, "There is no such type.");
const content = z.string().max(300_000, "This value is too long.");
const recordInput = {
  content: content.optional(),
  text: z.string().max(65_535, "A text has at most 65,535 octets.").optional(),
  ...extras,
};

export const oneRecord = { name, type, ttl: ttl.optional(), ...recordInput };
export const changes = {
  rrsets: z
    .array(z.strictObject({ name, type, ttl, records: z.array(z.strictObject(recordInput)).max(10_000) }))
    .max(50_000)
    .default([]),
  deletions: z.array(z.strictObject({ name, type })).max(50_000).default([]),
  expect: z
    .array(z.strictObject({ name, type, hash: z.string().max(100) }))
    .max(100_000)
    .default([]),
  dryRun: z.boolean().default(false),
  confirm: z.boolean().default(false),
};
const entryKind = z.enum(["change", "outside", "create", "link", "delete", "undelete", "transfer", "sign", "unsign"]);
export const historyQuery = {
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  perPage: z.coerce.number().int().min(1).max(200).default(25),
  name: z.string().trim().max(255).default(""),
  type: z.string().trim().max(20).default(""),
  actor: z.string().trim().max(100).default(""),
  kind: entryKind.optional(),
  from: z.coerce.number().int().optional(),
  to: z.coerce.number().int().optional(),
};

export const entryState = z.enum(["pending", "applied", "differs", "refused", "not_applied", "partial", "unknown"]);
const counts = z.object({ created: z.number(), updated: z.number(), deleted: z.number() });
const Step = z.object({
  kind: z.enum(["create", "update", "delete"]),
  name: z.string(),
  type: z.string(),
  before: RRsetShape.nullable(),
  after: RRsetShape.nullable(),
});
const Finding = z.object({
  code: z.string(),
  name: z.string(),
  type: z.string(),
  message: z.string(),
  field: z.string().optional(),
  line: z.number().int().optional(),
});
const Difference = z.object({
  name: z.string(),
  type: z.string(),
  sent: RRsetShape.nullable(),
  found: RRsetShape.nullable(),
});

/** How many entries of a long list were cut off, by the list's name. */
const cut = z.record(z.string(), z.number().int()).default({});
export const outcome = { change: z.string().nullable(), state: entryState };
export const ChangeResult = z.object({
  dryRun: z.literal(false),
  ...outcome,
  plan: z.array(Step),
  warnings: z.array(Finding),
  message: z.string(),
  differs: z.array(Difference),
  revision: z.number().int(),
  cut,
});
export const Preview = z.object({
  dryRun: z.literal(true),
  plan: z.array(Step),
  records: counts,
  refused: z.array(
    z.object({ name: z.string(), type: z.string(), act: z.string(), needs: z.string().nullable(), reason: z.string() }),
  ),
  hidden: z.number().int(),
  errors: z.array(Finding),
  warnings: z.array(Finding),
  brake: z.object({ braked: z.boolean(), touched: z.number(), total: z.number(), percent: z.number() }),
  conflicts: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      now: RRsetShape.nullable(),
      yours: RRsetShape.nullable(),
      hash: z.string(),
    }),
  ),
  steps: z.number().int(),
  cut,
});
export const HistoryEntry = z.object({
  id: z.string(),
  kind: entryKind,
  state: entryState,
  message: z.string(),
  actor: z.object({ type: z.string(), id: z.string().nullable(), label: masked("label") }),
  records: counts,
  plan: z.array(Step),
  more: z.number().int(),
  hidden: z.number().int(),
  differs: z.array(Difference),
  steps: z.number(),
  stepsDone: z.number(),
  undoes: z.string().nullable(),
  undoneBy: z.string().nullable(),
  restoredTo: z.number().nullable(),
  batch: z.string().nullable(),
  revision: z.number().nullable(),
  createdAt: z.number(),
  settledAt: z.number().nullable(),
});
export const LadderRow = z.object({
  userId: z.string(),
  name: masked("name"),
  email: masked("email"),
  /** Null: a guest. */
  role: z.enum(["owner", "admin", "member"]).nullable(),
  inherited: level,
  own: z
    .object({
      level,
      names: z.array(z.string()),
      types: z.array(z.string()),
      expiresAt: z.number().nullable(),
      expired: z.boolean(),
    })
    .nullable(),
  level,
});

const scope = {
  level,
  names: z.array(z.string()),
  types: z.array(z.string()),
};
export const GuestInvite = z.object({
  id: z.string(),
  email: masked("email"),
  ...scope,
  /** When the level will end. */
  accessUntil: z.number(),
  sender: masked("name"),
  /** Whether it can be accepted: while who sent it may invite, and guests are taken. */
  valid: z.boolean(),
  createdAt: z.number(),
  expiresAt: z.number(),
});
export const Guest = z.object({
  userId: z.string(),
  name: masked("name"),
  email: masked("email"),
  zone: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  ...scope,
  expiresAt: z.number().nullable(),
  expired: z.boolean(),
});

export const toWire = (set: RRset, id: string) => {
  const { content = "", disabled, comment, proxied, tags } = set.records[0] ?? {};
  return { id, name: set.name, type: set.type, ttl: set.ttl, content, disabled, comment, proxied, tags };
};
