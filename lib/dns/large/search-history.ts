/** The history of a zone; where large plans have to be gone through for it, that is done in the thread for large work. */
import { sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import type { Actor } from "#lib/actor.ts";
import type { Page } from "#lib/api/list.ts";
import { type HistoryEntry, type HistoryQuery, pageOfHistory } from "../history.ts";
import type { LoadedZone } from "../zones.ts";
import { sent } from "./carry-out.ts";
import { inThread } from "./thread.ts";

/** Steps of large plans that a request goes through itself. */
const STEPS_HERE = 5000;

export async function searchHistory(
  loaded: LoadedZone,
  query: HistoryQuery,
  reader: Actor,
): Promise<Page<HistoryEntry>> {
  const { organisation, zone } = loaded;
  if ((query.name || query.type) && largeSteps(zone.id) > STEPS_HERE)
    return inThread("history", { organisation: organisation.id, zone: zone.id, query, actor: sent(reader) });
  return pageOfHistory(loaded, query, reader);
}

const largeSteps = (zoneId: string): number =>
  db().get<{ steps: number }>(
    sql`select coalesce(sum(more_steps), 0) as steps from zone_changes where zone_id = ${zoneId} and more_steps > 0`,
  ).steps;
