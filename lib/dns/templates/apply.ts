/** Templates and clones as plans: previewed, authorised, checked, braked and journaled like any other. */
import { transaction } from "#db/client.ts";
import type { OrganisationAccess } from "#lib/access/organisation-role.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, isProblem } from "#lib/api/errors.ts";
import type { Organisation } from "#lib/organisations/organisations.ts";
import { killHere } from "#lib/test-hook.ts";
import { askForZone } from "../claims/ask.ts";
import { fill, filled, firstRecords, isForLater, payloadOf, unfilled } from "../claims/first-records.ts";
import type { ZoneRequest } from "../new-zone.ts";
import { loadZone, summaryOfZone, type ZoneSummary } from "../zones.ts";
import { type First, firstOf } from "./first.ts";

/** What became of the records that a new zone was to begin with. */
export interface FirstRecords {
  state: "done" | "waiting" | "failed";
  message: string;
}

export type FilledZone = ZoneSummary & { firstRecords: FirstRecords | null };

/** A new zone, and what it is to begin with. */
export interface ZoneWish {
  zone: ZoneRequest;
  first: First | null;
  /** The caller has been answered, and a job brings the first records. */
  left: boolean;
}

/** All that is named is looked up before anything is made: a template, another zone, or the standard template. */
export function zoneWish(
  organisation: Organisation,
  { template, clone, ...zone }: ZoneRequest & { template?: string | undefined; clone?: string | undefined },
  actor: Actor,
): ZoneWish {
  if (template !== undefined && clone !== undefined)
    throw invalid({ template: "A new zone begins with a template or as a copy, not both." });
  if (zone.link && (template || clone))
    throw invalid({ [template ? "template" : "clone"]: "A zone that is linked keeps the records that it has." });
  return { zone, first: zone.link ? null : firstOf(organisation, { template, clone }, actor), left: false };
}

/** The new zone, and then its first records. A job stands by from the moment that the zone's name is taken. */
export async function addFilledZone(
  organisation: Organisation,
  wish: ZoneWish,
  actor: Actor,
  access: OrganisationAccess,
): Promise<FilledZone> {
  const { zone, first } = wish;
  const made = await askForZone(organisation, zone, actor, access, first);
  if (!first) return { ...made, firstRecords: null };
  const loaded = loadZone(organisation.id, made.id, actor);
  if (loaded.zone.reserved === 0) {
    const message = "The zone begins with its first records once control of the domain is proved.";
    return { ...made, firstRecords: { state: "waiting", message } };
  }
  if (wish.left) return { ...made, firstRecords: later };
  killHere("before-first");
  const became = await fillNow(loaded, first, actor);
  return { ...summaryOfZone(loadZone(organisation.id, made.id, actor), actor), firstRecords: became };
}

async function fillNow(loaded: Parameters<typeof fill>[0], first: First, actor: Actor): Promise<FirstRecords> {
  const job = payloadOf(loaded.zone.id, first, actor);
  try {
    const message = await fill(loaded, first, actor);
    transaction((tx) => {
      firstRecords.drop(tx, job);
      filled(tx, loaded.zone.id, "");
    });
    return { state: "done", message };
  } catch (error) {
    if (!isProblem(error)) throw error;
    if (isForLater(error))
      return { state: "waiting", message: `Its first records are still to come: ${error.message}` };
    const message = transaction((tx) => {
      firstRecords.drop(tx, job);
      return unfilled(tx, loaded.zone, first, actor, error.message);
    });
    return { state: "failed", message };
  }
}

/** The new zone while that goes on. Where it is still being made, the job brings its first records, without waiting for whoever asked. */
export function filledLater(organisation: Organisation, id: string, wish: ZoneWish, actor: Actor): FilledZone {
  const { first } = wish;
  const loaded = loadZone(organisation.id, id, actor);
  wish.left = first !== null && loaded.zone.externalId === null;
  if (first && wish.left) transaction((tx) => firstRecords.hasten(tx, payloadOf(id, first, actor), Date.now()));
  return { ...summaryOfZone(loaded, actor), firstRecords: first && later };
}

const later: FirstRecords = { state: "waiting", message: "The zone begins with its first records once it is there." };
