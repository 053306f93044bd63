/** What goes with an account, in a sentence. */
import type { Outputs } from "#lib/api/outputs.ts";

type Effects = Outputs["users"]["leaving"]["effects"];

export function whatGoes({ memberships, zoneLevels, tokens, passkeys, invitations, servers }: Effects): string {
  const parts = [
    counted(servers, "server with all of its files", "servers with all of their files"),
    counted(memberships, "membership", "memberships"),
    counted(zoneLevels, "level in a zone", "levels in zones"),
    counted(tokens, "API token", "API tokens"),
    counted(passkeys, "passkey", "passkeys"),
    counted(invitations, "invitation that was sent", "invitations that were sent"),
  ].filter(Boolean);
  const [last = "nothing else", ...others] = parts.toReversed();
  return `Deleted with it: ${others.length > 0 ? `${others.toReversed().join(", ")} and ` : ""}${last}.`;
}

const counted = (n: number, one: string, many: string): string => (n === 0 ? "" : `${n} ${n === 1 ? one : many}`);
