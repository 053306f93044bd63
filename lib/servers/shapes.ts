/** What the API says of servers. */
import * as z from "zod";
import { servers } from "#db/schema/index.ts";
import { serverCapabilities } from "#lib/access/server-capability.ts";
import { useRanges } from "./use/history.ts";

const line = (most: number, tooLong: string) =>
  z
    .string()
    .trim()
    .max(most, tooLong)
    .regex(/^[^\p{Cc}\p{Cf}]*$/u, "Enter one line.");
const whole = (min: number, max: number, unit: string) => {
  const range = `Enter a whole number from ${min.toLocaleString("en-GB")} to ${max.toLocaleString("en-GB")} ${unit}.`;
  return z.number(range).int(range).min(min, range).max(max, range);
};
const MOST_MIB = 1_073_741_824;

export const serverName = line(100, "A name has at most 100 characters.").min(1, "Enter a name.");
export const serverDescription = line(500, "A description has at most 500 characters.");
export const variables = z
  .record(z.string().max(191), z.string())
  .refine((values) => Object.keys(values).length <= 200, "These are too many variables.");

const basics = {
  name: serverName,
  description: serverDescription.default(""),
  egg: z.string("Choose an egg.").min(1, "Choose an egg.").max(100),
  /** Left out: the egg's first. */
  image: z.string().max(500).optional(),
  /** By their names in the environment; those left out have the egg's. */
  variables: variables.default({}),
  /** Null: wherever there is room. */
  node: z.string().max(100).nullable().default(null),
  /** Once it is installed. */
  start: z.boolean().default(true),
};

/** What people say of a server that they make. */
export const newServer = {
  ...basics,
  /** Its id or handle; null: the account's own. */
  organisation: z.string().trim().max(100).nullable().default(null),
  memory: whole(64, MOST_MIB, "MiB"),
  disk: whole(64, MOST_MIB, "MiB"),
  cpu: whole(10, 1_000_000, "%"),
};
const New = z.object(newServer);
export type NewServer = z.output<typeof New>;

/** What staff can say of one. */
export const serverLimits = {
  memory: whole(0, MOST_MIB, "MiB"),
  swap: whole(-1, MOST_MIB, "MiB"),
  disk: whole(0, MOST_MIB, "MiB"),
  cpu: whole(0, 1_000_000, "%"),
  io: z
    .number("Enter 0, or a number from 10 to 1000.")
    .int("Enter a whole number.")
    .refine((io) => io === 0 || (io >= 10 && io <= 1000), "Enter 0, or a number from 10 to 1000."),
  threads: z
    .string()
    .trim()
    .regex(/^\d{1,4}(-\d{1,4})?(,\d{1,4}(-\d{1,4})?){0,63}$/, "Enter processors such as 0-1,3.")
    .nullable(),
  oomKiller: z.boolean(),
  databaseLimit: whole(0, 1000, "databases"),
  backupLimit: whole(0, 1000, "backups"),
  allocationLimit: whole(0, 1000, "ports"),
};

export const staffServer = {
  ...basics,
  /** An account by id or address, or an organisation by id or handle. */
  owner: z.string("Say whose it is.").trim().min(1, "Say whose it is.").max(320),
  allocation: z.string().max(100).nullable().default(null),
  skipScripts: z.boolean().default(false),
  memory: serverLimits.memory,
  swap: serverLimits.swap.default(0),
  disk: serverLimits.disk,
  cpu: serverLimits.cpu.default(0),
  io: serverLimits.io.default(0),
  threads: serverLimits.threads.default(null),
  oomKiller: serverLimits.oomKiller.default(true),
  databaseLimit: serverLimits.databaseLimit.default(0),
  backupLimit: serverLimits.backupLimit.default(0),
  allocationLimit: serverLimits.allocationLimit.default(1),
};
const OfStaff = z.object(staffServer);
export type StaffServer = z.output<typeof OfStaff>;

export const Made = z.object({ id: z.string(), short: z.string() });

const Share = z.object({
  servers: z.number().int(),
  memory: z.number().int(),
  disk: z.number().int(),
  cpu: z.number().int(),
});

export const Offers = z.object({
  eggs: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      description: z.string(),
      images: z.array(z.object({ label: z.string(), image: z.string() })),
      /** Those that people set. */
      variables: z.array(z.object({ env: z.string(), name: z.string(), description: z.string(), value: z.string() })),
    }),
  ),
  /** The account itself, then the organisations that one manages. */
  owners: z.array(
    z.object({
      organisation: z.object({ handle: z.string(), name: z.string() }).nullable(),
      most: Share,
      used: Share,
      nodes: z.array(z.object({ id: z.string(), name: z.string(), location: z.string() })),
    }),
  ),
});
export type Offers = z.output<typeof Offers>;
export const StaffOffers = z.object({
  eggs: Offers.shape.eggs,
  nodes: z.array(z.object({ id: z.string(), name: z.string(), location: z.string() })),
});
export type StaffOffers = z.output<typeof StaffOffers>;

