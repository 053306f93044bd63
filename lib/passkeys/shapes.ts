/** What goes in and out about passkeys: WebAuthn's own JSON (Level 3 §5.1), each part with a limit, and what the panel shows. */
import * as z from "zod";

/** Octets as base64url; `most` characters. */
const octets = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[\w-]+$/, "This is not base64url.");
/** Credential ids have at most 1023 octets (§6.5.1). */
const credentialId = octets(1364);
const common = {
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  authenticatorAttachment: z.enum(["platform", "cross-platform"]).optional().catch(undefined),
  // What extensions say is never used.
  clientExtensionResults: z
    .unknown()
    .optional()
    .transform(() => ({})),
};

export const Attestation = z.object({
  ...common,
  response: z.object({
    clientDataJSON: octets(8192),
    attestationObject: octets(65_536),
    transports: z.array(z.string().max(40)).max(10).default([]),
  }),
});

export const Assertion = z.object({
  ...common,
  response: z.object({
    clientDataJSON: octets(8192),
    authenticatorData: octets(8192),
    signature: octets(8192),
    userHandle: octets(128).nullish(),
  }),
});

export type Attestation = z.output<typeof Attestation>;
export type Assertion = z.output<typeof Assertion>;

export const passkeyName = z
  .string()
  .trim()
  .min(1, "Enter a name.")
  .max(60, "A name has at most 60 characters.")
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, "A name cannot contain control characters.");

const Descriptor = z.object({
  id: z.string(),
  type: z.string(),
  transports: z.array(z.string()).optional(),
});
const verification = z.enum(["discouraged", "preferred", "required"]);

/** PublicKeyCredentialCreationOptionsJSON */
export const CreationOptions = z.object({
  challenge: z.string(),
  timeout: z.number().optional(),
  rp: z.object({ id: z.string().optional(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ alg: z.number(), type: z.literal("public-key") })),
  excludeCredentials: z.array(Descriptor).optional(),
  authenticatorSelection: z
    .object({
      residentKey: verification.optional(),
      requireResidentKey: z.boolean().optional(),
      userVerification: verification.optional(),
    })
    .optional(),
  attestation: z.enum(["none", "direct", "indirect", "enterprise"]).optional(),
});

/** PublicKeyCredentialRequestOptionsJSON */
export const RequestOptions = z.object({
  challenge: z.string(),
  timeout: z.number().optional(),
  rpId: z.string().optional(),
  allowCredentials: z.array(Descriptor).optional(),
  userVerification: verification.optional(),
});

export const Passkey = z.object({
  id: z.string(),
  name: z.string(),
  /** It may be on more than one device, through the account of whoever keeps it. */
  synced: z.boolean(),
  createdAt: z.number().int(),
  lastUsedAt: z.number().int().nullable(),
});

export const OwnPasskeys = z.object({
  items: z.array(Passkey),
  /** Whether the account has a password too. */
  password: z.boolean(),
  /** False: the panel is opened at an IP address, and passkeys belong to host names. */
  available: z.boolean(),
});
