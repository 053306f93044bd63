/** What staff do with somebody's server beside what its people do. */
import type { Actor } from "#lib/actor.ts";
import { changeServer } from "./acts.ts";
import type { ServerRow } from "./load.ts";

type Limits = Pick<
  ServerRow,
  "memory" | "swap" | "disk" | "cpu" | "io" | "threads" | "databaseLimit" | "backupLimit" | "allocationLimit"
> & { oomKiller: boolean };

export function limitServer(
  id: string,
  {
    revision,
    oomKiller,
    ...limits
  }: { [K in keyof Limits]?: Limits[K] | undefined } & { revision?: number | undefined },
  actor: Actor,
): { id: string } {
  const set = { ...limits, oomKiller: oomKiller === undefined ? undefined : Number(oomKiller) };
  return changeServer(id, { set, revision }, actor, true);
}
