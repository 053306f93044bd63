/** The job behind large imports: plans or carries out one zone file, in the name of whoever brought it, as they stand by then. */

import { and, desc, eq, inArray, lt } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db } from "#db/client.ts";
import { zoneChanges, zoneImports } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { askedBy } from "#lib/api/asker.ts";
import { isProblem, Problem } from "#lib/api/errors.ts";
import { jobKind } from "#lib/jobs/queue.ts";
import { setting } from "#lib/settings/settings.ts";
import { singleton } from "#lib/singleton.ts";
import { actorAgain } from "#lib/tokens/actor-again.ts";
import type { Entry } from "../journal.ts";
import { carryOut, preview } from "../large/carry-out.ts";
import { type LoadedZone, loadZone } from "../zones.ts";
import { makeNewZone, planNewZone } from "./bundle/new-zone.ts";
import type { ZoneFileData } from "./file-intent.ts";
import type { ImportRow, Kept } from "./imports.ts";
import { dropFile, dropStray, fileOf } from "./uploads.ts";

const DAY = 86_400_000;

export const importJob = jobKind({
  kind: "dns.import",
  ready: () => setting("feature.dns"),
  payload: z.object({ import: z.string() }),
  attempts: 5,
  async run({ import: id }, { signal }) {
    const row = db().select().from(zoneImports).where(eq(zoneImports.id, id)).get();
    if (row?.state === "cancelled") cancelledLate(row);
    if (row?.state !== "planning" && row?.state !== "applying") return;
    const stopping = new AbortController();
    const over = Promise.withResolvers<void>();
    running().set(id, { stopping, over: over.promise });
    try {
      await work(row, AbortSignal.any([signal, stopping.signal]));
    } catch (error) {
      // The panel stops: the next start goes on with it.
      if (signal.aborted) throw error;
      // Whoever cancelled it has written so.
      if (!stopping.signal.aborted) await refuse(row, error);
    } finally {
      if (stopping.signal.aborted) cancelledLate(row);
      running().delete(id);
      over.resolve();
    }
  },
  // What went wrong is in the log and in the job.
  failed: (tx, { import: id }) => {
    const row = tx.select().from(zoneImports).where(eq(zoneImports.id, id)).get();
    const entry = row && lastEntryOf(row, tx);
    const message = entry ? LEFT_OPEN[entry.state] : undefined;
    end(tx, id, {
      state: "failed",
      message: message ?? "Something went wrong. Nothing of this file was imported.",
      changeId: entry?.id ?? null,
    });
    void dropFile(fileOf(id));
  },
});

/** Plans that nobody applied, and files that nothing speaks for. */
export const sweepImports = jobKind({
  kind: "dns.imports.sweep",
  ready: () => setting("feature.dns"),
  schedule: "17 * * * *",
  payload: z.object({}),
  attempts: 3,
  async run() {
    const now = Date.now();
    db()
      .update(zoneImports)
      .set({ state: "cancelled", message: "Nobody applied it within a day.", finishedAt: now })
      .where(and(eq(zoneImports.state, "planned"), lt(zoneImports.createdAt, now - DAY)))
      .run();
    db()
      .delete(zoneImports)
      .where(lt(zoneImports.createdAt, now - 30 * DAY))
      .run();
    const open = db()
      .select({ id: zoneImports.id })
      .from(zoneImports)
      .where(inArray(zoneImports.state, ["planning", "planned", "applying", "waiting"]))
      .all();
    await dropStray(new Set(open.map(({ id }) => fileOf(id))));
  },
});

/** Resolves once it has stopped, or has come to its end all the same; or where that takes long, before. */
export async function stopImport(id: string): Promise<void> {
  const run = running().get(id);
  run?.stopping.abort();
  const long = Promise.withResolvers<void>();
  const timer = setTimeout(long.resolve, STOPPING_MS);
  await Promise.race([run?.over, long.promise]);
  clearTimeout(timer);
}

const STOPPING_MS = 5000;

const running = () =>
  singleton("running-imports", () => new Map<string, { stopping: AbortController; over: Promise<void> }>());

async function work(row: ImportRow, signal: AbortSignal): Promise<void> {
  const actor = actorAgain(row.actor);
  if (!actor) throw new Problem("forbidden", "You may not do this any more.");
  await askedBy(actor.id, () => workAs(actor, row, signal));
}

async function workAs(actor: Actor & { id: string }, row: ImportRow, signal: AbortSignal): Promise<void> {
  const begun = row.state === "applying" ? lastEntryOf(row) : undefined;
  if (begun && endedBefore(row, begun)) return;
  const before = JSON.parse(row.outcome ?? "{}") as Kept;
  // What went in before the process died has moved the zone on by itself.
  const revision = begun?.state === "partial" ? (begun.revision ?? before.revision) : before.revision;
  const loaded =
    row.zoneId === null ? await newZone(row, before, actor) : loadZone(row.organisationId, row.zoneId, actor);
  if (!loaded) return;
  if (loaded.access.level === "none") throw new Problem("not_found", "There is no such zone.");
  const data: ZoneFileData = {
    kind: "import",
    source: { file: fileOf(row.id), octets: Number.MAX_SAFE_INTEGER },
    mode: row.mode,
    apex: row.apex === 1,
    confirm: row.confirmed === 1 || before.create !== undefined,
    ...(row.state === "applying" && revision !== undefined ? { revision } : {}),
    batchId: batchOf(row),
  };
  let told = 0;
  const progress = (done: number) => {
    if (Date.now() - told < 500) return;
    told = Date.now();
    db()
      .update(zoneImports)
      .set({ progress: Math.round(done * 1000) })
      .where(eq(zoneImports.id, row.id))
      .run();
  };
  if (row.state === "planning") {
    const { revision } = loaded.zone;
    const plan = await preview(loaded, data, actor, { signal, progress });
    const outcome: Kept = { preview: plan, revision };
    end(db(), row.id, { state: "planned", outcome: JSON.stringify(outcome), progress: 1000 });
    return;
  }
  const result = await carryOut(loaded, data, actor, { signal, progress });
  // The journal finds out, and then the next attempt says so.
  if (result.state === "unknown" || result.state === "pending") throw stillSettling();
  const state = result.state === "applied" || result.state === "differs" ? "done" : "failed";
  end(db(), row.id, { state, changeId: result.change, message: result.message, progress: 1000 });
  await dropFile(fileOf(row.id));
}

