/** What Cloudflare's API accepts as a request, by its public schemas. Everything that is not named there is refused. */
import * as z from "zod";

export const RECORD_TYPES = [
  ...([
    "A",
    "AAAA",
    "CAA",
    "CERT",
    "CNAME",
    "DNSKEY",
    "DS",
    "HTTPS",
    "LOC",
    "MX",
    "NAPTR",
    "NS",
    "OPENPGPKEY",
  ] as const),
  ...(["PTR", "SMIMEA", "SRV", "SSHFP", "SVCB", "TLSA", "TXT", "URI"] as const),
] as const;

const number = (max: number, min = 0) => z.number().min(min).max(max);
const octet = number(255).optional();
const short = number(65_535).optional();
const text = z.string().optional();

const settings = { ipv4_only: z.boolean().optional(), ipv6_only: z.boolean().optional() };
const common = {
  name: z.string().min(1).max(255),
  ttl: z.union([z.literal(1), number(86_400, 30)]),
  comment: text,
  proxied: z.boolean().optional(),
  settings: z.strictObject(settings).optional(),
  tags: z.array(z.string()).optional(),
};

const certificate = { certificate: text, matching_type: octet, selector: octet, usage: octet };
const service = { priority: short, target: text, value: text };

/** `data` of the types whose content is read-only. */
const data = {
  CAA: { flags: octet, tag: text, value: text },
  CERT: { algorithm: octet, certificate: text, key_tag: short, type: short },
  DNSKEY: { algorithm: octet, flags: short, protocol: octet, public_key: text },
  DS: { algorithm: octet, digest: text, digest_type: octet, key_tag: short },
  HTTPS: service,
  LOC: {
    altitude: number(42_849_672.95, -100_000).optional(),
    lat_degrees: number(90).optional(),
    lat_direction: z.enum(["N", "S"]).optional(),
    lat_minutes: number(59).optional(),
    lat_seconds: number(59.999).optional(),
    long_degrees: number(180).optional(),
    long_direction: z.enum(["E", "W"]).optional(),
    long_minutes: number(59).optional(),
    long_seconds: number(59.999).optional(),
    precision_horz: number(90_000_000).optional(),
    precision_vert: number(90_000_000).optional(),
    size: number(90_000_000).optional(),
  },
  NAPTR: { flags: text, order: short, preference: short, regex: text, replacement: text, service: text },
  SMIMEA: certificate,
  SRV: { port: short, priority: short, target: z.hostname().or(z.literal(".")).optional(), weight: short },
  SSHFP: { algorithm: octet, fingerprint: text, type: octet },
  SVCB: service,
  TLSA: certificate,
  URI: { target: text, weight: short },
};

const structured = Object.entries(data).map(([type, fields]) =>
  z.strictObject({
    ...common,
    type: z.literal(type),
    data: z.strictObject(fields).optional(),
    ...(type === "URI" ? { priority: short } : {}),
  }),
);

const hostname = z.hostname().or(z.literal("."));
const plain = [
  z.strictObject({
    ...common,
    type: z.literal("A"),
    content: z.ipv4().optional(),
    private_routing: z.boolean().optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal("AAAA"),
    content: z.ipv6().optional(),
    private_routing: z.boolean().optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal("CNAME"),
    content: text,
    settings: z.strictObject({ ...settings, flatten_cname: z.boolean().optional() }).optional(),
  }),
  z.strictObject({ ...common, type: z.literal("MX"), content: hostname.optional(), priority: short }),
  ...["NS", "OPENPGPKEY", "PTR", "TXT"].map((type) =>
    z.strictObject({ ...common, type: z.literal(type), content: text }),
  ),
];

/** A record as it is posted, put or patched: the schemas ask the same of all three. */
export const Record = z.union([...plain, ...structured]);

const id = z.string().max(32);
const WithId = z.intersection(z.looseObject({ id }), z.unknown()).transform((value, context) => {
  const { id: recordId, ...rest } = value as { id: string };
  const record = Record.safeParse(rest);
  if (record.success) return { id: recordId, ...record.data };
  context.addIssue({ code: "custom", message: record.error.issues[0]?.message ?? "Invalid record" });
  return z.NEVER;
});

export const BatchRequest = z.strictObject({
  deletes: z.array(z.strictObject({ id })).optional(),
  patches: z.array(WithId).optional(),
  posts: z.array(Record).optional(),
  puts: z.array(WithId).optional(),
});

const zoneType = z.enum(["full", "partial", "secondary", "internal"]);
export const ZoneCreate = z.strictObject({
  name: z.string().max(253),
  account: z.strictObject({ id: id.optional() }),
  type: zoneType.optional(),
});
export const ZoneEdit = z.strictObject({
  paused: z.boolean().optional(),
  type: zoneType.optional(),
  vanity_name_servers: z.array(z.hostname()).optional(),
});
export const DnssecEdit = z.strictObject({
  dnssec_multi_signer: z.boolean().optional(),
  dnssec_presigned: z.boolean().optional(),
  dnssec_use_nsec3: z.boolean().optional(),
  status: z.enum(["active", "disabled"]).optional(),
});

const count = (max: number, min = 1) => z.coerce.number().int().min(min).max(max).optional();
const direction = z.enum(["asc", "desc"]).optional();
const match = z.enum(["any", "all"]).optional();

export const ZoneQuery = z.strictObject({
  name: z.string().max(253).optional(),
  status: z.enum(["initializing", "pending", "active", "moved"]).optional(),
  type: text,
  "account.id": text,
  "account.name": text,
  page: count(1_000_000),
  per_page: count(50, 5),
  order: z.enum(["name", "status", "account.id", "account.name", "plan.id"]).optional(),
  direction,
  match,
});

const operators = ["exact", "contains", "startswith", "endswith"] as const;
const filters = (field: string, more: readonly string[] = []) =>
  Object.fromEntries(
    [field, ...[...operators, ...more].map((operator) => `${field}.${operator}`)].map((key) => [key, text]),
  );

export const RecordQuery = z.strictObject({
  ...filters("name"),
  ...filters("content"),
  ...filters("comment", ["present", "absent"]),
  ...filters("tag", ["present", "absent"]),
  type: z.enum(RECORD_TYPES).optional(),
  proxied: z.enum(["true", "false"]).optional(),
  search: text,
  match,
  tag_match: match,
  page: count(1_000_000),
  per_page: count(5_000_000),
  order: z.enum(["type", "name", "content", "ttl", "proxied"]).optional(),
  direction,
  include_shadow_metadata: z.enum(["true", "false"]).optional(),
});
