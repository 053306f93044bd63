/** Templates and clones as plans: previewed, authorised, checked, braked and journaled like any other. */
import type { OrganisationAccess } from "#lib/access/organisation-role.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, isProblem, notFound, Problem } from "#lib/api/errors.ts";
import type { Organisation } from "#lib/organisations/organisations.ts";
import { accessIn } from "#lib/tokens/lowered.ts";
import { connectionOf } from "../asking.ts";
import { type ChangeResult, changeZone, type Intent, type Preview, previewChange } from "../changes.ts";
import { askForZone } from "../claims/ask.ts";
import { assertSeen } from "../intents.ts";
import { readMirror } from "../mirror.ts";
import type { ZoneRequest } from "../new-zone.ts";
import type { ProviderCapabilities } from "../providers/provider.ts";
import { type RRset, rrsetKey } from "../rrset.ts";
import { type LoadedZone, loadZone, type ZoneSummary } from "../zones.ts";
import { copyFor } from "./clone.ts";
import { recordsIn, type TemplateContent, wantedOf } from "./content.ts";
import { listTemplates, loadTemplate, type Template } from "./templates.ts";

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

/** A new zone, and then its first records: a template's, those of another zone, or those of the standard template. */
export async function addFilledZone(
  organisation: Organisation,
  request: ZoneRequest & { template?: string | undefined; clone?: string | undefined },
  actor: Actor,
  access: OrganisationAccess,
): Promise<FilledZone> {
  const { template, clone, ...zone } = request;
  if (template !== undefined && clone !== undefined)
    throw invalid({ template: "A new zone begins with a template or as a copy, not both." });
  if (zone.link && (template || clone))
    throw invalid({ [template ? "template" : "clone"]: "A zone that is linked keeps the records that it has." });
  // Both are looked up first: nothing is made for a name that is mistyped.
  const first = zone.link ? null : firstRecords(organisation, { template, clone }, actor);
  const made = await askForZone(organisation, zone, actor, access);
  if (!first) return { ...made, firstRecords: null };
  if (made.status !== "active") {
    const message = "The zone is not there yet. Apply the template, or copy the records, once it is.";
    return { ...made, firstRecords: { state: "waiting", message } };
  }
  try {
    const loaded = loadZone(organisation.id, made.id, actor);
    await changeZone(loaded, first(loaded), actor);
    const { zone: now } = loadZone(organisation.id, made.id, actor);
    const after = { recordCount: now.recordCount, revision: now.revision, serial: now.serial };
    return { ...made, ...after, firstRecords: { state: "done", message: "" } };
  } catch (error) {
    if (!isProblem(error)) throw error;
    const message = `The zone was made, without its first records: ${error.message}`;
    return { ...made, firstRecords: { state: "failed", message } };
  }
}

/** Says how to fill the zone once there is one. `template: ""` is none, not even the standard one. */
function firstRecords(
  organisation: Organisation,
  { template, clone }: { template?: string | undefined; clone?: string | undefined },
  actor: Actor,
): ((loaded: LoadedZone) => Intent) | null {
  if (clone !== undefined) {
    const source = sourceOf(organisation, clone, actor);
    if (!source.access.seesAll)
      throw new Problem("forbidden", "Only a zone all of whose records you can view is copied.", { missing: "view" });
    return (loaded) => cloneIntent(loaded, source);
  }
  const chosen =
    template === undefined
      ? listTemplates(organisation.id).items.find(({ standard }) => standard)
      : template === ""
        ? undefined
        : loadTemplate(organisation.id, template);
  return chosen ? (loaded) => templateIntent(loaded, chosen) : null;
}

function sourceOf(organisation: Organisation, clone: string, actor: Actor): LoadedZone {
  try {
    const source = loadZone(organisation.id, clone, actor);
    if (source.access.level !== "none") return source;
  } catch (error) {
    if (!isProblem(error) || error.code !== "not_found") throw error;
  }
  throw invalid({ clone: "There is no such zone in this organisation." });
}

/** Templates are for those who are in the organisation: a guest of one zone is shown none. */
function templateFor({ organisation, role }: LoadedZone, id: string, actor: Actor): Template {
  if (!accessIn(organisation.id, role, actor).member) throw notFound("template");
  return loadTemplate(organisation.id, id);
}

function templateIntent({ zone, access }: LoadedZone, template: TemplateContent): Intent {
  const filled = recordsIn(template, zone.name);
  if (!filled.ok) throw invalid({ template: filled.reason });
  const { capabilities } = connectionOf(zone).provider;
  // What the provider keeps to itself is left to it.
  const content = {
    ...template,
    nameservers: capabilities.editableApexNs ? template.nameservers : [],
    soa: capabilities.editableSoa ? template.soa : null,
  };
  const build = (current: readonly RRset[]) => {
    const wanted = wantedOf(content, filled.rrsets, zone.name, current);
    return { wanted, scope: new Set(wanted.map(rrsetKey)) };
  };
  const apex = content.soa || content.nameservers.length > 0 ? [zone.name] : [];
  const places = [...filled.rrsets, ...apex.flatMap((name) => ["SOA", "NS"].map((type) => ({ name, type })))];
  assertSeen(zone, access, places);
  return { names: [...new Set([...filled.rrsets.map(({ name }) => name), ...apex])], build, fieldOf: () => "template" };
}

/** More is for export and import, which write beside the zone. */
const MOST_SETS = 5000;

function cloneIntent({ zone, access }: LoadedZone, source: LoadedZone): Intent {
  const sets = readMirror(source.zone.id);
  if (sets.length > MOST_SETS)
    throw new Problem("conflict", "This zone is too large to copy in one go. Export it and import it instead.");
  const capabilities: ProviderCapabilities = connectionOf(zone).provider.capabilities;
  const wanted = copyFor(sets, source.zone.name, zone.name, capabilities);
  assertSeen(zone, access, wanted);
  return {
    names: [...new Set(wanted.map(({ name }) => name))],
    build: () => ({ wanted, scope: new Set(wanted.map(rrsetKey)) }),
    fieldOf: () => "clone",
  };
}
