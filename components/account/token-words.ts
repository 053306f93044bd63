/** What a token may do, in words. */
import { capabilityWords } from "#components/servers/capability-words.ts";
import type { Outputs } from "#lib/api/outputs.ts";

export type Token = Outputs["tokens"]["list"]["items"][number];

/** A line for each right, or one for all of them. */
export function rightsInWords(
  token: Pick<Token, "mode" | "permissions" | "organisations" | "zones" | "servers">,
  /** What servers are called, by their ids. */
  servers: ReadonlyMap<string, string> = new Map(),
): string[] {
  if (token.mode === "full") return ["Everything that your account can do"];
  return [
    ...token.zones.map(({ zone, label, name, type, level }) => {
      const records = type === null ? "" : ` for ${type} records`;
      const at = name === null ? "" : ` at ${name === "@" ? "the apex" : name}`;
      return `${levels[level]}${records}${at} in ${zone === null ? "every zone" : (label ?? "a zone that you cannot see")}`;
    }),
    ...token.organisations.map(({ organisation, label, role }) => {
      const where = organisation === null ? "every organisation" : (label ?? "an organisation that you are not in");
      return `${role[0]?.toUpperCase()}${role.slice(1)} of ${where}`;
    }),
    ...(token.permissions.length > 0 ? [`Permissions: ${token.permissions.join(", ")}`] : []),
    ...token.servers.map(
      ({ server, capabilities }) =>
        `${capabilityWords(capabilities)} on ${servers.has(server) ? `the server ${servers.get(server)}` : "a server"}`,
    ),
  ];
}

const levels: Record<Token["zones"][number]["level"], string> = {
  none: "Nothing",
  view: "View",
  edit: "Edit",
  full: "Full access",
};
