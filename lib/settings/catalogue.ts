/**
 * Every setting of the panel that people may change: its type and default, and what a form says of it. The command line, the
 * API and the Settings tab are made from this alone. Pure.
 */
import * as z from "zod";
import { isRule } from "#lib/geo/rules.ts";

export const groups = ["features", "registration", "zones", "servers", "limits", "accounts", "geo", "logs"] as const;
export type SettingGroup = (typeof groups)[number];

export const groupTitles: Record<SettingGroup, string> = {
  features: "Features",
  registration: "Registration",
  zones: "Zones",
  servers: "Servers",
  limits: "Limits",
  accounts: "Accounts",
  geo: "Access by country",
  logs: "Logs and mails",
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
const servers = { group: "servers" } as const;
const limits = { group: "limits" } as const;
const logs = { group: "logs" } as const;

const WRONG_RULE =
  "must be rules such as de:block, separated by commas: a country, unknown or other; and allow, register, sign-in or block";

export const catalogue = {
  "feature.dns": flag(true, {
    title: "DNS",
    help: "Zones and their records. While it is off nobody can see or change them here; zones keep being served.",
  }),
  "feature.guests": flag(true, {
    title: "Guests",
    help: "People outside an organisation can be given access to its zones. While it is off, guests have no access.",
  }),
  "feature.registration": flag(false, {
    title: "Registration",
    help: "People can create accounts themselves. Needs a mail server.",
  }),
  "feature.short_urls": flag(true, {
    title: "Short addresses",
    help: "Addresses below /s/ that lead elsewhere. While it is off none of them work.",
  }),
  "feature.feedback": flag(true, {
    title: "Feedback",
    help: "People can rate each release of the panel and read your answer.",
  }),
  "registration.domains": names(
    /^([a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}$/,
    "must be domains such as example.org, separated by commas",
    "example.org",
    {
      title: "Allowed e-mail domains",
      help: "Only addresses at these domains can register. Subdomains are not included. Leave it empty to allow any address.",
      group: "registration",
    },
  ),
  zone_claims: choice({ proof: "Prove control of the domain first", trusted: "Trusted: add zones at once" }, "proof", {
    ...zones,
    title: "Adding zones",
    help: "What owners and admins must do to add a zone. Trust them only if every organisation on this panel is your own.",
  }),
  "claims.delegation": choice(
    {
      distinct: "If its name servers were chosen for that zone",
      any: "Always",
      never: "Never",
    },
    "distinct",
    {
      ...zones,
      title: "Proof by delegation",
      help: "When a delegation to the assigned name servers proves control of a domain. Choosing them per zone needs at least three name servers.",
    },
  ),
  "claims.private_suffixes": names(
    /^([a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}$/,
    "must be suffixes such as internal, separated by commas",
    "internal",
    {
      ...zones,
      title: "Private suffixes",
      help: "Anything below these can be a zone, whatever the Public Suffix List says.",
    },
  ),
  "journal.days": whole(30, 3650, 365, "days", {
    ...zones,
    title: "Zone history",
    help: "How long changes are kept and can be undone.",
  }),
  "limits.servers_per_account": whole(0, 10_000, 2, "servers", {
    ...servers,
    title: "Servers per account",
    help: "How many servers one account can have. Staff can give it more.",
  }),
  "limits.memory_per_account": whole(0, 1_073_741_824, 4096, "MiB", {
    ...servers,
    title: "Memory per account",
    help: "For all servers of an account together.",
  }),
  "limits.disk_per_account": whole(0, 1_073_741_824, 20_480, "MiB", {
    ...servers,
    title: "Disk per account",
    help: "For all servers of an account together.",
  }),
  "limits.cpu_per_account": whole(0, 1_000_000, 200, "% of a processor", {
    ...servers,
    title: "Processors per account",
    help: "For all servers of an account together; 100 is one processor.",
  }),
  "limits.servers_per_organisation": whole(0, 10_000, 10, "servers", {
    ...servers,
    title: "Servers per organisation",
    help: "How many servers an organisation can have. Staff can give it more.",
  }),
  "limits.memory_per_organisation": whole(0, 1_073_741_824, 16_384, "MiB", {
    ...servers,
    title: "Memory per organisation",
    help: "For all servers of an organisation together.",
  }),
  "limits.disk_per_organisation": whole(0, 1_073_741_824, 102_400, "MiB", {
    ...servers,
    title: "Disk per organisation",
    help: "For all servers of an organisation together.",
  }),
  "limits.cpu_per_organisation": whole(0, 1_000_000, 800, "% of a processor", {
    ...servers,
    title: "Processors per organisation",
    help: "For all servers of an organisation together; 100 is one processor.",
  }),
  "limits.backups_per_server": whole(0, 1000, 3, "backups", {
    ...servers,
    title: "Backups per server",
    help: "What a new server gets. Staff can change it for each.",
  }),
  "limits.databases_per_server": whole(0, 1000, 2, "databases", {
    ...servers,
    title: "Databases per server",
    help: "What a new server gets. Staff can change it for each.",
  }),
  "limits.allocations_per_server": whole(1, 1000, 3, "ports", {
    ...servers,
    title: "Ports per server",
    help: "What a new server gets, the first included. Staff can change it for each.",
  }),
  "limits.organisations_per_account": whole(0, MANY, 5, "organisations", {
    ...limits,
    title: "Organisations per account",
    help: "How many organisations one account can own.",
  }),
  "limits.zones_per_organisation": whole(0, MANY, 100, "zones", {
    ...limits,
    title: "Zones per organisation",
    help: "Zones waiting for proof count too.",
  }),
  "limits.connections_per_organisation": whole(0, 1000, 10, "connections", {
    ...limits,
    title: "Connections per organisation",
    help: "Its own connections to DNS providers. Set 0 to allow none.",
  }),
  "limits.templates_per_organisation": whole(0, 10_000, 50, "templates", {
    ...limits,
    title: "Templates per organisation",
    help: "Templates for new zones.",
  }),
  "limits.records_per_zone": whole(1, 10_000_000, 50_000, "records", {
    ...limits,
    title: "Records per zone",
    help: "Changes that would go above this are refused.",
  }),
  "limits.zones_per_bulk": whole(1, 1000, 200, "zones", {
    ...limits,
    title: "Zones per bulk change",
    help: "How many zones one bulk change can cover.",
  }),
  "limits.rrsets_per_bulk": whole(1, 20_000, 5000, "record sets", {
    ...limits,
    title: "Record sets per bulk change",
    help: "How many record sets one bulk change can touch.",
  }),
  "limits.tokens_per_account": whole(0, 10_000, 50, "tokens", {
    ...limits,
    title: "API tokens per account",
    help: "Expired tokens count too.",
  }),
  "limits.requests_per_token": whole(1, 1_000_000, 600, "per minute", {
    ...limits,
    title: "Requests per token",
    help: "Further requests are refused until the minute is over.",
  }),
  "limits.open_invites_per_organisation": whole(0, 100_000, 100, "invitations", {
    ...limits,
    title: "Open invitations per organisation",
    help: "Invitations to it and to its zones that wait for an answer.",
  }),
  "limits.invite_mails_per_hour": whole(0, 100_000, 50, "per hour", {
    ...limits,
    title: "Invitation mails per organisation",
    help: "Including invitations that are sent again.",
  }),
  "limits.invite_mails_per_address": whole(0, 1000, 5, "per day", {
    ...limits,
    title: "Invitation mails per address",
    help: "From all organisations together.",
  }),
  "accounts.deletion_days": whole(0, 365, 14, "days", {
    group: "accounts",
    title: "Grace period before deletion",
    help: "How long the deletion of an account can be cancelled.",
  }),
  "exports.days": whole(1, 90, 7, "days", {
    group: "accounts",
    title: "Keep data exports",
    help: "How long people can download a copy of their data.",
  }),
  "mail.days": whole(1, 3650, 90, "days", {
    ...logs,
    title: "Keep mails",
    help: "How long sent mails and their text are listed. One-time links are never kept.",
  }),
  "geo.rules": {
    title: "Rules",
    help: "A country code and what is not possible from there: register, sign-in (which includes registering) or block (everything). Use “unknown” for addresses without a known country and “other” for all countries without a rule, for example de:allow, other:register. Private networks and this machine are never blocked.",
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
    title: "Keep requests",
    help: "Every request, who made it and how it ended.",
  }),
  "logs.error_days": whole(1, 365, 90, "days", {
    ...logs,
    title: "Keep errors",
    help: "Unexpected failures of the panel.",
  }),
  "logs.slow_query_days": whole(1, 365, 30, "days", {
    ...logs,
    title: "Keep slow queries",
    help: "Counted from when a query was last slow.",
  }),
  "logs.slow_query_ms": whole(1, 60_000, 50, "milliseconds", {
    ...logs,
    title: "Slow query threshold",
    help: "Queries that take at least this long are listed.",
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
