/** Bulk changes as rows: started, looked at, and undone. The work is a job's (job.ts). */
import { and, asc, desc, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { db, transaction } from "#db/client.ts";
import { bulks, bulkZones, zoneChanges, zones } from "#db/schema/index.ts";
import { atLeast } from "#lib/access/zone-level.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { setting } from "#lib/settings/settings.ts";
import { storedActor } from "#lib/tokens/actor-again.ts";
import { planOf } from "../journal.ts";
import { displayName } from "../name.ts";
import { recordCounts } from "../plan.ts";
import { sees } from "../visible.ts";
import { type LoadedZone, visibleAmong } from "../zones.ts";
import { bulkJob } from "./job.ts";
import { checkWanted, type Wanted } from "./wanted.ts";

export type Bulk = typeof bulks.$inferSelect;
type Reader = Actor & { id: string };

export interface StartInput extends Wanted {
  /** Each zone with the digest of its dry run. */
  planned: { zone: string; digest: string }[];
  confirm: boolean;
}

/** Puts it into the queue. What does not have the plan of the dry run any more when its turn comes is left alone. */
export function startBulk(input: StartInput, actor: Reader): BulkView {
  const wanted = checkWanted(input);
  if (input.planned.length === 0) throw invalid({ planned: "Choose at least one zone of the dry run." });
  const most = setting("limits.zones_per_bulk");
  if (input.planned.length > most) throw invalid({ planned: `At most ${most} zones at a time.` });
  const ids = input.planned.map(({ zone }) => zone);
  if (new Set(ids).size < ids.length) throw invalid({ planned: "A zone stands twice in this request." });
  const mine = new Map(
    visibleAmong(actor, inArray(zones.id, ids))
      .filter(({ access }) => atLeast(access.level, "edit"))
      .map((loaded) => [loaded.zone.id, loaded]),
  );
  if (ids.some((id) => !mine.has(id))) throw invalid({ planned: "One of these zones is not yours to edit." });
  const id = newId();
  transaction((tx) => {
    tx.insert(bulks)
      .values({
        id,
        userId: actor.id,
        wanted: JSON.stringify(wanted),
        confirmed: input.confirm ? 1 : 0,
        state: "running",
        actor: storedActor(actor),
        createdAt: Date.now(),
      })
      .run();
    tx.insert(bulkZones)
      .values(
        input.planned.map(({ zone, digest }, position) => ({
          ...{ bulkId: id, zoneId: zone, position, digest },
          name: mine.get(zone)?.zone.name ?? "",
        })),
      )
      .run();
    audit(tx, actor, {
      target: { type: "bulk", id, label: `${ids.length} zones` },
      after: { ...wanted, zones: ids.length },
      batchId: id,
    });
    bulkJob.enqueue(tx, { bulk: id, undo: false });
  });
  return viewOf(ownBulk(id, actor), actor);
}

/** Takes back what was done, zone by zone, as whoever asks for it. */
export function undoBulk(id: string, actor: Reader): BulkView {
  transaction((tx) => {
    const bulk = ownBulk(id, actor);
    if (bulk.state === "running") throw new Problem("conflict", "It is not through yet. Wait until it is.");
    if (bulk.state !== "done") throw new Problem("conflict", "This is undone already, or about to be.");
    const waiting = tx
      .update(bulkZones)
      .set({ undoState: "waiting" })
      .where(and(eq(bulkZones.bulkId, id), isNotNull(bulkZones.changeId)))
      .run();
    if (waiting.changes === 0) throw new Problem("conflict", "Nothing was changed, so there is nothing to undo.");
    tx.update(bulks)
      .set({ state: "undoing", undoActor: storedActor(actor) })
      .where(eq(bulks.id, id))
      .run();
    audit(tx, actor, {
      target: { type: "bulk", id, label: `${waiting.changes} zones` },
      after: { undone: true, zones: waiting.changes },
      batchId: id,
    });
    bulkJob.enqueue(tx, { bulk: id, undo: true });
  });
  return viewOf(ownBulk(id, actor), actor);
}

/** A token's are its account's: what it may not see of them is left out below. */
function ownBulk(id: string, actor: Reader): Bulk {
  const bulk = db()
    .select()
    .from(bulks)
    .where(and(eq(bulks.id, id), eq(bulks.userId, actor.id)))
    .get();
  if (!bulk) throw notFound("bulk change");
  return bulk;
}

export type BulkView = ReturnType<typeof viewOf>;

export const openBulk = (id: string, actor: Reader): BulkView => viewOf(ownBulk(id, actor), actor);

function viewOf(bulk: Bulk, actor: Reader) {
  const rows = rowsOf(bulk.id);
  const seen = new Map(
    visibleAmong(
      actor,
      inArray(
        zones.id,
        rows.map(({ row }) => row.zoneId),
      ),
    ).map((loaded) => [loaded.zone.id, loaded]),
  );
  const shown = rows.flatMap((one) => {
    const loaded = seen.get(one.row.zoneId);
    return loaded ? [zoneView(one, loaded)] : [];
  });
  return {
    ...summaryOf(bulk),
    finishedAt: bulk.finishedAt,
    undoneAt: bulk.undoneAt,
    zones: shown,
    /** Zones that are gone, or that one cannot view any more. */
    hidden: rows.length - shown.length,
  };
}

const rowsOf = (id: string) =>
  db()
    .select({ row: bulkZones, entry: zoneChanges })
    .from(bulkZones)
    .leftJoin(zoneChanges, eq(zoneChanges.id, bulkZones.changeId))
    .where(eq(bulkZones.bulkId, id))
    .orderBy(asc(bulkZones.position))
    .all();

type ZoneState = (typeof bulkZones.$inferSelect)["state"];

/** What nobody knew yet when it was done is known to the journal by now. */
const settled: Partial<Record<string, ZoneState>> = {
  applied: "applied",
  differs: "differs",
  partial: "partial",
  refused: "refused",
  not_applied: "failed",
};

function zoneView({ row, entry }: ReturnType<typeof rowsOf>[number], { zone, organisation, access }: LoadedZone) {
  const state = row.state === "unknown" ? (settled[entry?.state ?? ""] ?? row.state) : row.state;
  const seen = () => (entry ? planOf(entry).filter((step) => sees(access, zone.name, step)) : []);
  const counts = access.seesAll ? entry?.counts : null;
  // It may name the record that it speaks of.
  const said = (message: string) => (access.seesAll ? message : "");
  return {
    zone: {
      id: zone.id,
      name: zone.name,
      displayName: displayName(zone.name).replace(/\.$/, ""),
      organisation: { id: organisation.id, handle: organisation.handle, name: organisation.name },
    },
    state,
    message: said(row.message),
    change: row.changeId,
    records: counts ? (JSON.parse(counts) as ReturnType<typeof recordCounts>) : recordCounts(seen()),
    undo: row.undoState && { state: row.undoState, message: said(row.undoMessage), change: row.undoChangeId },
  };
}

const SHOWN = 20;

/** One's latest, without their zones. */
export const listBulks = (actor: Reader) => ({
  items: db()
    .select()
    .from(bulks)
    .where(eq(bulks.userId, actor.id))
    .orderBy(desc(bulks.createdAt))
    .limit(SHOWN)
    .all()
    .map(summaryOf),
});

function summaryOf(bulk: Bulk) {
  const undo = bulk.state === "undoing" || bulk.state === "undone";
  const open = undo
    ? inArray(bulkZones.undoState, ["waiting", "working"])
    : inArray(bulkZones.state, ["waiting", "working"]);
  const counted = db()
    .select({
      zones: sql<number>`count(*)`,
      open: sql<number>`count(*) filter (where ${open})`,
      changed: sql<number>`count(*) filter (where ${isNotNull(bulkZones.changeId)})`,
      of: sql<number>`count(*) filter (where ${undo ? isNotNull(bulkZones.undoState) : isNull(bulkZones.undoState)})`,
    })
    .from(bulkZones)
    .where(eq(bulkZones.bulkId, bulk.id))
    .get();
  const total = (undo ? counted?.of : counted?.zones) ?? 0;
  return {
    id: bulk.id,
    state: bulk.state,
    ...(JSON.parse(bulk.wanted) as Wanted),
    createdAt: bulk.createdAt,
    total,
    done: total - (counted?.open ?? 0),
    changed: counted?.changed ?? 0,
  };
}
