/** What enters and leaves the panel of API tokens: never the token itself, but once. */
import * as z from "zod";
import { serverCapabilities } from "#lib/access/server-capability.ts";
import { zoneLevels } from "#lib/access/zone-level.ts";
import { maxRules } from "#lib/access/zone-rules.ts";
import { masked } from "#lib/api/masked.ts";

const role = z.enum(["owner", "admin", "member"], { error: "Choose owner, admin or member." });
const level = z.enum(zoneLevels, { error: "Choose none, view, edit or full." });
const capabilities = z.array(z.enum(serverCapabilities, { error: "There is no such capability." })).max(20);

const name = z
  .string()
  .trim()
  .min(1, "Give the token a name that tells what it is for.")
  .max(60, "A name has at most 60 characters.")
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, "A name cannot contain control characters.");
/** Milliseconds; null is never. */
const expiresAt = z.number().int().nullable();
const networks = z.array(z.string().max(60)).max(50, "At most 50 networks.");

const mode = z.enum(["full", "listed"], { error: "Choose full or listed." });
const permissions = z.array(z.string().max(200)).max(200);
/** By id or handle; null is any. */
const organisations = z
  .array(z.strictObject({ organisation: z.string().max(100).nullable(), role }))
  .max(100, "At most 100 organisations.");
/** A zone by id, by name, or as `organisation/name`; null is any, of names and types too. */
const zones = z
  .array(
    z.strictObject({
      zone: z.string().max(1100).nullable(),
      name: z.string().max(255).nullable().default(null),
      type: z.string().max(20).nullable().default(null),
      level,
    }),
  )
  .max(maxRules, `At most ${maxRules} zone rules.`);
const servers = z.array(z.strictObject({ server: z.string().max(100), capabilities })).max(100);

export const newToken = {
  name,
  mode: mode.default("listed"),
  permissions: permissions.default([]),
  organisations: organisations.default([]),
  zones: zones.default([]),
  servers: servers.default([]),
  networks: networks.default([]),
  expiresAt: expiresAt.default(null),
};
export type NewToken = z.output<z.ZodObject<typeof newToken>>;

export const tokenEdit = {
  name: name.optional(),
  mode: mode.optional(),
  permissions: permissions.optional(),
  organisations: organisations.optional(),
  zones: zones.optional(),
  servers: servers.optional(),
  networks: networks.optional(),
  expiresAt: expiresAt.optional(),
};
export type TokenEdit = z.output<z.ZodObject<typeof tokenEdit>>;

export const Token = z.object({
  id: z.string(),
  name: z.string(),
  /** How it begins. */
  prefix: z.string(),
  mode,
  permissions: z.array(z.string()),
  /** `label` is null for one that is gone, or that the reader cannot see. */
  organisations: z.array(z.object({ organisation: z.string().nullable(), label: z.string().nullable(), role })),
  zones: z.array(
    z.object({
      zone: z.string().nullable(),
      label: z.string().nullable(),
      name: z.string().nullable(),
      type: z.string().nullable(),
      level,
    }),
  ),
  servers: z.array(z.object({ server: z.string(), capabilities: z.array(z.enum(serverCapabilities)) })),
  networks: z.array(masked("address")),
  createdAt: z.number().int(),
  expiresAt: z.number().int().nullable(),
  lastUsedAt: z.number().int().nullable(),
  lastUsedAddress: masked("address").nullable(),
});
export type TokenSummary = z.output<typeof Token>;

export const CreatedToken = Token.extend({
  /** Shown this once. */
  token: z.string(),
});
export const OwnedToken = Token.extend({
  account: z.object({ id: z.string(), name: masked("name"), email: masked("email") }),
});
