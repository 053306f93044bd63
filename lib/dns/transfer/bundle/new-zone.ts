/** A zone of a bundle that the organisation does not have yet: whether it could be made, and making it. */
import { and, eq, gte } from "drizzle-orm";
import { db } from "#db/client.ts";
import { zoneChanges, zoneImports, zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { loadOrganisation } from "#lib/organisations/organisations.ts";
import { askForZone, checkAsk } from "../../claims/ask.ts";
import { inThread } from "../../large/thread.ts";
import { describeZone } from "../../zone-settings.ts";
import { type LoadedZone, loadZone } from "../../zones.ts";
import type { ImportRow, ToCreate } from "../imports.ts";
import { fileOf } from "../uploads.ts";

type Account = Actor & { id: string };

/** What making it would mean. Throws what stands in the way of it, or of reading its file. */
export async function planNewZone(row: ImportRow, create: ToCreate, actor: Account): Promise<ToCreate> {
  const { organisation, access } = loadOrganisation(row.organisationId, actor);
  const { waits, connection } = await checkAsk(organisation, requestOf(row, create), actor, access);
  const records = await inThread("read", { apex: row.name, file: fileOf(row.id) });
  return { ...create, connection: connection.id, connectionLabel: connection.label, waits, records };
}

/** Makes it, or finds what an attempt before this one made. Null: it waits for proof of control. */
export async function makeNewZone(row: ImportRow, create: ToCreate, actor: Account): Promise<LoadedZone | null> {
  const { organisation, access } = loadOrganisation(row.organisationId, actor);
  const id =
    madeBefore(row) ?? (await askForZone(organisation, requestOf(row, create), actor, access, { import: row.id })).id;
  db().update(zoneImports).set({ zoneId: id }).where(eq(zoneImports.id, row.id)).run();
  const loaded = loadZone(organisation.id, id, actor);
  if (loaded.zone.reserved === 0) return null;
  if (create.notes !== "" && loaded.access.manage) describeZone(loaded, create.notes, actor);
  return loaded;
}

const requestOf = ({ name }: ImportRow, { connection }: ToCreate) => ({
  name,
  connection: connection || undefined,
  link: false,
});

/** The process may have died between making the zone and noting that it did. */
function madeBefore(row: ImportRow): string | null {
  const made = db()
    .select({ id: zones.id, state: zoneChanges.state })
    .from(zones)
    .innerJoin(zoneChanges, and(eq(zoneChanges.zoneId, zones.id), eq(zoneChanges.kind, "create")))
    .where(
      and(
        eq(zones.organisationId, row.organisationId),
        eq(zones.name, row.name),
        gte(zones.createdAt, row.createdAt),
        eq(zoneChanges.actorId, row.userId ?? ""),
      ),
    )
    .get();
  if (!made) return null;
  if (made.state !== "applied") throw new Problem("zone_busy", "The zone is still being made.");
  return made.id;
}
