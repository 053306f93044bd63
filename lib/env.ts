/** The environment, read once. Nothing else in the panel reads `process.env`; `.env.example` documents every variable. */
import { isIP } from "node:net";
import path from "node:path";
import { getPublicSuffix } from "tldts";
import * as z from "zod";
import { isAddressOrNetwork } from "#lib/http/client-address.ts";
import { canonicalNetwork } from "#lib/networks.ts";
import { singleton } from "#lib/singleton.ts";

const text = z.string().trim().min(1).optional();
const url = z
  .url({ protocol: /^https?$/, error: "must be an http or https address, such as http://127.0.0.1:8081" })
  .optional();

/** What is nobody's on the Internet (RFC 1918, RFC 6598, RFC 4193). */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];

const networks = z
  .string()
  .refine(
    (value) => list(value).every((entry) => canonicalNetwork(entry) !== null),
    "must be addresses or networks, separated by commas, such as 10.0.0.0/8,fd00::/8",
  );

const variables = z.object({
  NODE_ENV: z
    .enum(["development", "production", "test"], { error: "must be development, production or test" })
    .default("production"),
  PORT: z.coerce
    .number({ error: "must be a port number" })
    .int()
    .min(0)
    .max(65535, "must be a port number, 0 to 65535")
    .default(3000),
  HOST: z.string().trim().min(1).default("127.0.0.1"),
  DATA_DIR: z.string().trim().min(1).default("./data"),
  NEXTAUTH_URL: url,
  RP_ID: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, "must be a host name, such as panel.example.org")
    .optional(),
  PANEL_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
  SETUP_TOKEN: z.string().min(16, "must have at least 16 characters").optional(),
  CLOUDFLARE_API_TOKEN: text,
  CLOUDFLARE_ACCOUNT_ID: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[0-9a-f]{32}$/, "must be the 32 hexadecimal digits of an account")
    .optional(),
  CLOUDFLARE_API_BASE: url,
  CLOUDFLARE_ZONES: z.enum(["create", "link"], { error: "must be create or link" }).optional(),
  CLOUDFLARE_ZONE_TYPE: z.enum(["full", "partial"], { error: "must be full or partial" }).default("full"),
  POWERDNS_API_URL: url,
  POWERDNS_API_KEY: text,
  POWERDNS_SERVER_ID: z.string().trim().min(1).default("localhost"),
  POWERDNS_NAMESERVERS: z.string().default(""),
  RESOLVER: z
    .string()
    .refine((value) => list(value).every(isServer), {
      error: "must be resolvers, separated by commas, such as 127.0.0.1:53,[::1]:53",
    })
    .default(""),
  NAMESERVER_NETWORKS: z
    .string()
    .refine((value) => list(value).every(isAddressOrNetwork), {
      error: "must be addresses or networks, separated by commas, such as 10.0.0.0/8",
    })
    .default(""),
  NAMESERVER_PORT: z.coerce
    .number({ error: "must be a port number" })
    .int()
    .min(1)
    .max(65535, "must be a port number, 1 to 65535")
    .default(53),
  TRUSTED_PROXIES: z
    .string()
    .refine(
      (value) => list(value).every(isAddressOrNetwork),
      "must be addresses or networks, separated by commas, such as 127.0.0.1,10.0.0.0/8",
    )
    .default(""),
  ALLOW_PRIVATE_NETWORKS: networks.or(z.enum(["0", "1"])).default("0"),
  ORGANISATION_NETWORKS: networks.default(""),
  SMTP_URL: z
    .url({
      protocol: /^smtps?$/,
      abort: true,
      error: "must be an smtp or smtps address, such as smtps://user:password@mail.example.org",
    })
    .refine((value) => [...new URL(value).searchParams].every((pair) => pair.join("=") === "tls=optional"), {
      error: "takes no other parameter than tls=optional",
    })
    .optional(),
  MAIL_FROM: z
    .string()
    .trim()
    .transform((value) => /^(?:"?([^"<>\p{Cc}]*?)"?\s*<([^<>]+)>|([^<>]+))$/u.exec(value))
    .transform((parts) => ({ name: parts?.[1] ?? "", address: parts?.[2] ?? parts?.[3] ?? "" }))
    .refine(({ address }) => z.email().safeParse(address).success, {
      error: "must be an e-mail address, such as no-reply@example.org or Panel <no-reply@example.org>",
    })
    .optional(),
  METRICS_TOKEN: z
    .string()
    .regex(/^\S{16,}$/, "must have at least 16 characters, and no spaces")
    .optional(),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "silent"], {
      error: "must be fatal, error, warn, info, debug or silent",
    })
    .default("info"),
  PAGE_THREAD: z.enum(["auto", "always", "off"], { error: "must be auto, always or off" }).default("auto"),
  ZONEGATE_TEST_HOOKS: z.enum(["0", "1"]).default("0"),
});

