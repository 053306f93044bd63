/** Plans and carries out what data asks for: here if it is small, in the thread for large work if it is not. */
import type { Actor } from "#lib/actor.ts";
import { type ChangeResult, changeZone, type Preview, previewChange } from "../changes.ts";
import { withZoneLock } from "../zone-lock.ts";
import type { LoadedZone } from "../zones.ts";
import { type Brief, brief } from "./brief.ts";
import { buildIntent, type IntentData, sizeOf, type ToldOf } from "./intents.ts";
import { type Pace, pace as paceHere, telling } from "./pace.ts";
import type { SentActor } from "./tasks.ts";
import { inThread, LARGE } from "./thread.ts";

/** The plan, and everything that would stop it. Writes nothing. */
export async function preview<D extends IntentData>(
  loaded: LoadedZone,
  data: D,
  actor: Actor,
  pace: Partial<Pace> = {},
): Promise<Brief<Preview & ToldOf<D>>> {
  if (sizeOf(loaded, data) > LARGE)
    return (await inThread("preview", told(loaded, data, actor), pace)) as Brief<Preview & ToldOf<D>>;
  const { intent, beside } = await buildIntent(loaded, data, actor);
  return brief({ ...(await previewChange(loaded, intent)), ...(beside as ToldOf<D>) });
}

/** Does it, as `changeZone` does: with this pace, or that of the work that it is part of. */
export async function carryOut<D extends IntentData>(
  loaded: LoadedZone,
  data: D,
  actor: Actor,
  pace: Partial<Pace> = paceHere(),
): Promise<Brief<ChangeResult & ToldOf<D>>> {
  // The lock is this thread's: whoever else writes to the zone waits for it here.
  if (sizeOf(loaded, data) > LARGE)
    return (await withZoneLock(loaded.zone.id, () => inThread("change", told(loaded, data, actor), pace))) as Brief<
      ChangeResult & ToldOf<D>
    >;
  const { intent, beside } = await buildIntent(loaded, data, actor);
  const result = await telling(beside, () => changeZone(loaded, intent, actor));
  return brief({ ...result, ...(beside as ToldOf<D>) });
}

const told = ({ organisation, zone }: LoadedZone, data: IntentData, actor: Actor) => ({
  organisation: organisation.id,
  zone: zone.id,
  data,
  actor: sent(actor),
});

export const sent = ({ grants, ...actor }: Actor): SentActor => ({ ...actor, grants: [...grants.grants] });
