/** What leaves the panel of an account. */
import * as z from "zod";

export const AccountSummary = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  suspended: z.boolean(),
  roles: z.array(z.string()),
  createdAt: z.number().int(),
});

export const Profile = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  emailVerifiedAt: z.number().int().nullable(),
  createdAt: z.number().int(),
});

export const Session = z.object({
  id: z.string(),
  current: z.boolean(),
  address: z.string(),
  /** Such as "Firefox on Windows". */
  device: z.string(),
  userAgent: z.string(),
  /** How it began. */
  method: z.enum(["password", "passkey"]),
  /** A second factor was shown, or a passkey that verified its user. */
  mfa: z.boolean(),
  createdAt: z.number().int(),
  lastSeenAt: z.number().int(),
  expiresAt: z.number().int(),
});