export interface Env {
  mode: "development" | "production" | "test";
  port: number;
  host: string;
  /** Absolute. Holds panel.db, secret and lock. */
  dataDir: string;
  /** Public origin, without a trailing slash. Decides cookies and links; never a request header. */
  origin: string;
  /** The host name that passkeys belong to (WebAuthn's RP ID). Null where people open an IP address: those have none. */
  rpId: string | null;
  panelSecret: string | undefined;
  setupToken: string | undefined;
  /** Where Cloudflare's API is, for all connections, without a trailing slash; its own address unless it is set. */
  cloudflareBase: string | undefined;
  cloudflare:
    | {
        token: string;
        accountId: string | undefined;
        base: string | undefined;
        zones: "create" | "link";
        zoneType: "full" | "partial";
      }
    | undefined;
  powerDns: { url: string; apiKey: string; serverId: string } | undefined;
  /** Absolute host names that new PowerDNS and local zones are delegated to. */
  nameservers: string[];
  /** Who is asked about the DNS of others; none: the system's resolvers. Addresses or host names. */
  resolvers: { host: string; port: number }[];
  /** Beside public addresses: where name servers may stand that the panel asks because a zone names them; and their port. */
  nameServers: { networks: string[]; port: number };
  /** Addresses or CIDR blocks whose X-Forwarded-For is believed. */
  trustedProxies: string[];
  /** Networks that are not everybody's and that connections may be in which staff keep, and which organisations bring. */
  staffNetworks: string[];
  organisationNetworks: string[];
  /** Where mails leave through, and whom they come from; without it they wait in the outbox. */
  mail: { server: SmtpServer; from: { name: string; address: string } } | undefined;
  /** Who shows it may read /metrics; without it there is no such page. */
  metricsToken: string | undefined;
  /** Whether a second thread makes pages: when many are asked for at once, all of them, or never. */
  pageThread: "auto" | "always" | "off";
  logLevel: string;
  testHooks: boolean;
}

export interface SmtpServer {
  host: string;
  port: number;
  /** `implicit` from the first octet, `required` by STARTTLS with a valid certificate, `optional` where it is offered. */
  tls: "implicit" | "required" | "optional";
  user: string | undefined;
  password: string | undefined;
}

/** One sentence per variable that is wrong. */
export class EnvError extends Error {
  override name = "EnvError";
}

