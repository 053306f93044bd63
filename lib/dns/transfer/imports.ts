/** Zone files that are worked on: a small one at once, a large one as a job whose row says how far it is. */
import { rename } from "node:fs/promises";
import { and, desc, eq, inArray } from "drizzle-orm";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { zoneImports } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { storedActor } from "#lib/tokens/actor-again.ts";
import { inTime } from "../answered.ts";
import type { ChangeResult, Preview } from "../changes.ts";
import type { Brief } from "../large/brief.ts";
import { carryOut, preview } from "../large/carry-out.ts";
import { sees } from "../visible.ts";
import type { LoadedZone, Zone } from "../zones.ts";
import type { ZoneFileData } from "./file-intent.ts";
import { importJob, stopImport } from "./import-job.ts";
import { dropFile, fileOf, keepText, type Upload } from "./uploads.ts";

export type ImportRow = typeof zoneImports.$inferSelect;

/** Octets. What is larger is worked on by a job. */
const AT_ONCE = 1_000_000;
/** Imports of one account in one zone that are neither done nor given up. */
const OPEN_AT_ONCE = 3;

export interface ImportRequest {
  text?: string | undefined;
  mode: "merge" | "replace";
  apex: boolean;
  dryRun: boolean;
  confirm: boolean;
}

export type ImportAnswer =
  | (Brief<Preview> & { dryRun: true })
  | (Brief<ChangeResult> & { dryRun: false })
  | { import: ImportView };

/** What a row says to whoever brought the file. */
export interface ImportView {
  id: string;
  state: ImportRow["state"];
  mode: ImportRow["mode"];
  apex: boolean;
  /** 0 to 1 of the step that is under way. */
  progress: number;
  message: string;
  /** The beginning of the plan, once there is one. */
  preview: Brief<Preview> | null;
  /** Lines that cannot be read. */
  lines: { line: number; column: number; reason: string }[];
  moreLines: number;
  change: string | null;
  createdAt: number;
  finishedAt: number | null;
}

/** What the row keeps of a plan or of a refusal. */
export interface Kept {
  preview?: Brief<Preview>;
  /** The zone's revision that the plan was made for. */
  revision?: number;
  lines?: ImportView["lines"];
  moreLines?: number;
  /** The zone is yet to be made. */
  create?: ToCreate;
}

/** What is known of a zone of a bundle that is not there yet. */
export interface ToCreate {
  connection: string;
  connectionLabel: string;
  notes: string;
  /** It would wait for proof of control first. */
  waits: boolean;
  records: number;
}

/** Plans or imports the file. A large one goes to the queue: the answer then is its row. */
export async function importFile(
  loaded: LoadedZone,
  request: ImportRequest,
  upload: Upload | undefined,
  actor: Actor & { id: string },
): Promise<ImportAnswer> {
  const { mode, apex, dryRun, confirm } = request;
  const octets = upload?.octets ?? Buffer.byteLength(request.text ?? "");
  if (octets === 0)
    throw new Problem("invalid_input", "The file is empty.", { fields: { text: "The file is empty." } });
  if (octets > AT_ONCE) {
    const source = upload ?? (await keepText(request.text ?? ""));
    return { import: await queueImport(loaded, request, source, actor) };
  }
  const source = upload ?? { text: request.text ?? "" };
  const data: ZoneFileData = { kind: "import", source, mode, apex, confirm };
  if (dryRun) return { dryRun, ...(await preview(loaded, data, actor)) };
  return { dryRun, ...(await inTime(() => carryOut(loaded, data, actor))) };
}

async function queueImport(
  loaded: LoadedZone,
  { mode, apex, dryRun, confirm }: ImportRequest,
  upload: Upload,
  actor: Actor & { id: string },
): Promise<ImportView> {
  const { zone, access } = loaded;
  const id = newId();
  const file = fileOf(id);
  await rename(upload.file, file);
  try {
    transaction((tx) => {
      assertRoom(tx, zone, actor);
      tx.insert(zoneImports)
        .values({
          id,
          organisationId: zone.organisationId,
          zoneId: zone.id,
          name: zone.name,
          mode,
          apex: apex ? 1 : 0,
          state: dryRun ? "planning" : "applying",
          confirmed: confirm ? 1 : 0,
          actor: storedActor(actor),
          userId: actor.id,
          createdAt: Date.now(),
        })
        .run();
      audit(tx, actor, {
        target: { type: "zone", id: zone.id, label: zone.name },
        organisationId: zone.organisationId,
        after: { import: id, mode, apex, octets: upload.octets },
        asStaff: access.viaPlatform,
      });
      importJob.enqueue(tx, { import: id });
    });
  } catch (error) {
    await dropFile(file);
    throw error;
  }
  return viewOf(loaded, rowOf(loaded, id, actor));
}

