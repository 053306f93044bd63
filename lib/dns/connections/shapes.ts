/** What enters and leaves the panel of connections. A secret enters, and never leaves. */
import * as z from "zod";

/** A right that a test speaks of. */
export const EDITS_RECORDS = "Change records";

/** What a test found, at a moment. */
export const ConnectionTest = z.object({
  at: z.number().int(),
  ok: z.boolean(),
  /** A sentence. */
  message: z.string(),
  version: z.string().nullable(),
  /** How many zones it sees, and the names of a few. */
  zones: z.number().int().nullable(),
  names: z.array(z.string()),
  /** What it may do there; null where that shows only when it is tried. */
  rights: z.array(z.object({ what: z.string(), may: z.boolean().nullable() })),
  /** Sentences about what is not wrong and still worth knowing. */
  notes: z.array(z.string()),
});
export type ConnectionTest = z.output<typeof ConnectionTest>;

/** How busy it is, where the provider counts calls. */
const ConnectionLoad = z.object({
  /** Calls that wait for their turn. */
  waiting: z.number().int(),
  /** Calls of the last `windowMs`, and how many there may be. */
  used: z.number().int(),
  limit: z.number().int(),
  windowMs: z.number().int(),
  /** Until when it takes none at all. */
  pausedUntil: z.number().nullable(),
});

export const KeptConnection = z.object({
  id: z.string(),
  kind: z.enum(["local", "powerdns", "cloudflare"]),
  label: z.string(),
  /** From the environment: changed there, and not here. */
  fixed: z.boolean(),
  url: z.string().nullable(),
  serverId: z.string().nullable(),
  accountId: z.string().nullable(),
  /** Zones of this panel that are kept there. */
  zones: z.number().int(),
  createdAt: z.number().int().nullable(),
  rotatedAt: z.number().int().nullable(),
  test: ConnectionTest.nullable(),
  load: ConnectionLoad.nullable(),
});
export type KeptConnection = z.output<typeof KeptConnection>;

const label = z
  .string()
  .trim()
  .min(1, "Enter a name.")
  .max(60, "A name has at most 60 characters.")
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, "A name cannot contain control characters.");
const url = z
  .string()
  .trim()
  .max(500, "An address has at most 500 characters.")
  .transform((text, context) => {
    const parsed = URL.canParse(text) ? new URL(text) : null;
    const wrong =
      parsed === null || !/^https?:$/.test(parsed.protocol)
        ? "Enter an http or https address, such as https://dns.example.net:8081."
        : parsed.username || parsed.password || parsed.search || parsed.hash
          ? "Enter the address alone, without a password, ? or #."
          : null;
    if (wrong === null && parsed) return `${parsed.origin}${parsed.pathname.replace(/(\/api(\/v1)?)?\/*$/, "")}`;
    context.addIssue({ code: "custom", message: wrong ?? "" });
    return z.NEVER;
  });
const serverId = z
  .string()
  .trim()
  .regex(/^[\w.-]{1,60}$/, "A server id is made of letters, digits, dots, hyphens and underscores; usually localhost.");
const accountId = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[0-9a-f]{32}$/, "An account id has 32 letters and digits. Cloudflare shows it on the account's overview.");
/** It goes into a header. */
export const secret = z
  .string({ error: "Enter the key." })
  .trim()
  .min(1, "Enter the key.")
  .max(500, "This is too long for a key.")
  .regex(/^[\x21-\x7e]+$/, "A key has no spaces and no letters beyond English ones.");

/** Something differs from what is kept there now, and somebody has seen it. */
const confirm = z.boolean().default(false);

export const newConnection = {
  kind: z.enum(["powerdns", "cloudflare"], { error: "Choose PowerDNS or Cloudflare." }),
  label,
  url: url.optional(),
  serverId: serverId.optional(),
  accountId: accountId.optional(),
  secret,
};
export const connectionEdit = {
  label: label.optional(),
  url: url.optional(),
  serverId: serverId.optional(),
  accountId: accountId.optional(),
  secret: secret.optional(),
  confirm,
};
export const newSecret = { secret, confirm };