/** Parses an environment. An empty string is the same as an absent variable. Throws EnvError. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = variables.safeParse(present);
  const wrong = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`);
  const v = parsed.data;
  if (Boolean(present.POWERDNS_API_URL) !== Boolean(present.POWERDNS_API_KEY)) {
    wrong.push("POWERDNS_API_URL and POWERDNS_API_KEY belong together: set both or neither.");
  }
  for (const name of ["CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_ZONES", "CLOUDFLARE_ZONE_TYPE"]) {
    if (present[name] && !present.CLOUDFLARE_API_TOKEN) wrong.push(`${name} needs CLOUDFLARE_API_TOKEN too.`);
  }
  if (v?.CLOUDFLARE_ZONES === "create" && v.CLOUDFLARE_API_TOKEN && !v.CLOUDFLARE_ACCOUNT_ID) {
    wrong.push("CLOUDFLARE_ZONES=create needs CLOUDFLARE_ACCOUNT_ID too: the account in which zones are created.");
  }
  const origin = v && new URL(v.NEXTAUTH_URL ?? `http://localhost:${v.PORT}`);
  if (origin && v.RP_ID !== undefined && !mayClaim(origin.hostname, v.RP_ID)) {
    wrong.push(
      `RP_ID must be the host name in NEXTAUTH_URL, ${origin.hostname}, or a domain above it that can be registered.`,
    );
  }
  if (present.SMTP_URL && !present.MAIL_FROM) {
    wrong.push("SMTP_URL needs MAIL_FROM too: the address that mails come from.");
  }
  if (!v || !origin || wrong.length > 0) throw new EnvError(wrong.join("\n"));
  return {
    mode: v.NODE_ENV,
    port: v.PORT,
    host: v.HOST,
    dataDir: path.resolve(v.DATA_DIR),
    origin: origin.origin,
    rpId: v.RP_ID ?? (isAddress(origin.hostname) ? null : origin.hostname),
    panelSecret: v.PANEL_SECRET,
    setupToken: v.SETUP_TOKEN,
    cloudflareBase: v.CLOUDFLARE_API_BASE?.replace(/\/+$/, ""),
    cloudflare: v.CLOUDFLARE_API_TOKEN
      ? {
          token: v.CLOUDFLARE_API_TOKEN,
          accountId: v.CLOUDFLARE_ACCOUNT_ID,
          base: v.CLOUDFLARE_API_BASE?.replace(/\/+$/, ""),
          zones: v.CLOUDFLARE_ZONES ?? (v.CLOUDFLARE_ACCOUNT_ID ? "create" : "link"),
          zoneType: v.CLOUDFLARE_ZONE_TYPE,
        }
      : undefined,
    powerDns:
      v.POWERDNS_API_URL && v.POWERDNS_API_KEY
        ? { url: v.POWERDNS_API_URL.replace(/\/+$/, ""), apiKey: v.POWERDNS_API_KEY, serverId: v.POWERDNS_SERVER_ID }
        : undefined,
    nameservers: list(v.POWERDNS_NAMESERVERS).map((name) => `${name.toLowerCase().replace(/\.$/, "")}.`),
    resolvers: list(v.RESOLVER).map((server) => serverOf(server, 53)),
    nameServers: { networks: list(v.NAMESERVER_NETWORKS), port: v.NAMESERVER_PORT },
    trustedProxies: list(v.TRUSTED_PROXIES),
    staffNetworks: privateNetworks(v.ALLOW_PRIVATE_NETWORKS),
    organisationNetworks: list(v.ORGANISATION_NETWORKS),
    mail: v.SMTP_URL && v.MAIL_FROM ? { server: smtpServer(new URL(v.SMTP_URL)), from: v.MAIL_FROM } : undefined,
    metricsToken: v.METRICS_TOKEN,
    pageThread: v.PAGE_THREAD,
    logLevel: v.LOG_LEVEL,
    testHooks: v.ZONEGATE_TEST_HOOKS === "1",
  };
}

/** The environment of this process. Throws EnvError the first time if something is wrong with it. */
export const env = (): Env => singleton("env", () => parseEnv(process.env));

/** `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:5353`, `2001:db8::1`, or a host name in place of the address. */
export function serverOf(text: string, defaultPort: number): { host: string; port: number } {
  if (isIP(text) !== 0) return { host: text, port: defaultPort };
  const [, six, name, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  return { host: six ?? name ?? "", port: port === undefined ? defaultPort : Number(port) };
}

function isServer(text: string): boolean {
  const { host, port } = serverOf(text, 53);
  return (isIP(host) !== 0 || /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(host)) && port >= 1 && port <= 65_535;
}

/** What a browser accepts as RP ID on a host: its name, or a parent that is no public suffix (WebAuthn Level 3 §5.1.3). */
const mayClaim = (host: string, rpId: string): boolean =>
  !isAddress(host) &&
  (host === rpId || (host.endsWith(`.${rpId}`) && getPublicSuffix(rpId, { allowPrivateDomains: true }) !== rpId));

const isAddress = (host: string): boolean => isIP(host.replace(/^\[|\]$/g, "")) !== 0;

/** On this machine the certificate of a mail server proves nothing, and often is made up. */
function smtpServer(url: URL): SmtpServer {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const local = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
  const implicit = url.protocol === "smtps:";
  return {
    host,
    port: Number(url.port || (implicit ? 465 : local ? 25 : 587)),
    tls: implicit ? "implicit" : local || url.searchParams.has("tls") ? "optional" : "required",
    user: decodeURIComponent(url.username) || undefined,
    password: decodeURIComponent(url.password) || undefined,
  };
}

const privateNetworks = (value: string): string[] => (value === "1" ? PRIVATE : value === "0" ? [] : list(value));

const list = (value: string): string[] =>
  value
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
