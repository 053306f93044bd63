/** Templates and clones as plans: previewed, authorised, checked, braked and journaled like any other. */
import { transaction } from "#db/client.ts";
import type { OrganisationAccess } from "#lib/access/organisation-role.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, isProblem, notFound } from "#lib/api/errors.ts";
import type { Organisation } from "#lib/organisations/organisations.ts";
import { accessIn } from "#lib/tokens/lowered.ts";
import { type ChangeResult, changeZone, type Preview, previewChange } from "../changes.ts";
import { askForZone } from "../claims/ask.ts";
import { firstRecords, noteOn } from "../claims/first-records.ts";
import type { ZoneRequest } from "../new-zone.ts";
import { type LoadedZone, loadZone, summaryOfZone, type ZoneSummary } from "../zones.ts";
import { type First, firstIntent, firstOf, noticesOf, templateIntent } from "./first.ts";
import { loadTemplate, type Template } from "./templates.ts";

/** What became of the records that a new zone was to begin with. */
export interface FirstRecords {
  state: "done" | "waiting" | "failed";
  message: string;
}

export type FilledZone = ZoneSummary & { firstRecords: FirstRecords | null };

export const previewTemplate = (loaded: LoadedZone, id: string, actor: Actor): Promise<Preview> =>
  previewChange(loaded, templateIntent(loaded, templateFor(loaded, id, actor)));

export const applyTemplate = (loaded: LoadedZone, id: string, confirm: boolean, actor: Actor): Promise<ChangeResult> =>
  changeZone(loaded, { ...templateIntent(loaded, templateFor(loaded, id, actor)), confirm }, actor);

/** A new zone, and what it is to begin with. */
export interface ZoneWish {
  zone: ZoneRequest;
  first: First | null;
  /** `late`: the caller has been answered before its end. `left`: and a job brings the first records. */
  answered: "no" | "late" | "left";
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
  return { zone, first: zone.link ? null : firstOf(organisation, { template, clone }, actor), answered: "no" };
}

/** The new zone, and then its first records. */
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
  if (wish.answered === "left") return { ...made, firstRecords: later };
  try {
    const intent = firstIntent(loaded, first, actor);
    await changeZone(loaded, intent, actor);
    const { zone: now } = loadZone(organisation.id, made.id, actor);
    const after = { recordCount: now.recordCount, revision: now.revision, serial: now.serial };
    return { ...made, ...after, firstRecords: { state: "done", message: noticesOf(intent) } };
  } catch (error) {
    if (!isProblem(error)) throw error;
    const message = `The zone was made, without its first records: ${error.message}`;
    if (wish.answered === "late") noteOn(loaded.zone, message);
    return { ...made, firstRecords: { state: "failed", message } };
  }
}

/** The new zone while that goes on. Where it is still being made, a job brings its first records. */
export function filledLater(organisation: Organisation, id: string, wish: ZoneWish, actor: Actor): FilledZone {
  const { first } = wish;
  const loaded = loadZone(organisation.id, id, actor);
  wish.answered = first && loaded.zone.externalId === null ? "left" : "late";
  if (first && wish.answered === "left")
    transaction((tx) =>
      firstRecords.enqueue(tx, { zone: id, first, claimedBy: actor.id, tokenId: actor.token?.id ?? null }),
    );
  return { ...summaryOfZone(loaded, actor), firstRecords: first && later };
}

const later: FirstRecords = { state: "waiting", message: "The zone begins with its first records once it is there." };

/** Templates are for those who are in the organisation: a guest of one zone is shown none. */
function templateFor({ organisation, role }: LoadedZone, id: string, actor: Actor): Template {
  if (!accessIn(organisation.id, role, actor).member) throw notFound("template");
  return loadTemplate(organisation.id, id);
}
