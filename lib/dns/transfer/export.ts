/** A zone as a file, read a little at a time, with what its reader may see and the number of what they may not. */

import { and, eq, sql } from "drizzle-orm";
import { type Db, databaseFile, open, transaction } from "#db/client.ts";
import { rrsetRows, zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { audit } from "#lib/audit/audit.ts";
import { type MirrorRow, toRRset } from "../mirror.ts";
import type { RRset } from "../rrset.ts";
import { sees } from "../visible.ts";
import { MARK } from "../zonefile/extras.ts";
import { zoneFileText } from "../zonefile/serialize.ts";
import { type LoadedZone, shownName } from "../zones.ts";
import { takeSlot } from "./slots.ts";

/** RRsets that are read between two breaths. */
const ROWS = 300;
const LONGEST_MS = 600_000;
/** Each keeps a view of the database open for as long as it is read. */
export const DOWNLOADS = { kind: "downloads", most: 3, mostInAll: 50, longestMs: LONGEST_MS } as const;

export const exportName = (loaded: LoadedZone): string =>
  `${loaded.zone.name.replace(/\.$/, "").replace(/[^a-z0-9._-]/g, "_")}.zone`;

/** The zone's file. It is noted that it was read. */
export function exportZone(loaded: LoadedZone, actor: Actor): ReadableStream<Uint8Array> {
  const { zone, access } = loaded;
  const release = takeSlot(actor.id ?? actor.type, DOWNLOADS);
  transaction((tx) =>
    audit(tx, actor, {
      target: { type: "zone", id: zone.id, label: zone.name },
      organisationId: zone.organisationId,
      after: { revision: zone.revision },
      asStaff: access.viaPlatform,
    }),
  );
  const encoder = new TextEncoder();
  const text = fileText(loaded);
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = nextOf(text, release);
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
      await new Promise((resolve) => setImmediate(resolve));
    },
    cancel: () => {
      release();
      text.return(0);
    },
  });
}

/** The last piece, and the first that cannot be read, end the download. */
function nextOf(text: Generator<string, number>, release: () => void): IteratorResult<string, number> {
  try {
    const next = text.next();
    if (next.done) release();
    return next;
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * The file in pieces, from one moment's view of the database, however the zone moves on meanwhile. What it returns in the
 * end is how many records are not in it.
 */
export function* fileText({ zone, access }: LoadedZone): Generator<string, number> {
  const view = snapshot();
  try {
    // Since it was loaded it may have moved on, or been put in order: what is read is of the moment of the view.
    const { generation, revision } = view.select().from(zones).where(eq(zones.id, zone.id)).get() ?? zone;
    yield `; ${shownName(zone)}, revision ${revision}\n${MARK}\n`;
    let hidden = 0;
    let first = true;
    for (let after: Place | null = { sortKey: "", type: "" }; after; ) {
      const { rows, next } = someRows(view, generation, after);
      const sets = rows.map(toRRset);
      const seen = sets.filter((set) => sees(access, zone.name, set));
      hidden += count(sets) - count(seen);
      const text = [...zoneFileText(zone.name, seen)].join("");
      // Each piece would say again what names are relative to.
      const piece = first ? text : text.replace(/^\$ORIGIN [^\n]*\n/, "");
      first = false;
      if (piece !== "") yield piece;
      after = next;
    }
    if (hidden > 0)
      yield `; ${hidden} ${hidden === 1 ? "record is" : "records are"} not in this file: you cannot see them.\n`;
    return hidden;
  } finally {
    view.$client.close();
  }
}

/** A handle that sees the database as it is now. Nobody keeps one longer than a download may take. */
function snapshot(): Db {
  const handle = open(databaseFile());
  handle.$client.pragma("query_only = on");
  handle.$client.exec("begin");
  handle.$client.prepare("select 1 from zones limit 1").get();
  const timer = setTimeout(() => handle.$client.close(), LONGEST_MS);
  timer.unref();
  return handle;
}

type Row = Pick<MirrorRow, "sortKey" | "type" | "name" | "ttl" | "records">;

interface Place {
  sortKey: string;
  type: string;
}

/** Rows after a place, in canonical order, all of a name together; and the place from which to go on. */
function someRows(view: Db, generation: number, { sortKey, type }: Place): { rows: Row[]; next: Place | null } {
  const rows = view
    .select({
      sortKey: rrsetRows.sortKey,
      type: rrsetRows.type,
      name: rrsetRows.name,
      ttl: rrsetRows.ttl,
      records: rrsetRows.records,
    })
    .from(rrsetRows)
    .where(
      and(eq(rrsetRows.generation, generation), sql`(${rrsetRows.sortKey}, ${rrsetRows.type}) > (${sortKey}, ${type})`),
    )
    .orderBy(rrsetRows.sortKey, rrsetRows.type)
    .limit(ROWS)
    .all();
  if (rows.length < ROWS) return { rows, next: null };
  const last = rows.at(-1)?.sortKey;
  const whole = rows.filter((row) => row.sortKey !== last);
  const taken = whole.length > 0 ? whole : rows;
  return { rows: taken, next: taken.at(-1) ?? null };
}

const count = (sets: readonly RRset[]): number => sets.reduce((sum, set) => sum + set.records.length, 0);