/** The zone of a bundle that is not there yet, once it is. Null where that is all for now. */
async function newZone(row: ImportRow, { create }: Kept, actor: Actor & { id: string }): Promise<LoadedZone | null> {
  if (!create) throw new Problem("not_found", "There is no such zone.");
  if (row.state === "planning") {
    const outcome: Kept = { create: await planNewZone(row, create, actor) };
    end(db(), row.id, { state: "planned", outcome: JSON.stringify(outcome), progress: 1000 });
    return null;
  }
  const made = await makeNewZone(row, create, actor);
  if (made) return made;
  const message = "The zone waits for proof that the domain is yours. Its file is imported as soon as that is shown.";
  end(db(), row.id, { state: "waiting", message, progress: 1000 });
  return null;
}

/** What the entries of an import have in common: those of a bundle, or those of one file's attempts. */
const batchOf = ({ id, batchId }: ImportRow): string => batchId ?? id;

/** What the journal has of an import, the last where there were several attempts. */
const lastEntryOf = (row: ImportRow, tx: DbOrTx = db()): Entry | undefined =>
  tx
    .select()
    .from(zoneChanges)
    .where(and(eq(zoneChanges.batchId, batchOf(row)), eq(zoneChanges.zoneId, row.zoneId ?? "")))
    .orderBy(desc(zoneChanges.createdAt), desc(zoneChanges.id))
    .limit(1)
    .get();

/** The journal says whether the zone was done before the process died. What was done in part is carried on. */
function endedBefore({ id }: ImportRow, entry: Entry): boolean {
  if (entry.state === "not_applied" || entry.state === "partial") return false;
  if (entry.state === "pending" || entry.state === "unknown") throw stillSettling();
  const done = entry.state === "applied" || entry.state === "differs";
  end(db(), id, { state: done ? "done" : "failed", changeId: entry.id, message: entry.message, progress: 1000 });
  void dropFile(fileOf(id));
  return true;
}

/** It was cancelled, and the journal says that it had gone in by then. */
function cancelledLate(row: ImportRow): void {
  const entry = row.state === "planning" ? undefined : lastEntryOf(row);
  if (entry?.state !== "applied") return;
  const message = "It had gone in before it could be cancelled. You can undo it in the history.";
  db()
    .update(zoneImports)
    .set({ state: "done", changeId: entry.id, message, progress: 1000 })
    .where(and(eq(zoneImports.id, row.id), eq(zoneImports.state, "cancelled")))
    .run();
}

const stillSettling = (): Problem => new Problem("zone_busy", "What was sent is still being settled.");

/** When there are no more attempts. */
const LEFT_OPEN: Partial<Record<Entry["state"], string>> = {
  pending: "Nobody knows yet what of this file was imported. The history of the zone says so once it is known.",
  unknown: "Nobody knows yet what of this file was imported. The history of the zone says so once it is known.",
  partial:
    "Only a part of this file was imported: the history of the zone says what. Import the file again for the rest.",
};

/** Answers of now, which will be others. */
const LATER: ReadonlySet<string> = new Set(["zone_busy", "zone_settling", "rate_limited"]);

/** A Problem is an answer; anything else is tried again. */
async function refuse(row: ImportRow, error: unknown): Promise<void> {
  if (!isProblem(error) || LATER.has(error.code)) throw error;
  const { lines, moreLines, change } = error.data as Pick<Kept, "lines" | "moreLines"> & { change?: string };
  const kept: Kept = {
    ...(JSON.parse(row.outcome ?? "{}") as Kept),
    ...(lines ? { lines, moreLines: moreLines ?? 0 } : {}),
  };
  end(db(), row.id, {
    state: "failed",
    message: error.message,
    outcome: JSON.stringify(kept),
    changeId: change ?? null,
  });
  await dropFile(fileOf(row.id));
}

const STAYS_OPEN: ReadonlySet<ImportRow["state"] | undefined> = new Set(["planned", "waiting"]);

/** Unless it was cancelled meanwhile. */
function end(tx: DbOrTx, id: string, change: Partial<ImportRow>): void {
  tx.update(zoneImports)
    .set({ ...change, ...(STAYS_OPEN.has(change.state) ? {} : { finishedAt: Date.now() }) })
    .where(and(eq(zoneImports.id, id), inArray(zoneImports.state, ["planning", "applying"])))
    .run();
}
