/**
 * Every setting of the panel that people may change: its type and default, and what a form says of it. The command line, the
 * API and the Settings tab are made from this alone. Pure.
 */
import * as z from "zod";
import { isRule } from "#lib/geo/rules.ts";

export const groups = ["features", "registration", "zones", "limits", "accounts", "geo", "logs"] as const;
export type SettingGroup = (typeof groups)[number];

export const groupTitles: Record<SettingGroup, string> = {
  features: "Features",
  registration: "Registration",
  zones: "Zones and claims",
  limits: "Limits",
  accounts: "Accounts",
  geo: "Countries",
  logs: "Logs",
};

interface Words {
  title: string;
  /** A sentence or two. */
  help: string;
  group: SettingGroup;
}

/** What a form has to know of a type. */
export type Control =
  | { kind: "switch" }
  | { kind: "number"; min: number; max: number; unit: string }
  | { kind: "choice"; options: { value: string; label: string }[] }
  | { kind: "list"; placeholder: string };

export interface Entry<S extends z.ZodType = z.ZodType> extends Words {
  schema: S;
  control: Control;
}

const flag = (on: boolean, words: Omit<Words, "group"> & { group?: SettingGroup }) => ({
  group: "features" as const,
  ...words,
  schema: z.boolean({ error: "This is either on or off." }).default(on),
  control: { kind: "switch" } satisfies Control,
});

function whole(min: number, max: number, byDefault: number, unit: string, words: Words) {
  const range = `Enter a whole number from ${min} to ${max}.`;
  return {
    ...words,
    schema: z.number({ error: range }).int(range).min(min, range).max(max, range).default(byDefault),
    control: { kind: "number", min, max, unit } satisfies Control,
  };
}

function choice<const V extends string>(labels: Record<V, string>, byDefault: NoInfer<V>, words: Words) {
  const values = Object.keys(labels) as [V, ...V[]];
  const options = values.map((value) => ({ value, label: labels[value] }));
  return {
    ...words,
    schema: z.enum(values, { error: `Choose one of ${values.join(", ")}.` }).default(byDefault as never),
    control: { kind: "choice", options } satisfies Control,
  };
}

function names(pattern: RegExp, wrong: string, placeholder: string, words: Words) {
  const name = z.string().trim().toLowerCase().regex(pattern, wrong);
  return {
    ...words,
    schema: z.preprocess(split, z.array(name).max(500)).default([]),
    control: { kind: "list", placeholder } satisfies Control,
  };
}

const MANY = 1_000_000;
const zones = { group: "zones" } as const;
const limits = { group: "limits" } as const;
const logs = { group: "logs" } as const;

const WRONG_RULE =
  "must be rules such as de:block, separated by commas: a country, unknown or other; and allow, register, sign-in or block";

