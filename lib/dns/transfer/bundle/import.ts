/** Bundles as rows: one import for each zone file, planned and applied by the same job as any, and joined by a batch. */
import { rename } from "node:fs/promises";
import { and, asc, desc, eq, inArray, isNotNull, sql } from "drizzle-orm";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { zoneChanges, zoneImports, zones } from "#db/schema/index.ts";
import type { OrganisationAccess } from "#lib/access/organisation-role.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import type { Organisation } from "#lib/organisations/organisations.ts";
import { storedActor } from "#lib/tokens/actor-again.ts";
import { displayName, parseZoneName } from "../../name.ts";
import { whyNotAsk } from "../../new-zone.ts";
import { sees } from "../../visible.ts";
import { zoneDescription } from "../../zone-settings.ts";
import { type LoadedZone, visibleAmong } from "../../zones.ts";
import { importJob, stopImport } from "../import-job.ts";
import type { ImportRow, Kept, ToCreate } from "../imports.ts";
import { dropFile, fileOf, keepText, type Upload } from "../uploads.ts";
import { type Bundle, stemOf, unpack } from "./unpack.ts";

type Account = Actor & { id: string };
/** The organisation, with what the actor may do in it. */
export interface Place {
  organisation: Organisation;
  access: OrganisationAccess;
  asStaff: boolean;
}

export interface BundleRequest {
  mode: "merge" | "replace";
  apex: boolean;
  /** Zones that are not there yet are made, at this connection or the usual one; otherwise they are left out. */
  create: boolean;
  connection: string;
  /** Instead of a file. */
  zones?: { name: string; text: string }[] | undefined;
}

/** Bundles of one account in one organisation that are neither done nor given up. */
const OPEN_AT_ONCE = 2;
const OPEN: ImportRow["state"][] = ["planning", "planned", "applying"];

/** Works out a plan for each zone of the bundle. Nothing is written to any zone. */
export async function importBundle(
  place: Place,
  request: BundleRequest,
  upload: Upload | undefined,
  actor: Account,
): Promise<BundleView> {
  const { organisation, asStaff } = place;
  if (!upload && !request.zones?.length)
    throw new Problem("invalid_input", "Send the bundle as application/gzip: a .tar.gz of zone files.", {
      fields: { bundle: "Choose a bundle." },
    });
  assertRoom(db(), place, actor);
  const bundle = upload ? await unpack(upload) : await kept(request.zones ?? []);
  const batchId = newId();
  const rows = rowsFor(place, request, bundle, batchId, actor);
  await Promise.all(
    rows.map(({ row, file }) => (row.state === "planning" ? rename(file, fileOf(row.id)) : dropFile(file))),
  );
  try {
    transaction((tx) => {
      // Others may have come while this one was unpacked.
      assertRoom(tx, place, actor);
      for (const { row } of rows) {
        tx.insert(zoneImports).values(row).run();
        if (row.state === "planning") importJob.enqueue(tx, { import: row.id });
      }
      audit(tx, actor, {
        ...targetOf(place),
        after: { mode: request.mode, apex: request.apex, zones: rows.length },
        batchId,
        asStaff,
      });
    });
  } catch (error) {
    await Promise.all(rows.map(({ row }) => dropFile(fileOf(row.id))));
    throw error;
  }
  return openBundle({ organisation }, batchId, actor);
}

function assertRoom(tx: DbOrTx, place: Place, actor: Account): void {
  const open = tx
    .selectDistinct({ batch: zoneImports.batchId })
    .from(zoneImports)
    .where(and(mine(place, actor), inArray(zoneImports.state, OPEN)))
    .all();
  if (open.length >= OPEN_AT_ONCE)
    throw new Problem("conflict", "You have other bundles here that are not done. Apply or cancel them first.");
}

async function kept(texts: readonly { name: string; text: string }[]): Promise<Bundle> {
  const files = await Promise.all(texts.map(async ({ name, text }) => ({ name, file: (await keepText(text)).file })));
  return { files, manifest: null };
}

const targetOf = ({ organisation }: Pick<Place, "organisation">) => ({
  target: { type: "organisation", id: organisation.id, label: organisation.name } as const,
  organisationId: organisation.id,
});

const mine = ({ organisation }: Pick<Place, "organisation">, actor: Account) =>
  and(
    eq(zoneImports.organisationId, organisation.id),
    eq(zoneImports.userId, actor.id),
    isNotNull(zoneImports.batchId),
  );