export const serverStates = servers.state.enumValues;

/** From where to where a server is moving; null: it is not. */
export const Moving = z
  .object({
    from: z.string(),
    to: z.string(),
    /** Of the node that it goes to. */
    location: z.string(),
    /** Where it will be reached. */
    address: z.object({ host: z.string(), port: z.number().int() }).nullable(),
    startedAt: z.number().int(),
  })
  .nullable();

/** One of somebody's own servers, or one that they were let into. */
export const ServerSummary = z.object({
  id: z.string(),
  uuid: z.string(),
  short: z.string(),
  name: z.string(),
  description: z.string(),
  /** Null: the server is an account's. */
  organisation: z.object({ handle: z.string(), name: z.string() }).nullable(),
  node: z.object({ name: z.string(), location: z.string() }),
  egg: z.string(),
  /** Where it is reached; null: it has no address. */
  address: z.object({ host: z.string(), port: z.number().int() }).nullable(),
  state: z.enum(serverStates),
  suspended: z.boolean(),
  /** The caller's standing. */
  owner: z.boolean(),
  /** What the caller may do without platform permissions. */
  capabilities: z.array(z.enum(serverCapabilities)),
  memory: z.number().int(),
  disk: z.number().int(),
  cpu: z.number().int(),
  createdAt: z.number().int(),
});
export type ServerSummary = z.output<typeof ServerSummary>;

export const ServerDetail = ServerSummary.extend({
  /** Why it is suspended, for those who have it. */
  suspendedReason: z.string().nullable(),
  suspendedAt: z.number().int().nullable(),
  image: z.string(),
  /** Why the last thing that was to be done with it could not be. */
  problem: z.string().nullable(),
  moving: Moving,
  revision: z.number().int(),
  limits: z.object({ databases: z.number().int(), backups: z.number().int(), allocations: z.number().int() }),
  sftp: z.object({ host: z.string(), port: z.number().int() }),
  /** What of its pages the caller can open, permissions of the platform included. */
  opens: z.array(z.enum(serverCapabilities)),
  /** Staff come in through a permission. */
  asStaff: z.boolean(),
});
export type ServerDetail = z.output<typeof ServerDetail>;

export const Startup = z.object({
  /** With placeholders. */
  invocation: z.string(),
  image: z.string(),
  images: z.array(z.object({ label: z.string(), image: z.string() })),
  variables: z.array(
    z.object({
      env: z.string(),
      name: z.string(),
      description: z.string(),
      value: z.string(),
      byEgg: z.string(),
      rules: z.array(z.string()),
      editable: z.boolean(),
    }),
  ),
  revision: z.number().int(),
});
export type Startup = z.output<typeof Startup>;

export const Network = z.object({
  items: z.array(z.object({ id: z.string(), host: z.string(), port: z.number().int(), primary: z.boolean() })),
  /** How many it can have. */
  limit: z.number().int(),
  revision: z.number().int(),
});

const figures = z.array(z.number().nullable());

/** How a server is now, as its node says. */
export const Stats = z.object({
  state: z.enum(["offline", "starting", "running", "stopping"]),
  suspended: z.boolean(),
  memoryBytes: z.number(),
  memoryLimitBytes: z.number(),
  cpu: z.number(),
  /** Null: not known. */
  diskBytes: z.number().nullable(),
  uptimeMs: z.number(),
  receivedBytes: z.number(),
  sentBytes: z.number(),
});
export type Stats = z.output<typeof Stats>;

/** What a server used over a time. Each list has a figure for each of `at`; null: it did not run then, or was not looked at. */
export const StatsHistory = z.object({
  range: z.enum(useRanges),
  /** Seconds. */
  step: z.number().int(),
  at: z.array(z.number().int()),
  /** Of one core, in per cent: on average, and at most. */
  cpu: figures,
  cpuMost: figures,
  /** Octets. */
  memory: figures,
  memoryMost: figures,
  disk: figures,
  /** Octets a second. */
  received: figures,
  sent: figures,
  /** Over the whole time. */
  receivedBytes: z.number(),
  sentBytes: z.number(),
  /** Whether more comes in. */
  node: z.object({ answers: z.boolean(), seenAt: z.number().int().nullable() }),
});

export const Named = z.object({ id: z.string() });
