/** Plans and carries out what data asks for: here if it is small, in the thread for large work if it is not. */
import type { Actor } from "#lib/actor.ts";
import { type ChangeResult, changeZone, type Preview, previewChange } from "../changes.ts";
import { withZoneLock } from "../zone-lock.ts";
import type { LoadedZone } from "../zones.ts";
import { goesApart } from "./apart.ts";
import { type Brief, brief } from "./brief.ts";
import { buildIntent, type IntentData, sizeOf } from "./intents.ts";
import type { Pace } from "./pace.ts";
import type { SentActor } from "./tasks.ts";
import { inThread } from "./thread.ts";

/** The plan, and everything that would stop it. Writes nothing. */
export async function preview(
  loaded: LoadedZone,
  data: IntentData,
  actor: Actor,
  pace: Partial<Pace> = {},
): Promise<Brief<Preview>> {
  if (goesApart(loaded.zone, sizeOf(loaded, data))) return inThread("preview", told(loaded, data, actor), pace);
  return brief(await previewChange(loaded, buildIntent(loaded, data)));
}

/** Does it, as `changeZone` does. */
export async function carryOut(
  loaded: LoadedZone,
  data: IntentData,
  actor: Actor,
  pace: Partial<Pace> = {},
): Promise<Brief<ChangeResult>> {
  // The lock is this thread's: whoever else writes to the zone waits for it here.
  if (goesApart(loaded.zone, sizeOf(loaded, data)))
    return withZoneLock(loaded.zone.id, () => inThread("change", told(loaded, data, actor), pace));
  return brief(await changeZone(loaded, buildIntent(loaded, data), actor));
}

const told = ({ organisation, zone }: LoadedZone, data: IntentData, actor: Actor) => ({
  organisation: organisation.id,
  zone: zone.id,
  data,
  actor: sent(actor),
});

const sent = ({ grants, ...actor }: Actor): SentActor => ({ ...actor, grants: [...grants.grants] });
