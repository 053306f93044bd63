/**
 * The one way in which records change: lock, read, plan, authorise, check, brake, compare, journal, apply, read back. The
 * editor, the REST API and whatever comes later all end here.
 */
import { authorisePlan, type RefusedChange } from "#lib/access/act.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { stage } from "#lib/log/stages.ts";
import { limitOf } from "#lib/organisations/limits.ts";
import { namesToRead } from "./advice.ts";
import { aloneIn } from "./alone.ts";
import { applyAtProvider, applyBeside, applyInPanel } from "./apply.ts";
import { asking, connectionOf } from "./asking.ts";
import type { Connection } from "./connections.ts";
import { type Current, followOutside, readCurrent, revisionOf } from "./current.ts";
import { rrsetHash } from "./hash.ts";
import { type Difference, type EntryLinks, type EntryState, openEntryOf } from "./journal.ts";
import { WRITTEN_BESIDE } from "./large/generation.ts";
import { unlessStopped } from "./large/pace.ts";
import { leavingManaged, withManaged } from "./managed.ts";
import { readMirrorNames } from "./mirror.ts";
import { isBelow } from "./name.ts";
import { brake, makePlan, recordCounts } from "./plan.ts";
import { type Caller, onBehalfOf } from "./providers/caller.ts";
import { type Plan, type RRset, rrsetKey } from "./rrset.ts";
import { checkZone, type Finding } from "./rules.ts";
import { settleEntry } from "./settle.ts";
import { sees } from "./visible.ts";
import type { LoadedZone, Zone } from "./zones.ts";

/** What somebody wants of a zone. */
export interface Intent {
  /** Owner names that the change speaks of, absolute and canonical. */
  names: readonly string[];
  /** From what is there now to what shall be. RRsets of `scope` that are not wanted are deleted. */
  build(current: readonly RRset[]): { wanted: readonly RRset[]; scope: ReadonlySet<string> };
  /** The input field that a finding is about. */
  fieldOf(finding: Finding): string;
  /** The line of a file that a finding is about. */
  lineOf?(finding: Finding): number | undefined;
  /** What the caller should know before anything is looked at. */
  notices?: readonly Finding[];
  /** The hash of each RRset that the caller had seen. One that moved stops the change. */
  expect?: readonly Expectation[] | ((current: readonly RRset[]) => readonly Expectation[]);
  confirm?: boolean;
  /** It speaks of a whole zone or file and not of single records: what others manage is left as it is. */
  sweeping?: boolean;
  /** The zone's revision that this was worked out for. Another one stops the change. */
  revision?: number;
  links?: EntryLinks;
}

export interface Expectation {
  name: string;
  type: string;
  hash: string;
}

export interface Preview {
  plan: Plan;
  records: { created: number; updated: number; deleted: number };
  /** Who may not do what. Empty, with nothing hidden: all of it is allowed. */
  refused: RefusedChange[];
  /** How many refusals and errors are about records that the caller cannot see. */
  hidden: number;
  errors: Finding[];
  warnings: Finding[];
  brake: { braked: boolean; touched: number; total: number; percent: number };
  conflicts: Conflict[];
  /** Calls at the provider; more than one is not atomic. */
  steps: number;
}

export interface Conflict {
  name: string;
  type: string;
  now: RRset | null;
  yours: RRset | null;
  hash: string;
}

export interface ChangeResult {
  /** The journal entry; null when nothing differed, and so nothing was done. */
  change: string | null;
  state: EntryState;
  plan: Plan;
  warnings: Finding[];
  message: string;
  differs: Difference[];
  revision: number;
}

/** A change of more names than this is bulk work to a provider whose calls are counted. */
const SINGLE_EDIT_NAMES = 20;

const callerOf = ({ organisation }: LoadedZone, intent: Intent): Caller => ({
  organisation: organisation.id,
  bulk: intent.names.length > SINGLE_EDIT_NAMES,
});

/** The plan, and everything that would stop it. Writes nothing. */
export const previewChange = (loaded: LoadedZone, intent: Intent): Promise<Preview> =>
  onBehalfOf(callerOf(loaded, intent), () => preview(loaded, intent));