function assertRoom(tx: DbOrTx, zone: Zone, actor: Actor & { id: string }): void {
  const open = tx
    .select({ id: zoneImports.id })
    .from(zoneImports)
    .where(and(mine(zone.id, actor), inArray(zoneImports.state, ["planning", "planned", "applying"])))
    .all();
  if (open.length >= OPEN_AT_ONCE)
    throw new Problem("conflict", "You have other imports of this zone that are not done. Cancel them first.");
}

/** Only who brought a file sees what became of it, and of that only what they see by now. */
export const openImport = (loaded: LoadedZone, id: string, actor: Actor & { id: string }): ImportView =>
  viewOf(loaded, rowOf(loaded, id, actor));

/** The last few of one's own. */
export const ownImports = (loaded: LoadedZone, actor: Actor & { id: string }): ImportView[] =>
  db()
    .select()
    .from(zoneImports)
    .where(mine(loaded.zone.id, actor))
    .orderBy(desc(zoneImports.createdAt), desc(zoneImports.id))
    .limit(5)
    .all()
    .map((row) => viewOf(loaded, row));

/** Carries out what was planned. The zone has to be the one that the plan was made for. */
export function applyImport(
  loaded: LoadedZone,
  id: string,
  { confirm }: { confirm: boolean },
  actor: Actor & { id: string },
): ImportView {
  const row = rowOf(loaded, id, actor);
  transaction((tx) => {
    const moved = tx
      .update(zoneImports)
      .set({ state: "applying", confirmed: confirm ? 1 : 0, progress: 0, message: "", actor: storedActor(actor) })
      .where(and(eq(zoneImports.id, row.id), eq(zoneImports.state, "planned")))
      .run();
    if (moved.changes === 0) throw new Problem("conflict", "This import has no plan that waits to be applied.");
    note(tx, loaded, actor, { import: id, state: "applying" });
    importJob.enqueue(tx, { import: id });
  });
  return openImport(loaded, id, actor);
}

/** Ends it, unless it is on its way to the provider already. */
export async function cancelImport(loaded: LoadedZone, id: string, actor: Actor & { id: string }): Promise<ImportView> {
  const row = rowOf(loaded, id, actor);
  if (row.state === "applying" && loaded.zone.connection !== "local")
    throw new Problem(
      "conflict",
      "This is on its way to the provider and cannot be called back. Undo it when it is done.",
    );
  transaction((tx) => {
    const ended = tx
      .update(zoneImports)
      .set({ state: "cancelled", message: "Cancelled.", finishedAt: Date.now() })
      .where(and(eq(zoneImports.id, row.id), inArray(zoneImports.state, ["planning", "planned", "applying"])))
      .run();
    if (ended.changes === 0) throw new Problem("conflict", "This import is over already.");
    note(tx, loaded, actor, { import: id, state: "cancelled" });
  });
  await stopImport(id);
  await dropFile(fileOf(id));
  return openImport(loaded, id, actor);
}

const note = (tx: Parameters<typeof audit>[0], { zone, access }: LoadedZone, actor: Actor, after: object) =>
  audit(tx, actor, {
    target: { type: "zone", id: zone.id, label: zone.name },
    organisationId: zone.organisationId,
    after,
    asStaff: access.viaPlatform,
  });

const mine = (zoneId: string, actor: Actor & { id: string }) =>
  and(eq(zoneImports.zoneId, zoneId), eq(zoneImports.userId, actor.id));

function rowOf(loaded: LoadedZone, id: string, actor: Actor & { id: string }): ImportRow {
  const row = db()
    .select()
    .from(zoneImports)
    .where(and(eq(zoneImports.id, id), mine(loaded.zone.id, actor)))
    .get();
  if (!row) throw notFound("import");
  return row;
}

function viewOf({ zone, access }: LoadedZone, row: ImportRow): ImportView {
  const { preview: plan, lines = [], moreLines = 0 } = JSON.parse(row.outcome ?? "{}") as Kept;
  const seen = <T extends { name: string; type: string }>(list: readonly T[]) =>
    list.filter((one) => sees(access, zone.name, one));
  return {
    id: row.id,
    state: row.state,
    mode: row.mode,
    apex: row.apex === 1,
    progress: row.progress / 1000,
    // It may name the record that it speaks of.
    message: access.seesAll ? row.message : "",
    preview: plan
      ? {
          ...plan,
          plan: seen(plan.plan),
          refused: seen(plan.refused),
          errors: seen(plan.errors),
          warnings: seen(plan.warnings),
          conflicts: seen(plan.conflicts),
        }
      : null,
    lines,
    moreLines,
    change: row.changeId,
    createdAt: row.createdAt,
    finishedAt: row.finishedAt,
  };
}