/** A row for each file. What the bringer cannot see is as if it were not there: it could only be made. */
function rowsFor(place: Place, request: BundleRequest, { files, manifest }: Bundle, batchId: string, actor: Account) {
  const { organisation, access } = place;
  const known = new Map(
    visibleAmong(actor, eq(zones.organisationId, organisation.id)).map(({ zone }) => [zone.name, zone]),
  );
  const said = new Map(manifest?.zones.map((one) => [one.file, one]));
  const whyNot = request.create ? whyNotAsk(actor, access) : "This organisation has no such zone that you can see.";
  const taken = new Set<string>();
  const now = Date.now();
  return files.map(({ name: fileName, file }) => {
    const wanted = said.get(fileName)?.zone ?? stemOf(fileName);
    const apex = parseZoneName(wanted);
    const name = apex.ok ? apex.value : wanted.slice(0, 255);
    const twice = apex.ok && taken.has(name);
    taken.add(name);
    const zone = apex.ok ? known.get(name) : undefined;
    const reason = !apex.ok
      ? apex.reason
      : twice
        ? "Another file of the bundle is for this zone too."
        : zone
          ? null
          : whyNot;
    const notes = zoneDescription.safeParse(said.get(fileName)?.notes ?? "");
    const create: ToCreate = {
      ...{ connection: request.connection, connectionLabel: "", waits: false, records: 0 },
      notes: notes.success ? notes.data : "",
    };
    const row = {
      id: newId(),
      batchId,
      organisationId: organisation.id,
      zoneId: reason === null && zone ? zone.id : null,
      name,
      mode: request.mode,
      apex: request.apex ? 1 : 0,
      state: reason === null ? ("planning" as const) : ("failed" as const),
      message: reason ?? "",
      outcome: reason === null && !zone ? JSON.stringify({ create } satisfies Kept) : null,
      actor: storedActor(actor),
      userId: actor.id,
      createdAt: now,
      finishedAt: reason === null ? null : now,
    };
    return { row, file };
  });
}

export interface BundleItem {
  id: string;
  /** The apex as the bundle has it. */
  name: string;
  displayName: string;
  /** The zone's id, once there is one that the reader sees. */
  zone: string | null;
  state: ImportRow["state"];
  /** 0 to 1 of the step that is under way. */
  progress: number;
  message: string;
  /** It is not there yet. */
  creates: Omit<ToCreate, "connection" | "notes"> | null;
  records: { created: number; updated: number; deleted: number } | null;
  /** What stands in the way of its plan, in sentences. */
  obstacles: string[];
  warnings: number;
  braked: boolean;
  lines: { line: number; column: number; reason: string }[];
  change: string | null;
}

export interface BundleView extends BundleSummary {
  items: BundleItem[];
}

export interface BundleSummary {
  batch: string;
  mode: ImportRow["mode"];
  apex: boolean;
  state: "planning" | "planned" | "applying" | "done";
  createdAt: number;
  total: number;
  /** Zones whose step is over. */
  through: number;
}

/** Only who brought it sees it, and of each zone only what they see by now. */
export function openBundle(place: Pick<Place, "organisation">, batch: string, actor: Account): BundleView {
  const rows = db()
    .select({ row: zoneImports, entry: zoneChanges.state })
    .from(zoneImports)
    .leftJoin(zoneChanges, eq(zoneChanges.id, zoneImports.changeId))
    .where(and(mine(place, actor), eq(zoneImports.batchId, batch)))
    .orderBy(asc(zoneImports.name), asc(zoneImports.id))
    .all();
  const [first] = rows;
  if (!first) throw notFound("bundle");
  const seen = new Map(
    visibleAmong(actor, eq(zones.organisationId, place.organisation.id)).map((loaded) => [loaded.zone.id, loaded]),
  );
  return {
    ...summaryOf(
      batch,
      first.row,
      rows.map(({ row }) => row.state),
    ),
    items: rows.map(({ row, entry }) => itemOf(row, entry, row.zoneId === null ? undefined : seen.get(row.zoneId))),
  };
}

/** One's last few. */
export function ownBundles(place: Pick<Place, "organisation">, actor: Account): { items: BundleSummary[] } {
  const batches = db()
    .select({
      batch: zoneImports.batchId,
      mode: zoneImports.mode,
      apex: zoneImports.apex,
      createdAt: zoneImports.createdAt,
      states: sql<string>`json_group_array(${zoneImports.state})`,
    })
    .from(zoneImports)
    .where(mine(place, actor))
    .groupBy(zoneImports.batchId)
    .orderBy(desc(zoneImports.createdAt))
    .limit(5)
    .all();
  return {
    items: batches.map(({ batch, states, ...row }) => summaryOf(batch ?? "", row, JSON.parse(states))),
  };
}

function summaryOf(
  batch: string,
  row: Pick<ImportRow, "mode" | "apex" | "createdAt">,
  states: readonly ImportRow["state"][],
): BundleSummary {
  const state = (["applying", "planning", "planned"] as const).find((one) => states.includes(one)) ?? "done";
  const open = states.filter((one) => one === "planning" || one === "applying").length;
  return {
    batch,
    mode: row.mode,
    apex: row.apex === 1,
    state,
    createdAt: row.createdAt,
    total: states.length,
    through: states.length - open,
  };
}

