/** Panel settings: one typed catalogue of keys with their defaults, kept as rows. */
import { eq } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db } from "#db/client.ts";
import { remembered } from "#db/hot.ts";
import { settings } from "#db/schema/index.ts";

const domain = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^([a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}$/, "must be domains such as example.org, separated by commas");

const suffix = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^([a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}$/, "must be suffixes such as internal, separated by commas");

const catalogue = {
  /** DNS zones and records at all. */
  "feature.dns": z.boolean().default(true),
  /** Whether accounts outside an organisation may hold levels in its zones. Off: existing ones give nothing until it is on again. */
  "feature.guests": z.boolean().default(true),
  /** Whether people make accounts themselves. It needs a mail server. */
  "feature.registration": z.boolean().default(false),
  /** The domains whose addresses they may do so with; none: any. Exact: one that is listed lists none below it. */
  "registration.domains": z.preprocess(split, z.array(domain)).default([]),
  /** `trusted`: owners and admins create zones at once, because every organisation is one's own. `proof`: they prove control first. */
  zone_claims: z.enum(["proof", "trusted"]).default("proof"),
  /** How long an account that is to be deleted can still be kept. */
  "accounts.deletion_days": z.number().int().min(0).max(365).default(14),
  /**
   * When a delegation to the name servers that a claim was assigned proves control. `distinct`: where they are not those of
   * every zone, so at least three are configured. `any`: always, also where everybody's zones have the same ones. `never`.
   */
  "claims.delegation": z.enum(["distinct", "any", "never"]).default("distinct"),
  /** Suffixes below which anything may be a zone, whatever the Public Suffix List says of them. */
  "claims.private_suffixes": z.preprocess(split, z.array(suffix)).default([]),
  "limits.organisations_per_account": z.number().int().min(0).default(5),
  "limits.zones_per_organisation": z.number().int().min(0).default(100),
  /** Connections to DNS providers that an organisation brings; 0: none may. */
  "limits.connections_per_organisation": z.number().int().min(0).default(10),
  "limits.templates_per_organisation": z.number().int().min(0).default(50),
  "limits.records_per_zone": z.number().int().min(1).default(50_000),
  /** Of one change in many zones. */
  "limits.zones_per_bulk": z.number().int().min(1).max(1000).default(200),
  "limits.rrsets_per_bulk": z.number().int().min(1).max(20_000).default(5000),
  "limits.tokens_per_account": z.number().int().min(0).default(50),
  /** A minute. */
  "limits.requests_per_token": z.number().int().min(1).default(600),
  /** Invitations of an organisation, to it and to its zones, that wait for an answer. */
  "limits.open_invites_per_organisation": z.number().int().min(0).default(100),
  /** Invitations that an organisation mails within an hour, those that are sent again included. */
  "limits.invite_mails_per_hour": z.number().int().min(0).default(50),
  /** Invitations that one address is mailed within a day, by all organisations together. */
  "limits.invite_mails_per_address": z.number().int().min(0).default(5),
  /** Days for which the history of a zone is kept. */
  "journal.days": z.number().int().min(30).max(3650).default(365),
  /** Days for which requests, errors and slow statements are kept. */
  "logs.request_days": z.number().int().min(1).max(365).default(30),
  "logs.error_days": z.number().int().min(1).max(365).default(90),
  "logs.slow_query_days": z.number().int().min(1).max(365).default(30),
  /** Milliseconds from which on a statement counts as slow. */
  "logs.slow_query_ms": z.number().int().min(1).max(60_000).default(50),
  /** When an account first held `*`. From then on the set-up page is shut for good. */
  "setup.completed_at": z.number().int().nullable().default(null),
  /** SHA-256 of the set-up token of this start. */
  "setup.token_hash": z.string().nullable().default(null),
  /** The key that sealed columns are sealed with, by its id. */
  "setup.key_id": z.string().nullable().default(null),
} as const;

export type SettingKey = keyof typeof catalogue;
export type Setting<K extends SettingKey> = z.output<(typeof catalogue)[K]>;

/** The value in force. A row that no longer fits its type counts as absent. */
export const setting = <K extends SettingKey>(key: K, tx?: DbOrTx): Setting<K> =>
  (tx ? readSetting(key, tx) : inForce(key)) as Setting<K>;

const inForce = remembered((key: SettingKey) => readSetting(key, db()));

function readSetting<K extends SettingKey>(key: K, tx: DbOrTx): Setting<K> {
  const row = tx.select({ value: settings.value }).from(settings).where(eq(settings.key, key)).get();
  const parsed = catalogue[key].safeParse(row ? JSON.parse(row.value) : undefined);
  return (parsed.success ? parsed.data : catalogue[key].parse(undefined)) as Setting<K>;
}

export function setSetting<K extends SettingKey>(key: K, value: Setting<K>, tx: DbOrTx = db()): void {
  const row = { value: JSON.stringify(catalogue[key].parse(value)), updatedAt: Date.now() };
  tx.insert(settings)
    .values({ key, ...row })
    .onConflictDoUpdate({ target: settings.key, set: row })
    .run();
}

/** Every setting that people may change, with the value in force. */
export const listSettings = () =>
  (Object.keys(catalogue) as SettingKey[])
    .filter((key) => !key.startsWith("setup."))
    .map((key) => ({ key, value: setting(key) }));

/** Sets one from text, as a command line has it. Returns what is wrong, or null. */
export function setSettingFromText(key: string, text: string): string | null {
  const known = listSettings().find((row) => row.key === key);
  if (!known) return `There is no setting ${key}.`;
  const parsed = catalogue[known.key].safeParse(fromText(text));
  if (!parsed.success) return `${key} cannot be ${text}: ${parsed.error.issues[0]?.message ?? "it does not fit"}.`;
  setSetting(known.key, parsed.data as never);
  return null;
}

/** A list as a command line has it. */
function split(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return value
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}

/** JSON where it is JSON (true, 5), otherwise the text itself. */
function fromText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
