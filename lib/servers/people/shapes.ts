/** What the API says of those who were let into a server. */
import * as z from "zod";
import { type ServerCapability, serverCapabilities } from "#lib/access/server-capability.ts";
import { masked } from "#lib/api/masked.ts";

const capabilities = z.array(z.enum(serverCapabilities));

/** Once each, in their order; `*` is all of them and stands alone. */
export const wantedCapabilities = z
  .array(z.enum(serverCapabilities, { error: "There is no such capability." }))
  .min(1, "Choose at least one thing that the person may do.")
  .max(50)
  .transform((wanted): ServerCapability[] =>
    wanted.includes("*") ? ["*"] : serverCapabilities.filter((one) => wanted.includes(one)),
  );

/** Milliseconds; null: it has no end. */
export const accessEnd = z
  .number()
  .int()
  .nullable()
  .refine((at) => at === null || at > Date.now(), "This moment has passed.");

export const Person = z.object({
  userId: z.string(),
  name: masked("name"),
  email: masked("email"),
  capabilities,
  expiresAt: z.number().int().nullable(),
  expired: z.boolean(),
  /** Suspended, or about to be deleted: it gives nothing while that lasts. */
  shut: z.boolean(),
  createdAt: z.number().int(),
});
export type Person = z.output<typeof Person>;

export const PendingInvite = z.object({
  id: z.string(),
  email: masked("email"),
  capabilities,
  accessUntil: z.number().int().nullable(),
  /** Who sent it last. */
  sender: masked("name"),
  /** Whether it can be accepted: while who sent it has the server. */
  valid: z.boolean(),
  createdAt: z.number().int(),
  expiresAt: z.number().int(),
});
export type PendingInvite = z.output<typeof PendingInvite>;
