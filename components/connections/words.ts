/** Connections in words. */
import type { Kept } from "./acts.ts";

export const kindNames: Record<Kept["kind"], string> = {
  local: "The panel itself",
  powerdns: "PowerDNS",
  cloudflare: "Cloudflare",
};

/** Where it leads, in one line. */
export function whereOf({ kind, url, serverId, accountId }: Kept): string {
  if (kind === "local") return "No name server answers for these zones";
  if (kind === "cloudflare") return accountId === null ? "All accounts of the token" : `Account ${accountId}`;
  return serverId === null || serverId === "localhost" ? (url ?? "") : `${url}, server ${serverId}`;
}
