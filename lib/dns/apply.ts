/** Does a plan that was authorised and checked: in the panel's own zones at once, at a provider with a journal around it. */
import { transaction } from "#db/client.ts";
import type { Actor } from "#lib/actor.ts";
import { audit } from "#lib/audit/audit.ts";
import { stage } from "#lib/log/stages.ts";
import { killHere } from "#lib/test-hook.ts";
import { asProviderError, problemOf } from "./asking.ts";
import type { Connection } from "./connections.ts";
import {
  addEntry,
  bumpRevision,
  closeEntry,
  type Difference,
  differencesOf,
  type EntryLinks,
  type EntryState,
  markStep,
} from "./journal.ts";
import { noteGivenUp } from "./landing.ts";
import { buildGeneration, closeWith, WRITTEN_BESIDE } from "./large/generation.ts";
import { journaled, mirrored, withSerial } from "./large/journaled.ts";
import { pace, tellJournaled } from "./large/pace.ts";
import { invertPlan, recordCounts } from "./plan.ts";
import { applyLocally } from "./providers/local.ts";
import type { ProviderError, ZoneRead } from "./providers/provider.ts";
import type { Plan, RRset } from "./rrset.ts";
import type { LoadedZone } from "./zones.ts";

/** What became of a change. */
export interface Outcome {
  change: string;
  state: EntryState;
  message: string;
  differs: Difference[];
  revision: number;
}

/** A zone of the panel's own: journal, mirror and audit in one transaction, never pending. */
export function applyInPanel(loaded: LoadedZone, plan: Plan, actor: Actor, links?: EntryLinks): Outcome {
  const { zone, access } = loaded;
  return transaction((tx) => {
    applyLocally(tx, zone.id, plan);
    killHere("in-transaction");
    const revision = bumpRevision(tx, zone.id);
    const change = addEntry(tx, { zoneId: zone.id, kind: "change", plan, actor, state: "applied", revision, links });
    audit(tx, actor, {
      target: { type: "zone", id: zone.id, label: zone.name },
      organisationId: zone.organisationId,
      after: { change, state: "applied", records: recordCounts(plan) },
      asStaff: access.viaPlatform,
    });
    return { change, state: "applied", message: "", differs: [], revision };
  });
}

/**
 * The same for a plan that is too large for one transaction: the entry stands before, open, and is closed by the
 * transaction in which what was built beside the zone takes its place.
 */
export async function applyBeside(loaded: LoadedZone, plan: Plan, actor: Actor, links?: EntryLinks): Promise<Outcome> {
  const { zone, access } = loaded;
  const { whole, serial } = withSerial(zone, plan);
  const change = await journaled({ zoneId: zone.id, kind: "change", plan, actor, links }, { sent: false });
  tellJournaled({ change, plan, revision: zone.revision });
  const closing = { zone, entryId: change, plan, actor, asStaff: access.viaPlatform, read: null };
  try {
    const built = await buildGeneration(zone, whole);
    const revision = await closeWith(built, () => closeEntry({ ...closing, state: "applied", built, serial }));
    return { change, state: "applied", message: "", differs: [], revision: revision ?? zone.revision };
  } catch (error) {
    const message = pace().signal.aborted ? "It was cancelled." : "It could not be written.";
    closeEntry({ ...closing, state: "not_applied", message });
    throw error;
  }
}

/** Journals the change, sends it, reads it back and closes its entry with what is there. */
export async function applyAtProvider(
  loaded: LoadedZone,
  connection: Connection,
  plan: Plan,
  actor: Actor,
  links?: EntryLinks,
): Promise<Outcome> {
  const { zone, access } = loaded;
  const { provider } = connection;
  const externalId = zone.externalId as string;
  const { steps } = provider.preview(plan, externalId);
  const large = plan.length > WRITTEN_BESIDE;
  const entry = { zoneId: zone.id, kind: "change" as const, plan, actor, steps, links };
  const entryId = large ? await journaled(entry) : transaction((tx) => addEntry(tx, { ...entry, sentAt: Date.now() }));
  killHere("journaled");
  tellJournaled({ change: entryId, plan, revision: zone.revision });
  let done = 0;
  let failure: ProviderError | null = null;
  stage("journal");
  try {
    await provider.apply(externalId, plan, (step) => {
      done = step;
      if (steps > 1) markStep(entryId, step);
      pace().progress(step / steps);
    });
  } catch (error) {
    failure = asProviderError(error);
  }
  stage("apply");
  const touched = [...new Set(plan.map((change) => change.name))];
  let found: ZoneRead | null = null;
  try {
    found = await provider.readNames(externalId, touched);
  } catch (error) {
    failure ??= asProviderError(error);
  }
  killHere("read-back");
  stage("readback");
  const verdict = judge({ plan, found: found?.rrsets ?? null, failure, done });
  if (verdict.state === "unknown") noteGivenUp(entryId);
  const read = found && verdict.state !== "unknown" ? { names: touched, ...found } : null;
  const built = large && read ? await mirrored(zone, read) : undefined;
  const closing = { zone, entryId, plan, actor, asStaff: access.viaPlatform, ...verdict, read, built };
  const revision = await closeWith(built, () => closeEntry(closing));
  killHere("closed");
  stage("close");
  if (failure && (verdict.state === "refused" || verdict.state === "not_applied")) throw problemOf(failure, entryId);
  return { change: entryId, ...verdict, revision: revision ?? zone.revision };
}

/** What became of it, from what the provider said and what it holds now. */
function judge(input: { plan: Plan; found: RRset[] | null; failure: ProviderError | null; done: number }): {
  state: EntryState;
  message: string;
  differs: Difference[];
} {
  const { failure, found } = input;
  const message = failure?.message ?? "";
  const differs = found ? differencesOf(input.plan, found) : [];
  if (failure && input.done === 0 && failure.outcome === "refused") return { state: "refused", message, differs: [] };
  if (failure && input.done === 0 && failure.outcome === "not_sent")
    return { state: "not_applied", message, differs: [] };
  if (found && differs.length === 0) return { state: "applied", message: "", differs };
  if (failure?.over && found && differencesOf(invertPlan(input.plan), found).length === 0)
    return { state: "refused", message: `${message} Nothing was changed.`, differs: [] };
  if (failure?.outcome === "unknown" || !found)
    return { state: "unknown", message: message || "No answer yet.", differs: [] };
  if (failure) return { state: "partial", message, differs };
  return { state: "differs", message: "The provider stored something else than was sent.", differs };
}
