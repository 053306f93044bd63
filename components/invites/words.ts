/** How an invitation is put into words, and where its answer leads. Pure. */
import { organisationPath } from "#components/organisations/words.ts";
import { capabilityWords, serverPath } from "#components/servers/capability-words.ts";
import { zonePath } from "#components/zone/zone-view.ts";
import type { Outputs } from "#lib/api/outputs.ts";

type Invitation = Outputs["invites"]["waiting"]["items"][number];

const doing = { view: "see", edit: "add and change", full: "add, change and delete" } as const;

/** What one may do as a guest: "see records, and add and change those named www, *.dev of the types A, TXT". */
export function guestWords({ level, names, types }: NonNullable<Invitation["zone"]>): string {
  const scope = [
    names.length > 0 && `named ${names.join(", ")}`,
    types.length > 0 && `of the ${types.length === 1 ? "type" : "types"} ${types.join(", ")}`,
  ].filter(Boolean);
  return scope.length > 0 ? `see records, and ${doing[level]} those ${scope.join(" ")}` : `${doing[level]} records`;
}

/** What one may do in a server: "You can use its console and files." */
export function serverWords(capabilities: NonNullable<Invitation["server"]>["capabilities"]): string {
  if (capabilities.includes("*")) return "You can use everything there.";
  const names = capabilityWords(capabilities).toLowerCase().split(", ");
  return `You can use its ${new Intl.ListFormat("en-GB").format(names)}.`;
}

export const roleWords = (role: "admin" | "member"): string => (role === "admin" ? "an admin" : "a member");

/** What it is to, in a name. */
export const nameOf = ({ organisation, zone, server }: Pick<Invitation, "organisation" | "zone" | "server">): string =>
  zone?.displayName ?? server?.name ?? organisation;

/** The page of what one is in now. */
export function pathOfAnswer({
  handle,
  zone,
  server,
}: Pick<Outputs["invites"]["accept"], "handle" | "zone" | "server">) {
  if (server !== null) return serverPath(server);
  if (handle === null) return "/dashboard";
  return zone ? zonePath(handle, zone.replace(/\.$/, "")) : organisationPath(handle);
}