async function preview(loaded: LoadedZone, intent: Intent): Promise<Preview> {
  const connection = connectionOf(loaded.zone);
  const current = await readCurrent(connection, loaded.zone, intent);
  const plan = planFor(loaded.zone, intent, current.rrsets);
  const { refused, hidden } = authorise(loaded, plan, current.rrsets);
  const checked = check(loaded, connection, plan, current);
  return {
    plan,
    records: recordCounts(plan),
    refused,
    errors: located(intent, checked.errors),
    warnings: [...(intent.notices ?? []), ...located(intent, checked.warnings)],
    hidden: hidden + checked.hidden,
    brake: brake(plan, loaded.zone.recordCount),
    conflicts: conflictsOf(intent, current.rrsets, plan),
    steps: connection.provider.preview(plan, loaded.zone.externalId ?? "").steps,
  };
}

/** Does it. Throws a Problem when nothing was done; an outcome nobody knows yet is a result with the state `unknown`. */
export const changeZone = (loaded: LoadedZone, intent: Intent, actor: Actor): Promise<ChangeResult> =>
  onBehalfOf(callerOf(loaded, intent), () => change(loaded, intent, actor));

function change(loaded: LoadedZone, intent: Intent, asked: Actor): Promise<ChangeResult> {
  return aloneIn(loaded, asked, async (fresh, actor) => {
    const connection = connectionOf(fresh.zone);
    await settleFirst(fresh.zone);
    assertRevision(fresh.zone, intent);
    const current = await unlessStopped(readCurrent(connection, fresh.zone, intent));
    if (connection.kind !== "local") followOutside(fresh.zone, current);
    stage("read");
    const plan = planFor(fresh.zone, intent, current.rrsets);
    const allowed = assertAllowed(fresh, connection, intent, plan, current);
    const warnings = [...(intent.notices ?? []), ...located(intent, allowed.warnings)];
    stage("plan");
    if (plan.length === 0) {
      return {
        change: null,
        state: "applied",
        plan,
        warnings,
        message: "Nothing to change.",
        differs: [],
        revision: fresh.zone.revision,
      };
    }
    const outcome =
      connection.kind === "local"
        ? plan.length > WRITTEN_BESIDE
          ? await applyBeside(fresh, plan, actor, intent.links)
          : applyInPanel(fresh, plan, actor, intent.links)
        : await applyAtProvider(fresh, connection, plan, actor, intent.links);
    return { plan, warnings, ...outcome };
  });
}

/** Settling may have moved the zone on as well, so this is asked of what is on the row now. */
function assertRevision(zone: Zone, { revision }: Intent): void {
  if (revision !== undefined && revisionOf(zone) !== revision)
    throw new Problem("zone_moved", "The zone has changed since this was worked out. Look at it again.");
}

const located = (intent: Intent, findings: readonly Finding[]): Finding[] =>
  findings.map((finding) => {
    const line = intent.lineOf?.(finding);
    return line === undefined ? finding : { ...finding, line };
  });

const planFor = (zone: Zone, intent: Intent, current: readonly RRset[]): Plan => {
  const { wanted, scope } = intent.build(current);
  return makePlan(
    current.filter((set) => scope.has(rrsetKey(set))),
    intent.sweeping ? withManaged(current, wanted, scope) : leavingManaged(current, wanted),
    { scope, apex: zone.name },
  );
};

/** What is refused, as far as the caller may know of it. */
function authorise({ zone, access }: LoadedZone, plan: Plan, current: readonly RRset[]) {
  const all = authorisePlan({
    plan,
    apex: zone.name,
    access,
    hiddenBelow: (name) => current.filter((set) => set.name === name || isBelow(set.name, name)),
  });
  const refused = all.filter((one) => sees(access, zone.name, one));
  return { refused, hidden: all.length - refused.length };
}

/** Who does not see all of the zone is told what follows from what they see; what else is wrong is a number. */
function check(loaded: LoadedZone, connection: Connection, plan: Plan, current: Current) {
  const all = findings(loaded, connection, plan, current, true);
  if (loaded.access.seesAll) return { ...all, hidden: 0 };
  const seen = findings(loaded, connection, plan, current, false);
  const known = new Set(seen.errors.map((error) => JSON.stringify(error)));
  const errors = all.errors.filter((error) => known.has(JSON.stringify(error)));
  return { errors, warnings: seen.warnings, hidden: all.errors.length - errors.length };
}

