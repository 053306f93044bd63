/** How database hosts and databases are given and shown. */
import { isIP } from "node:net";
import * as z from "zod";
import { hostname, line, port } from "#lib/nodes/shapes.ts";
import { databaseKinds } from "./adapter.ts";

export const hostFields = {
  name: line(100, "A name has at most 100 characters.").min(1, "Enter a name."),
  kind: z.enum(databaseKinds),
  host: hostname,
  port,
  publicHost: hostname.nullable(),
  publicPort: port.nullable(),
  username: line(63, "A user name has at most 63 characters.").min(
    1,
    "Enter the user name of the panel’s account there.",
  ),
  password: z.string().min(1, "Enter the password.").max(500, "A password has at most 500 characters."),
  tls: z.enum(["off", "verify"]),
  ca: z
    .string()
    .trim()
    .max(20_000, "A certificate has at most 20,000 characters.")
    .regex(/^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----$/, "Paste the certificate in PEM form.")
    .nullable(),
  /** Databases in all; null: without a limit. */
  most: z
    .number("Enter a number.")
    .int("Enter a whole number.")
    .min(0, "Enter a number from 0.")
    .max(1_000_000)
    .nullable(),
  /** A node's id: its servers alone get databases here. */
  node: z.string().max(100).nullable(),
  closed: z.boolean(),
};
const HostFields = z.object(hostFields);
export type HostFields = z.output<typeof HostFields>;

export const hostCreation = {
  ...hostFields,
  publicHost: hostFields.publicHost.default(null),
  publicPort: hostFields.publicPort.default(null),
  tls: hostFields.tls.default("verify"),
  ca: hostFields.ca.default(null),
  most: hostFields.most.default(null),
  node: hostFields.node.default(null),
  closed: hostFields.closed.default(false),
};
/** The kind stays: what is there was made by it. */
const { kind: _kind, ...changing } = hostFields;
export const hostEdit = z.object(changing).partial().shape;

export const HostSummary = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(databaseKinds),
  host: z.string(),
  port: z.number().int(),
  node: z.object({ id: z.string(), name: z.string() }).nullable(),
  closed: z.boolean(),
  most: z.number().int().nullable(),
  databases: z.number().int(),
  /** Null: it was never asked. */
  state: z.enum(["ok", "failed"]).nullable(),
  error: z.string().nullable(),
  version: z.string().nullable(),
  checkedAt: z.number().int().nullable(),
  createdAt: z.number().int(),
});

export const HostDetail = HostSummary.extend({
  publicHost: z.string().nullable(),
  publicPort: z.number().int().nullable(),
  username: z.string(),
  tls: z.enum(["off", "verify"]),
  ca: z.string().nullable(),
  revision: z.number().int(),
  updatedAt: z.number().int(),
});
export type HostDetail = z.output<typeof HostDetail>;

/** What a person calls it; the panel puts the server's short id before it. */
export const label = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9_]{1,24}$/, "Use up to 24 letters, digits and underscores.");

export const ServerDatabase = z.object({
  id: z.string(),
  name: z.string(),
  username: z.string(),
  kind: z.enum(databaseKinds),
  hostName: z.string(),
  /** Where the server reaches it. */
  host: z.string(),
  port: z.number().int(),
  state: z.enum(["creating", "ready", "deleting"]),
  createdAt: z.number().int(),
  rotatedAt: z.number().int().nullable(),
});
export type ServerDatabase = z.output<typeof ServerDatabase>;

export const StaffDatabase = ServerDatabase.extend({
  server: z.object({ id: z.string(), name: z.string() }),
  hostId: z.string(),
});

/** Everything that a program needs to get in. */
export const Credentials = z.object({
  host: z.string(),
  port: z.number().int(),
  database: z.string(),
  username: z.string(),
  password: z.string(),
  /** In the form that programs take. */
  url: z.string(),
});

/** An address in a URL. */
export const inUrl = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);