function itemOf(row: ImportRow, entry: string | null, loaded: LoadedZone | undefined): BundleItem {
  const { preview, lines = [], create } = JSON.parse(row.outcome ?? "{}") as Kept;
  const gone = row.zoneId !== null && !loaded;
  const plan = gone ? undefined : preview;
  // What is said of a zone may name the record that it speaks of.
  const partly = loaded?.access.seesAll === false;
  // What nobody knew when it was sent is known to the journal by now.
  const state = row.state === "failed" && (entry === "applied" || entry === "differs") ? "done" : row.state;
  return {
    id: row.id,
    name: row.name,
    displayName: displayName(row.name).replace(/\.$/, ""),
    zone: loaded ? loaded.zone.id : null,
    state,
    progress: row.progress / 1000,
    message: gone ? "You cannot see this zone any more." : state === row.state && !partly ? row.message : "",
    creates: create ? { connectionLabel: create.connectionLabel, waits: create.waits, records: create.records } : null,
    records: plan?.records ?? null,
    obstacles: loaded && plan ? obstaclesOf(plan, loaded) : [],
    warnings: plan?.warnings.length ?? 0,
    braked: plan?.brake.braked ?? false,
    lines: lines.slice(0, 5),
    change: gone ? null : row.changeId,
  };
}

const SENTENCES = 5;

/** Refusals and errors, of what the reader sees. */
function obstaclesOf(plan: NonNullable<Kept["preview"]>, { zone, access }: LoadedZone): string[] {
  const found = [
    ...plan.refused.map((one) => ({ ...one, message: one.reason })),
    ...plan.errors.map((one) => ({ ...one, message: one.line ? `Line ${one.line}: ${one.message}` : one.message })),
  ].filter((one) => sees(access, zone.name, one));
  const more = (plan.cut.refused ?? 0) + (plan.cut.errors ?? 0) + Math.max(0, found.length - SENTENCES);
  return [
    ...(plan.hidden > 0 ? ["Some of it cannot be done beside records that you cannot see."] : []),
    ...found.slice(0, SENTENCES).map(({ name, type, message }) => `${displayName(name)} ${type}: ${message}`),
    ...(more > 0 ? [`And ${more} more.`] : []),
  ];
}

/** Carries out the plans that nothing stands in the way of, or those of them that are named. */
export function applyBundle(
  place: Place,
  batch: string,
  { confirm, items }: { confirm: boolean; items?: string[] | undefined },
  actor: Account,
): BundleView {
  const ready = openBundle(place, batch, actor).items.filter(
    (item) =>
      item.state === "planned" &&
      item.obstacles.length === 0 &&
      (confirm || !item.braked) &&
      (items === undefined || items.includes(item.id)),
  );
  if (ready.length === 0) throw new Problem("conflict", "No plan of this bundle can be applied as it is.");
  transaction((tx) => {
    for (const { id } of ready) {
      const begun = tx
        .update(zoneImports)
        .set({ state: "applying", confirmed: confirm ? 1 : 0, progress: 0, message: "", actor: storedActor(actor) })
        .where(and(eq(zoneImports.id, id), eq(zoneImports.state, "planned")))
        .run();
      if (begun.changes > 0) importJob.enqueue(tx, { import: id });
    }
    audit(tx, actor, {
      ...targetOf(place),
      after: { applying: ready.map(({ name }) => name).slice(0, 100), zones: ready.length },
      batchId: batch,
      asStaff: place.asStaff,
    });
  });
  return openBundle(place, batch, actor);
}

/** What is not on its way yet is left be. */
export async function cancelBundle(place: Place, batch: string, actor: Account): Promise<BundleView> {
  const waiting = openBundle(place, batch, actor).items.filter(
    ({ state }) => state === "planning" || state === "planned",
  );
  if (waiting.length === 0) throw new Problem("conflict", "Nothing of this bundle waits any more.");
  const ids = waiting.map(({ id }) => id);
  transaction((tx) => {
    tx.update(zoneImports)
      .set({ state: "cancelled", message: "Cancelled.", finishedAt: Date.now() })
      .where(and(inArray(zoneImports.id, ids), inArray(zoneImports.state, ["planning", "planned"])))
      .run();
    audit(tx, actor, { ...targetOf(place), after: { cancelled: ids.length }, batchId: batch, asStaff: place.asStaff });
  });
  await Promise.all(ids.map((id) => stopImport(id).then(() => dropFile(fileOf(id)))));
  return openBundle(place, batch, actor);
}
