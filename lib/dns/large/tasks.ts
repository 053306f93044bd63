/** What the thread for large work can be asked. Runs there and nowhere else; the other side imports its types. */
import { eq } from "drizzle-orm";
import { db } from "#db/client.ts";
import { zoneChanges, zones } from "#db/schema/index.ts";
import { compileGrants } from "#lib/access/permissions.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound } from "#lib/api/errors.ts";
import type { Page } from "#lib/api/list.ts";
import { carryOnHere } from "../bring-back.ts";
import { findInOne } from "../bulk/find.ts";
import { type FoundPlan, planHere } from "../bulk/plan.ts";
import type { Wanted as BulkWanted } from "../bulk/wanted.ts";
import { type ChangeResult, changeZone, type Preview, previewChange } from "../changes.ts";
import { connectionById } from "../connections.ts";
import { followHere } from "../delete-zone.ts";
import { type Sample, sampleOf } from "../health/sample.ts";
import { type Warnings, warningsOf } from "../health/warnings.ts";
import { type HistoryEntry, type HistoryQuery, pageOfHistory } from "../history.ts";
import type { Entry } from "../journal.ts";
import { adoptHere } from "../new-zone.ts";
import { onBehalfOf } from "../providers/caller.ts";
import type { ZoneInfo } from "../providers/provider.ts";
import { compare, type Refreshed, refresh } from "../refresh.ts";
import { settleChangeHere } from "../settle.ts";
import { recordsOfFile } from "../transfer/file-intent.ts";
import { loadZone, type Zone } from "../zones.ts";
import { type Brief, brief } from "./brief.ts";
import { dropGeneration } from "./generation.ts";
import { putInOrder } from "./in-order.ts";
import { buildIntent, type IntentData } from "./intents.ts";
import { telling } from "./pace.ts";

/** An actor as threads pass one on. */
export type SentActor = Omit<Actor, "grants"> & { grants: readonly string[] };

/** Who asks about which zone. */
interface Asked {
  organisation: string;
  zone: string;
  actor: SentActor;
}

/** What they want of it, as data. */
interface Wanted extends Asked {
  data: IntentData;
}

export interface Questions {
  preview: Wanted;
  change: Wanted;
  /** What a bulk change would do in a zone. */
  bulk: Asked & { wanted: BulkWanted };
  history: Asked & { query: HistoryQuery };
  refresh: { zone: string };
  compare: { zone: string; info: ZoneInfo };
  adopt: { zone: string; entry: string; info: ZoneInfo };
  warnings: { zone: string };
  /** What the name servers of a zone are asked for. */
  sample: { zone: string };
  /** The file of a zone that is not there yet. */
  read: { apex: string; file: string };
  sweep: { generations: readonly number[] };
  order: { zone: string };
  /** A zone that is about to be deleted at its provider. */
  follow: { zone: string };
  /** A change that nobody answered. */
  settle: { zone: string; entry: string };
  /** One that is being brought back there. */
  undelete: { zone: string; entry: string };
}

export interface Answers {
  preview: Brief<Preview>;
  change: Brief<ChangeResult>;
  bulk: FoundPlan;
  history: Page<HistoryEntry>;
  refresh: Refreshed;
  compare: Refreshed;
  adopt: null;
  warnings: Warnings;
  sample: Sample;
  read: number;
  sweep: null;
  order: null;
  follow: boolean;
  settle: boolean;
  undelete: null;
}

export type TaskName = keyof Questions;

export const tasks: { [T in TaskName]: (question: Questions[T]) => Promise<Answers[T]> } = {
  preview: async (wanted) => {
    const loaded = load(wanted);
    const { intent, beside } = await buildIntent(loaded, wanted.data, actorFrom(wanted));
    return brief({ ...(await previewChange(loaded, intent)), ...beside });
  },

  change: (wanted) =>
    oneAfterTheOther(lineOf(wanted), async () => {
      const loaded = load(wanted);
      const { intent, beside } = await buildIntent(loaded, wanted.data, actorFrom(wanted));
      const result = await telling(beside, () => changeZone(loaded, intent, actorFrom(wanted)));
      return brief({ ...result, ...beside });
    }),

  bulk: async (asked) => planHere(asked.wanted, await findInOne(asked.wanted, load(asked), actorFrom(asked))),

  history: async (asked) => pageOfHistory(load(asked), asked.query, actorFrom(asked)),

  refresh: async ({ zone }) => forZone(zone, (row) => refresh(row)),

  compare: async ({ zone, info }) => forZone(zone, (row) => compare(row, info)),

  adopt: async ({ zone, entry, info }) => {
    await forZone(zone, (row) => adoptHere(row, entryOf(entry), info));
    return null;
  },

  warnings: async ({ zone }) => warningsOf(zoneOf(zone)),

  sample: async ({ zone }) => sampleOf(zoneOf(zone)),

  read: async ({ apex, file }) => recordsOfFile(apex, file),

  sweep: async ({ generations }) => {
    for (const generation of generations) await dropGeneration(generation);
    return null;
  },

  order: async ({ zone }) => {
    await putInOrder(zoneOf(zone));
    return null;
  },

  follow: ({ zone }) => forZone(zone, followHere),

  settle: ({ zone, entry }) => forZone(zone, (row) => settleChangeHere(entryOf(entry), row)),

  undelete: async ({ zone, entry }) => {
    await forZone(zone, (row) => carryOnHere(row, entryOf(entry)));
    return null;
  },
};

const actorFrom = ({ actor }: Asked): Actor => ({ ...actor, grants: compileGrants(actor.grants) });

/** The access is looked up again here, so that a message is never what authorises. */
const load = (asked: Asked) => loadZone(asked.organisation, asked.zone, actorFrom(asked));

function zoneOf(id: string): Zone {
  const zone = db().select().from(zones).where(eq(zones.id, id)).get();
  if (!zone) throw notFound("zone");
  return zone;
}

function entryOf(id: string): Entry {
  const row = db().select().from(zoneChanges).where(eq(zoneChanges.id, id)).get();
  if (!row) throw notFound("change");
  return row;
}

function forZone<T>(id: string, work: (zone: Zone) => Promise<T>): Promise<T> {
  const row = zoneOf(id);
  return onBehalfOf({ organisation: row.organisationId, bulk: true }, () => work(row));
}

/** Where calls are counted a change can wait for minutes: others do not wait for that. */
const lineOf = ({ zone }: Wanted): "counted" | "others" =>
  connectionById(zoneOf(zone).connection)?.kind === "cloudflare" ? "counted" : "others";

const last: Record<ReturnType<typeof lineOf>, Promise<unknown>> = {
  counted: Promise.resolve(),
  others: Promise.resolve(),
};

/** Each holds the whole of a zone in memory. */
function oneAfterTheOther<T>(line: keyof typeof last, work: () => Promise<T>): Promise<T> {
  const mine = last[line].then(work, work);
  last[line] = mine.catch(() => {});
  return mine;
}