export const catalogue = {
  "feature.dns": flag(true, { title: "DNS", help: "Zones and records at all." }),
  "feature.guests": flag(true, {
    title: "Guests",
    help: "Accounts outside an organisation may hold levels in its zones. Off: levels that they hold give nothing until it is on again.",
  }),
  "feature.registration": flag(false, {
    title: "Registration",
    help: "People make accounts themselves. It needs a mail server.",
  }),
  "feature.short_urls": flag(true, {
    title: "Short addresses",
    help: "Addresses below /s/ that lead elsewhere. Off: none of them leads anywhere until it is on again.",
  }),
  "feature.feedback": flag(true, {
    title: "Feedback",
    help: "People say what they think of each release, and read the answer.",
  }),
  "registration.domains": names(
    /^([a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}$/,
    "must be domains such as example.org, separated by commas",
    "example.org",
    {
      title: "Domains that may register",
      help: "People register with an address at one of these domains, which says nothing of those below it. None: with any address.",
      group: "registration",
    },
  ),
  zone_claims: choice({ proof: "They prove that they control the domain", trusted: "They are trusted" }, "proof", {
    ...zones,
    title: "Who owners and admins are",
    help: "Trusted: they create zones at once, because every organisation is one's own. Otherwise they prove control of the domain first.",
  }),
  "claims.delegation": choice(
    {
      distinct: "Where its name servers are not those of every zone",
      any: "Always",
      never: "Never",
    },
    "distinct",
    {
      ...zones,
      title: "Proof by delegation",
      help: "When a delegation to the name servers that a claim was assigned proves control. Distinct ones need at least three to be configured.",
    },
  ),
  "claims.private_suffixes": names(
    /^([a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}$/,
    "must be suffixes such as internal, separated by commas",
    "internal",
    {
      ...zones,
      title: "Private suffixes",
      help: "Anything below these may be a zone, whatever the Public Suffix List says of them.",
    },
  ),
  "journal.days": whole(30, 3650, 365, "days", {
    ...zones,
    title: "History of zones",
    help: "How long the history of a zone is kept.",
  }),
  "limits.organisations_per_account": whole(0, MANY, 5, "organisations", {
    ...limits,
    title: "Organisations that an account owns",
    help: "At most.",
  }),
  "limits.zones_per_organisation": whole(0, MANY, 100, "zones", {
    ...limits,
    title: "Zones of an organisation",
    help: "At most.",
  }),
  "limits.connections_per_organisation": whole(0, 1000, 10, "connections", {
    ...limits,
    title: "Connections of an organisation",
    help: "Connections to DNS providers that it brings. 0: none may.",
  }),
  "limits.templates_per_organisation": whole(0, 10_000, 50, "templates", {
    ...limits,
    title: "Templates of an organisation",
    help: "At most.",
  }),
  "limits.records_per_zone": whole(1, 10_000_000, 50_000, "records", {
    ...limits,
    title: "Records of a zone",
    help: "At most.",
  }),
  "limits.zones_per_bulk": whole(1, 1000, 200, "zones", {
    ...limits,
    title: "Zones of a bulk change",
    help: "How many zones one change in many zones may be about.",
  }),
  "limits.rrsets_per_bulk": whole(1, 20_000, 5000, "record sets", {
    ...limits,
    title: "Record sets of a bulk change",
    help: "How many record sets one change in many zones may touch.",
  }),
  "limits.tokens_per_account": whole(0, 10_000, 50, "tokens", {
    ...limits,
    title: "API tokens of an account",
    help: "At most.",
  }),
  "limits.requests_per_token": whole(1, 1_000_000, 600, "a minute", {
    ...limits,
    title: "Requests of a token",
    help: "What is more is refused until the minute is over.",
  }),
  "limits.open_invites_per_organisation": whole(0, 100_000, 100, "invitations", {
    ...limits,
    title: "Open invitations of an organisation",
    help: "Those that wait for an answer, to it and to its zones.",
  }),
  "limits.invite_mails_per_hour": whole(0, 100_000, 50, "an hour", {
    ...limits,
    title: "Invitations that an organisation mails",
    help: "Those that are sent again included.",
  }),
  "limits.invite_mails_per_address": whole(0, 1000, 5, "a day", {
    ...limits,
    title: "Invitations to one address",
    help: "By all organisations together.",
  }),
  "accounts.deletion_days": whole(0, 365, 14, "days", {
    group: "accounts",
    title: "Grace before deletion",
    help: "How long an account that is to be deleted can still be kept.",
  }),
  "exports.days": whole(1, 90, 7, "days", {
    group: "accounts",
    title: "Exports can be fetched",
    help: "How long the archive of somebody's data is kept for them.",
  }),
  "mail.days": whole(1, 3650, 90, "days", {
    ...logs,
    title: "Mails are kept",
    help: "How long mails that were sent are listed, with their text. One-time links in them are never kept.",
  }),
  "geo.rules": {
    title: "What countries may do",
    help: "A country's two letters and what is taken away there: register, sign-in (and registering), or block (everything). As country, unknown means addresses of no known country, and other every country without a rule, such as de:allow, other:register. Addresses of private networks and of this machine are never shut out.",
    group: "geo",
    schema: z
      .preprocess(split, z.array(z.string().trim().toLowerCase().refine(isRule, WRONG_RULE)).max(300))
      .default([]),
    control: { kind: "list", placeholder: "de:register, other:block" } satisfies Control,
  },
  "logs.audit_days": whole(90, 3650, 365, "days", {
    ...logs,
    title: "The audit log is kept",
    help: "Who changed what. What is younger than this, or than 90 days, cannot be taken out of it by anybody.",
  }),
  "logs.request_days": whole(1, 365, 30, "days", {
    ...logs,
    title: "Requests are kept",
    help: "Who asked for what, and what came of it.",
  }),
  "logs.error_days": whole(1, 365, 90, "days", {
    ...logs,
    title: "Errors are kept",
    help: "What nobody foresaw.",
  }),
  "logs.slow_query_days": whole(1, 365, 30, "days", {
    ...logs,
    title: "Slow queries are kept",
    help: "Since they last were slow.",
  }),
  "logs.slow_query_ms": whole(1, 60_000, 50, "milliseconds", {
    ...logs,
    title: "A query is slow",
    help: "From so many milliseconds on.",
  }),
} as const satisfies Record<string, Entry>;

export type SettingKey = keyof typeof catalogue;
export const settingKeys = Object.keys(catalogue) as [SettingKey, ...SettingKey[]];
export type Setting<K extends SettingKey> = z.output<(typeof catalogue)[K]["schema"]>;

/** A list as a command line or a text field has it. */
function split(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return value
    .split(/[\s,]+/)
    .map((part) => part.trim())
    .filter(Boolean);
}
