/** What a zone begins with, and the plans of it: a template's records, or those of another zone. */
import { and, eq } from "drizzle-orm";
import { db } from "#db/client.ts";
import { zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, isProblem, notFound, Problem } from "#lib/api/errors.ts";
import type { Organisation } from "#lib/organisations/organisations.ts";
import { accessIn } from "#lib/tokens/lowered.ts";
import { connectionOf } from "../asking.ts";
import type { Intent } from "../changes.ts";
import { assertSeen } from "../intents.ts";
import { readMirror } from "../mirror.ts";
import { makePlan } from "../plan.ts";
import { type RRset, rrsetKey } from "../rrset.ts";
import { type LoadedZone, loadZone } from "../zones.ts";
import { copyFor, withoutRefused } from "./clone.ts";
import { recordsIn, type TemplateContent, wantedOf } from "./content.ts";
import { listTemplates, loadTemplate, type Template } from "./templates.ts";

/** By id, so that a claim can keep it until its zone is there. */
export type First = { template: string } | { clone: string };

/** What was asked for, looked up now; null: nothing. `template: ""` is none, not even the standard one. */
export function firstOf(
  organisation: Organisation,
  { template, clone }: { template?: string | undefined; clone?: string | undefined },
  actor: Actor,
): First | null {
  if (clone !== undefined) return { clone: sourceOf(organisation, clone, actor).zone.id };
  if (template === "") return null;
  const chosen =
    template === undefined
      ? listTemplates(organisation.id).items.find(({ standard }) => standard)
      : loadTemplate(organisation.id, template);
  return chosen ? { template: chosen.id } : null;
}

/** What a zone begins with, and a template for one that is there, in a form that another thread can be told. */
export interface FirstData {
  kind: "first";
  first: First;
}
export interface TemplateData {
  kind: "template";
  template: string;
  confirm: boolean;
}

/** How the zone is filled with it, and what of it is not as it was where it comes from. Throws where it is gone, or not the actor's to see any more. */
export function firstIntent(loaded: LoadedZone, { first }: FirstData, actor: Actor) {
  const { organisation } = loaded;
  const intent =
    "template" in first
      ? templateIntent(loaded, loadTemplate(organisation.id, first.template))
      : cloneIntent(loaded, sourceOf(organisation, first.clone, actor));
  return { intent, beside: { notices: (intent.notices ?? []).map(({ message }) => message).join(" ") } };
}

export const appliedIntent = (loaded: LoadedZone, { template, confirm }: TemplateData, actor: Actor) => ({
  intent: { ...templateIntent(loaded, templateFor(loaded, template, actor)), confirm },
  beside: {},
});

/** Templates are for those who are in the organisation: a guest of one zone is shown none. */
function templateFor({ organisation, role }: LoadedZone, id: string, actor: Actor): Template {
  if (!accessIn(organisation.id, role, actor).member) throw notFound("template");
  return loadTemplate(organisation.id, id);
}

/** How many names it speaks of at most, and whether it could delegate some of the zone. Throws where a template is gone. */
export function sizeOfFirst({ organisation }: LoadedZone, first: First): { names: number; cuts: boolean } {
  if ("clone" in first) {
    const { id } = organisation;
    const source = db()
      .select()
      .from(zones)
      .where(and(eq(zones.id, first.clone), eq(zones.organisationId, id)))
      .get();
    return { names: source?.recordCount ?? 0, cuts: false };
  }
  const { count, records } = loadTemplate(organisation.id, first.template);
  return { names: count + 1, cuts: DELEGATING.test(records) };
}

const DELEGATING = /\b(?:NS|DS|DNAME|TYPE\d+)\b/i;

function sourceOf(organisation: { id: string }, clone: string, actor: Actor): LoadedZone {
  const source = openSource(organisation, clone, actor);
  if (!source.access.seesAll)
    throw new Problem("forbidden", "Only a zone all of whose records you can view is copied.", { missing: "view" });
  return source;
}

function openSource(organisation: { id: string }, clone: string, actor: Actor): LoadedZone {
  try {
    const source = loadZone(organisation.id, clone, actor);
    if (source.access.level !== "none") return source;
  } catch (error) {
    if (!isProblem(error) || error.code !== "not_found") throw error;
  }
  throw invalid({ clone: "There is no such zone in this organisation." });
}

function templateIntent({ zone, access }: LoadedZone, template: TemplateContent): Intent {
  const { capabilities } = connectionOf(zone).provider;
  const filled = recordsIn(template, zone.name, capabilities.flattensApex);
  if (!filled.ok) throw invalid({ template: filled.reason });
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
  const { provider } = connectionOf(zone);
  const copy = copyFor(sets, source.zone.name, zone.name, provider.capabilities);
  const scope = new Set(copy.rrsets.map(rrsetKey));
  const objections = provider.objections?.(
    zone.externalId ?? "",
    makePlan([], copy.rrsets, { scope, apex: zone.name }),
  );
  const { rrsets: wanted, notices } = withoutRefused(copy, objections ?? []);
  assertSeen(zone, access, wanted);
  return {
    names: [...new Set(wanted.map(({ name }) => name))],
    build: () => ({ wanted, scope: new Set(wanted.map(rrsetKey)) }),
    fieldOf: () => "clone",
    notices,
  };
}
