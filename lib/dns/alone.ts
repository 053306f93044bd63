/** Work of somebody in a zone that nobody else writes to meanwhile. */
import type { Actor } from "#lib/actor.ts";
import { notFound } from "#lib/api/errors.ts";
import { stage } from "#lib/log/stages.ts";
import { stillThere } from "#lib/tokens/actor-again.ts";
import { withZoneLock } from "./zone-lock.ts";
import { type LoadedZone, loadZone } from "./zones.ts";

/** With the zone, and what the actor may do, as they are once it is their turn. Throws `zone_busy` if that does not come in time. */
export const aloneIn = <T, A extends Actor>(
  { organisation, zone }: LoadedZone,
  asked: A,
  work: (loaded: LoadedZone, actor: A) => Promise<T>,
): Promise<T> =>
  withZoneLock(zone.id, async () => {
    stage("lock");
    const actor = stillThere(asked);
    const loaded = loadZone(organisation.id, zone.id, actor);
    if (loaded.access.level === "none") throw notFound("zone");
    return work(loaded, actor);
  });
