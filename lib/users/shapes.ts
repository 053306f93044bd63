/** What leaves the panel of an account. */
import * as z from "zod";
import { RichShape } from "#lib/announcements/rich.ts";
import { masked } from "#lib/api/masked.ts";
import { featureKeys } from "#lib/rollouts/features.ts";

export const AccountSummary = z.object({
  id: z.string(),
  name: masked("name"),
  email: masked("email"),
  suspended: z.boolean(),
  /** Will be deleted. */
  deleting: z.boolean(),
  /** Whether the address was shown to be theirs. */
  verified: z.boolean(),
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

/** One's name, and where one can go. */
export const Frame = z.object({
  /** Announcements that stand above every page. */
  banners: z.array(z.object({ id: z.string(), title: z.string(), rich: z.array(RichShape) })),
  /** Features that are switched on. */
  dns: z.boolean(),
  feedback: z.boolean(),
  /** What one gets of what is being rolled out. */
  rollouts: z.partialRecord(z.enum(featureKeys), z.string()),
  name: z.string(),
  email: z.string(),
  staff: z.boolean(),
  organisations: z.array(
    z.object({
      id: z.string(),
      handle: z.string(),
      name: z.string(),
      role: z.enum(["owner", "admin", "member"]).nullable(),
    }),
  ),
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

/** One of somebody's sessions, as staff see it. */
export const TheirSession = Session.extend({ address: masked("address") });

/** An account as staff see it. */
export const AccountDetail = Profile.extend({
  name: masked("name"),
  email: masked("email"),
  suspendedAt: z.number().int().nullable(),
  suspendedReason: z.string().nullable(),
  deletionDueAt: z.number().int().nullable(),
  roles: z.array(z.object({ id: z.string(), name: z.string() })),
  /** Holds everything, through `rootAdmin` or any other role. */
  administrator: z.boolean(),
  staff: z.boolean(),
  requiresMfa: z.boolean(),
  hasPassword: z.boolean(),
  passkeys: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      createdAt: z.number().int(),
      lastUsedAt: z.number().int().nullable(),
    }),
  ),
  authenticator: z.boolean(),
  recoveryCodes: z.number().int(),
  tokens: z.number().int(),
  lastSeenAt: z.number().int().nullable(),
  /** Sessions that have not ended. */
  sessions: z.number().int(),
  /** What whoever asks lacks to be allowed to change it. */
  missing: z.array(z.string()),
});

/** What a write to somebody's account answers: looking at the account is another permission. */
export const Done = z.object({
  id: z.string(),
  /** False: it was so already. */
  changed: z.boolean(),
});
