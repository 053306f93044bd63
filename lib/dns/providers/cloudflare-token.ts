/** What a Cloudflare token is and may do, as far as that can be found out without changing anything. */
import { isObject, ownerName } from "./answers.ts";
import type { CloudflareOptions } from "./cloudflare.ts";
import { type CloudflareApi, type CloudflareClient, CloudflareRefusal, cloudflareApi } from "./cloudflare-api.ts";
import { ProviderError } from "./provider.ts";

/** What the panel needs a token for. `null`: it cannot be told, for want of a zone to try it at. */
export interface TokenRights {
  readZones: boolean;
  readRecords: boolean | null;
  editRecords: boolean | null;
}

export interface TokenReport {
  /** It works, and sees what it is for. */
  ok: boolean;
  /** A sentence for people. */
  message: string;
  /** Milliseconds since 1970, or null if it does not end, or does not say. */
  expiresAt: number | null;
  rights: TokenRights;
  /** How many zones it sees, and the first of them. */
  zones: { total: number; names: string[] };
  accounts: { id: string; name: string }[];
}

const NO_RIGHTS: TokenRights = { readZones: false, readRecords: null, editRecords: null };
const SHOWN_ZONES = 50;

/** Never throws for what a token or an address may be wrong about: that is the message. */
export async function inspectCloudflareToken(options: CloudflareOptions): Promise<TokenReport> {
  const api = cloudflareApi(options);
  const report: TokenReport = {
    ok: false,
    message: "",
    expiresAt: null,
    rights: NO_RIGHTS,
    zones: { total: 0, names: [] },
    accounts: [],
  };
  try {
    const verified = await verify(api);
    if (verified?.status === "disabled") return { ...report, message: "This token is disabled at Cloudflare." };
    if (verified?.status === "expired") return { ...report, message: "This token has expired at Cloudflare." };
    report.expiresAt = verified?.expiresAt ?? null;

    const filter = options.accountId ? { account: { id: options.accountId } } : {};
    const page = await api.read((client) => client.zones.list({ ...filter, per_page: SHOWN_ZONES }));
    const zones = (page.result as unknown[]).filter(isObject);
    const info: unknown = page.result_info;
    const total = isObject(info) && typeof info.total_count === "number" ? info.total_count : zones.length;
    const [first] = zones;
    const rights = { ...(await rightsAt(api, first ? String(first.id) : null)), readZones: true };
    const seen = {
      ...report,
      rights,
      zones: { total, names: zones.map((zone) => ownerName(`${String(zone.name)}.`)) },
      accounts: accountsOf(zones),
    };
    return {
      ...seen,
      ok: rights.readRecords !== false && rights.editRecords !== false,
      message: sentence(total, rights),
    };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { ...report, message: error.message };
  }
}

/** Tokens that belong to an account and not to a person are not known here: of those, null. */
async function verify(api: CloudflareApi): Promise<{ status: string; expiresAt: number | null } | null> {
  try {
    const token: unknown = await api.read((client) => client.user.tokens.verify());
    if (!isObject(token)) return null;
    const ends = typeof token.expires_on === "string" ? Date.parse(token.expires_on) : Number.NaN;
    return { status: String(token.status), expiresAt: Number.isNaN(ends) ? null : ends };
  } catch (error) {
    if (error instanceof CloudflareRefusal && error.code === "provider_credentials") return null;
    throw error;
  }
}

async function rightsAt(api: CloudflareApi, zone_id: string | null): Promise<Omit<TokenRights, "readZones">> {
  if (zone_id === null) return { readRecords: null, editRecords: null };
  const list = (client: CloudflareClient) => client.dns.records.list({ zone_id, per_page: 1 }).then(() => undefined);
  return { readRecords: await allowed(api, list), editRecords: await editsRecords(api, zone_id) };
}

/** An empty batch is sent, which changes nothing and yet needs the right to. */
export const editsRecords = (api: CloudflareApi, zone_id: string): Promise<boolean> =>
  allowed(api, (client) => client.dns.records.batch({ zone_id, posts: [] }));

async function allowed(api: CloudflareApi, work: (client: CloudflareClient) => Promise<unknown>): Promise<boolean> {
  try {
    await api.read(work);
    return true;
  } catch (error) {
    if (!(error instanceof CloudflareRefusal)) throw error;
    return error.code !== "provider_credentials";
  }
}

function sentence(total: number, { readRecords, editRecords }: TokenRights): string {
  if (readRecords === false) return "This token may not read DNS records. Give it the permission DNS: Edit.";
  if (editRecords === false)
    return "This token may read DNS records but not change them. Give it the permission DNS: Edit.";
  if (total === 0) return "This token works, and sees no zone yet.";
  return `This token works, and sees ${total === 1 ? "one zone" : `${total} zones`}.`;
}

function accountsOf(zones: readonly Record<string, unknown>[]): TokenReport["accounts"] {
  const found = new Map<string, string>();
  for (const { account } of zones) if (isObject(account)) found.set(String(account.id), String(account.name ?? ""));
  return Array.from(found, ([id, name]) => ({ id, name }));
}