function findings({ zone, access }: LoadedZone, connection: Connection, plan: Plan, current: Current, whole: boolean) {
  // Warnings look at other names too (targets, delegations above): for those the mirror is good enough.
  const known = new Set(current.names);
  const there = new Set(current.rrsets.map(rrsetKey));
  const others = namesToRead(plan, zone.name).filter((name) => !known.has(name));
  const beside = readMirrorNames(zone.id, zone.name, others).filter((set) => !there.has(rrsetKey(set)));
  const { errors, warnings } = checkZone({
    apex: zone.name,
    current: [...current.rrsets, ...beside].filter((set) => whole || sees(access, zone.name, set)),
    plan,
    capabilities: connection.provider.capabilities,
    signed: current.signed,
    read: new Set(whole ? [...current.names, ...others] : []),
  });
  errors.push(...(connection.provider.objections?.(zone.externalId ?? "", plan) ?? []));
  const first = plan[0];
  if (first && current.readOnly !== undefined) {
    const { name, type } = first;
    return {
      errors: [{ code: "zone_read_only", name, type, message: current.readOnly, field: "name" as const }],
      warnings,
    };
  }
  const { created, deleted } = recordCounts(plan);
  const limit = limitOf(zone.organisationId, "limits.records_per_zone");
  if (first && created > deleted && zone.recordCount + created - deleted > limit) {
    errors.push({
      code: "too_many_records",
      name: first.name,
      type: first.type,
      message: `A zone can have at most ${limit} records.`,
    });
  }
  return { errors, warnings };
}

/** In this order: may they, is it right, do they mean it, is it what they saw. */
function assertAllowed(loaded: LoadedZone, connection: Connection, intent: Intent, plan: Plan, current: Current) {
  const { refused, hidden } = authorise(loaded, plan, current.rrsets);
  if (refused.length + hidden > 0) {
    throw new Problem("forbidden", refused[0]?.reason ?? "This would hide records that you cannot see.", {
      missing: String(refused[0]?.needs ?? "full"),
      refused,
      hidden,
    });
  }
  const { errors, warnings, hidden: unseen } = check(loaded, connection, plan, current);
  if (unseen > 0 && errors.length === 0) {
    const message = "This does not fit beside records that you cannot see.";
    throw new Problem("invalid_input", message, { fields: { name: message }, hidden: unseen });
  }
  if (errors.length > 0) {
    const fields: Record<string, string> = {};
    for (const finding of errors) fields[intent.fieldOf(finding)] ??= finding.message;
    const message = errors[0]?.message ?? "This is not valid.";
    throw new Problem("invalid_input", message, { fields, errors: located(intent, errors) });
  }
  const brakes = brake(plan, loaded.zone.recordCount);
  if (brakes.braked && !intent.confirm) {
    throw new Problem(
      "confirm_required",
      `This changes or deletes ${brakes.touched} of ${brakes.total} records (${brakes.percent} %). Confirm that you mean it.`,
      { brake: brakes },
    );
  }
  const conflicts = conflictsOf(intent, current.rrsets, plan);
  if (conflicts.length > 0) {
    throw new Problem("zone_moved", "Somebody else has changed these records since you saw them.", { conflicts });
  }
  return { warnings };
}

function conflictsOf(intent: Intent, current: readonly RRset[], plan: Plan): Conflict[] {
  const now = new Map(current.map((set) => [rrsetKey(set), set]));
  const planned = new Map(plan.map((change) => [rrsetKey(change), change.after]));
  const expected = typeof intent.expect === "function" ? intent.expect(current) : (intent.expect ?? []);
  return expected.flatMap(({ name, type, hash }) => {
    const key = rrsetKey({ name, type });
    const present = now.get(key) ?? null;
    if (rrsetHash(present) === hash) return [];
    return [
      {
        name,
        type,
        now: present,
        yours: planned.has(key) ? (planned.get(key) ?? null) : present,
        hash: rrsetHash(present),
      },
    ];
  });
}

/** A zone of which something is not known yet is not written to. */
export async function settleFirst(zone: Zone): Promise<void> {
  const entry = openEntryOf(zone.id);
  if (!entry || (await asking(() => settleEntry(entry, zone)))) return;
  throw new Problem(
    "zone_settling",
    "An earlier change to this zone has had no answer yet. It is being checked; try again in a minute.",
    {
      change: entry.id,
      retryAfter: 30,
    },
  );
}
