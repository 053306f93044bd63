/** Tries a connection out: who answers, what the key may do, and which zones it sees. Writes nothing there. */
import { env } from "#lib/env.ts";
import { guardedSend } from "#lib/http/guarded-fetch.ts";
import { asProviderError } from "../asking.ts";
import { typistOf } from "../connections.ts";
import { isObject } from "../providers/answers.ts";
import { inspectCloudflareToken } from "../providers/cloudflare-token.ts";
import { powerDnsHttp } from "../providers/powerdns-http.ts";
import { ProviderError } from "../providers/provider.ts";
import { type ConnectionTest, EDITS_RECORDS } from "./shapes.ts";

/** Where a connection leads, with its secret. */
export interface Target {
  kind: "powerdns" | "cloudflare";
  url: string | null;
  serverId: string | null;
  accountId: string | null;
  organisationId: string | null;
  secret: string;
}

export interface Probe extends Omit<ConnectionTest, "at"> {
  /** Absolute apex names of all zones that it sees; null if there are too many to say. */
  sees: ReadonlySet<string> | null;
  /** The input that a failure is about. */
  field: "url" | "serverId" | "accountId" | "secret";
}

const WITHIN_MS = 5000;
const NAMES = 5;
/** Before it much is otherwise that the panel relies on. */
const OLDEST = [4, 7] as const;

export async function probe(target: Target): Promise<Probe> {
  try {
    return target.kind === "cloudflare" ? await probeCloudflare(target) : await probePowerDns(target);
  } catch (error) {
    const failure = asProviderError(error);
    const field =
      failure.code === "provider_credentials" ? "secret" : failure.code === "provider_not_found" ? "serverId" : "url";
    return { ...NOTHING, field, message: sentence(failure.message) };
  }
}

const NOTHING = { ok: false, version: null, zones: null, names: [], rights: [], notes: [], sees: null };

async function probePowerDns({ url, serverId, secret, organisationId }: Target): Promise<Probe> {
  const call = powerDnsHttp({
    url: url ?? "",
    apiKey: secret,
    send: guardedSend(typistOf(organisationId)),
    timeoutMs: WITHIN_MS,
    onFailure: () => undefined,
  });
  const server = `/servers/${encodeURIComponent(serverId ?? "localhost")}`;
  const { status, json } = await call("GET", server);
  if (status === 404) throw new ProviderError("refused", "provider_not_found", "There is no server of this id.");
  const version = isObject(json) && typeof json.version === "string" ? json.version : null;
  if (status >= 400 || version === null || (isObject(json) && json.daemon_type !== "authoritative")) {
    const message = "What answers there is not the API of a PowerDNS Authoritative Server.";
    throw new ProviderError("refused", "provider_failed", message);
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (/^\d/.test(version) && (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])))
    return { ...NOTHING, field: "url", version, message: `PowerDNS is ${version}; the panel needs 4.7 or newer.` };

  const listed = await call("GET", `${server}/zones?dnssec=false`);
  const sees = Array.isArray(listed.json) ? listed.json.flatMap(nameOf) : null;
  if (listed.status >= 400 || sees === null)
    return { ...NOTHING, field: "secret", version, message: "The key may not list the zones there." };
  return {
    ok: true,
    message: `PowerDNS ${version} answers; it holds ${counted(sees.length, "zone")}.`,
    version,
    zones: sees.length,
    names: sees.toSorted().slice(0, NAMES).map(withoutDot),
    rights: [
      { what: "See all zones of this server", may: true },
      { what: "Create, change and delete zones: a PowerDNS key may do everything", may: true },
    ],
    notes: url?.startsWith("http:") ? ["The address is http: key and records travel unencrypted."] : [],
    sees: new Set(sees),
    field: "url",
  };
}

async function probeCloudflare({ secret, accountId }: Target): Promise<Probe> {
  const report = await inspectCloudflareToken({
    token: secret,
    accountId: accountId ?? undefined,
    base: env().cloudflareBase,
    timeoutMs: WITHIN_MS,
  });
  const { rights, zones, expiresAt } = report;
  const unknown = "there is no zone to try it at";
  const may = (what: string, right: boolean | null) => ({
    what: right === null ? `${what}: ${unknown}` : what,
    may: right,
  });
  const complete = zones.names.length >= zones.total;
  return {
    ok: report.ok,
    message: report.message,
    version: null,
    zones: rights.readZones ? zones.total : null,
    names: zones.names.toSorted().slice(0, NAMES).map(withoutDot),
    rights: rights.readZones
      ? [
          { what: "See zones", may: true },
          may("Read records", rights.readRecords),
          may(EDITS_RECORDS, rights.editRecords),
        ]
      : [],
    notes: expiresAt === null ? [] : [`The token ends on ${new Date(expiresAt).toISOString().slice(0, 10)}.`],
    sees: rights.readZones && complete ? new Set(zones.names) : null,
    field: "secret",
  };
}

const nameOf = (zone: unknown): string[] =>
  isObject(zone) && typeof zone.name === "string" ? [zone.name.toLowerCase()] : [];
const withoutDot = (name: string): string => name.replace(/\.$/, "");
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
export const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;
