/** Why nobody changes the records of a zone here at the moment, whatever their level. */
import { connectionById } from "./connections.ts";
import { heldAsSecondary, TOKEN_ONLY_READS } from "./providers/provider.ts";
import type { Zone } from "./zones.ts";

/** A sentence for whoever looks at its records, with what to do; null where they can be changed. */
export function whyReadOnly({ connection: id, externalId, statusMessage }: Zone): string | null {
  const connection = connectionById(id);
  if (!connection)
    return "These records can only be viewed: the connection that they are kept at is gone from this panel. Whoever runs the panel can set it up again; until then, they can be exported.";
  if (externalId === null) return "The zone is not there yet. Its records can be changed once it is.";
  if (secondary.has(statusMessage))
    return "These records can only be viewed: they come from the primary server of the zone. Change them there, and they follow here.";
  if (statusMessage === TOKEN_ONLY_READS)
    return "These records can only be viewed: the token of their connection may not change them at Cloudflare. Whoever keeps the connection can give the token the permission DNS: Edit.";
  return null;
}

/** What was last read of a zone says so, and is kept as that. */
const secondary: ReadonlySet<string> = new Set(["Cloudflare", "PowerDNS"].map(heldAsSecondary));
