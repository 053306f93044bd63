/** How nodes are given and shown. */
import { isIP } from "node:net";
import * as z from "zod";
import { healths } from "./health.ts";

export const classifications = ["free", "paid", "free_and_paid", "enterprise"] as const;

/** Without line breaks and the like. */
export const line = (most: number, tooLong: string) =>
  z
    .string()
    .trim()
    .max(most, tooLong)
    .regex(/^[^\p{Cc}]*$/u, "Enter one line.");

export const port = z
  .number("Enter a port.")
  .int("Enter a port.")
  .min(1, "A port is from 1 to 65535.")
  .max(65_535, "A port is from 1 to 65535.");
const MOST_MIB = 1_073_741_824;
const size = z
  .number("Enter a number.")
  .int("Enter a whole number.")
  .min(1, "Enter a number from 1.")
  .max(MOST_MIB, "That is more than a node can have.");
const over = z
  .number("Enter a number.")
  .int("Enter a whole number.")
  .min(-1, "Enter -1 for no limit, or from 0.")
  .max(10_000, "Enter at most 10,000 %.");

export const hostname = line(253, "A name has at most 253 characters.")
  .toLowerCase()
  .refine((text) => isIP(text) !== 0 || isName(text), "Enter a name such as node1.example.org, or an address.");

/** At least one dot or a letter: what looks like an address but is none is not a name either. */
const isName = (text: string): boolean =>
  /^(?=.*[a-z])([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/.test(text);

export const fields = {
  name: line(100, "A name has at most 100 characters.").min(1, "Enter a name."),
  location: line(100, "A location has at most 100 characters."),
  fqdn: hostname,
  scheme: z.enum(["https", "http"]),
  behindProxy: z.boolean(),
  port,
  /** Null: the same as `port`. */
  listenPort: port.nullable(),
  sftpPort: port,
  memory: size,
  memoryOver: over,
  disk: size,
  diskOver: over,
  uploadLimit: z
    .number("Enter a number.")
    .int("Enter a whole number.")
    .min(1, "Enter a number from 1.")
    .max(65_536, "Enter at most 65,536 MiB."),
  dataDirectory: line(500, "A path has at most 500 characters.").regex(
    /^\/(?!.*(?:^|\/)\.\.?(?:\/|$))[\w./ -]+$/,
    "Enter a path from the root, such as /var/lib/pterodactyl/volumes.",
  ),
  classification: z.enum(classifications),
  /** Its id or handle. */
  organisation: z.string().trim().max(100).nullable(),
  maintenance: z.boolean(),
};
const Fields = z.object(fields);
export type NodeFields = z.output<typeof Fields>;

export const defaults = {
  location: "",
  scheme: "https",
  behindProxy: false,
  port: 8080,
  listenPort: null,
  sftpPort: 2022,
  memoryOver: 0,
  diskOver: 0,
  uploadLimit: 100,
  dataDirectory: "/var/lib/pterodactyl/volumes",
  classification: "free_and_paid",
  organisation: null,
  maintenance: false,
} as const satisfies Partial<NodeFields>;

export const creation = {
  ...fields,
  location: fields.location.default(defaults.location),
  scheme: fields.scheme.default(defaults.scheme),
  behindProxy: fields.behindProxy.default(defaults.behindProxy),
  port: fields.port.default(defaults.port),
  listenPort: fields.listenPort.default(defaults.listenPort),
  sftpPort: fields.sftpPort.default(defaults.sftpPort),
  memoryOver: fields.memoryOver.default(defaults.memoryOver),
  diskOver: fields.diskOver.default(defaults.diskOver),
  uploadLimit: fields.uploadLimit.default(defaults.uploadLimit),
  dataDirectory: fields.dataDirectory.default(defaults.dataDirectory),
  classification: fields.classification.default(defaults.classification),
  organisation: fields.organisation.default(defaults.organisation),
  maintenance: fields.maintenance.default(defaults.maintenance),
};

export const edit = z.object(fields).partial().shape;

const Organisation = z.object({ id: z.string(), handle: z.string(), name: z.string() }).nullable();

export const NodeSummary = z.object({
  id: z.string(),
  number: z.number().int(),
  name: z.string(),
  location: z.string(),
  fqdn: z.string(),
  port: z.number().int(),
  classification: z.enum(classifications),
  organisation: Organisation,
  maintenance: z.boolean(),
  health: z.enum(healths),
  /** Of the last answer. */
  latencyMs: z.number().int().nullable(),
  version: z.string().nullable(),
  seenAt: z.number().int().nullable(),
  /** When its daemon last called the panel, to half a minute. */
  heardAt: z.number().int().nullable(),
  /** Since when its calls do not arrive; null: they do, as far as is known. */
  unheardSince: z.number().int().nullable(),
  memory: z.number().int(),
  disk: z.number().int(),
  /** By its servers, those on their way there too; MiB. */
  taken: z.object({ servers: z.number().int(), memory: z.number().int(), disk: z.number().int() }),
  allocations: z.number().int(),
  createdAt: z.number().int(),
});

export const NodeDetail = NodeSummary.extend({
  scheme: z.enum(["https", "http"]),
  behindProxy: z.boolean(),
  listenPort: z.number().int().nullable(),
  sftpPort: z.number().int(),
  memoryOver: z.number().int(),
  diskOver: z.number().int(),
  uploadLimit: z.number().int(),
  dataDirectory: z.string(),
  /** What was wrong the last time that it was asked. */
  error: z.string().nullable(),
  checkedAt: z.number().int().nullable(),
  driftMs: z.number().int().nullable(),
  system: z
    .object({
      architecture: z.string().optional(),
      cpu_threads: z.number().optional(),
      memory_bytes: z.number().optional(),
      kernel_version: z.string().optional(),
      os: z.string().optional(),
    })
    .nullable(),
  warnings: z.array(z.string()),
  rotatedAt: z.number().int(),
  /** Until when the credentials before count as well; null: they do not. */
  overlapUntil: z.number().int().nullable(),
  freeAllocations: z.number().int(),
  /** MiB, what is given beyond counted; below 0: more was given than there is; null: there is no limit. */
  left: z.object({ memory: z.number().int().nullable(), disk: z.number().int().nullable() }),
  revision: z.number().int(),
  updatedAt: z.number().int(),
});
export type NodeDetail = z.output<typeof NodeDetail>;

export const Allocation = z.object({
  id: z.string(),
  ip: z.string(),
  port: z.number().int(),
  alias: z.string().nullable(),
  used: z.boolean(),
});
