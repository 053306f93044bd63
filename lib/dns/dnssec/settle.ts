/** A switch of DNSSEC that nobody answered: settled by what the provider says once no call can land any more. */
import { connectionById } from "../connections.ts";
import { actorOfEntry, closeEntry, type Entry } from "../journal.ts";
import { mayStillLand } from "../landing.ts";
import type { Zone } from "../zones.ts";

export async function settleSigning(entry: Entry, zone: Zone): Promise<boolean> {
  const closing = { zone, entryId: entry.id, plan: [], actor: actorOfEntry(entry), asStaff: false, read: null };
  const signing = connectionById(zone.connection)?.provider.signing;
  if (!signing || !zone.externalId || mayStillLand(entry)) return false;
  const { signed, wanted } = await signing.status(zone.externalId);
  const done = wanted === (entry.kind === "sign");
  const message = done ? "Confirmed later by what the provider says." : "It never reached the provider.";
  closeEntry({ ...closing, state: done ? "applied" : "not_applied", message, signed });
  return true;
}
