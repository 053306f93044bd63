/** The schedules of a server. Every step belongs to whoever wrote it, and is run with what they may do by then. */
import { and, asc, count, desc, eq, inArray } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { scheduleRuns, scheduleSteps, serverSchedules } from "#db/schema/index.ts";
import type { SingleCapability } from "#lib/access/server-capability.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { actorAgain, storedActor } from "#lib/tokens/actor-again.ts";
import { targetOf } from "../installation.ts";
import { type LoadedServer, loadServer, type ServerRow } from "../load.ts";
import {
  type GivenStep,
  nextAfter,
  type Outcome,
  type Schedule,
  type ScheduleFields,
  type StepKind,
} from "./shapes.ts";

export type ScheduleRow = typeof serverSchedules.$inferSelect;
export type StepRow = typeof scheduleSteps.$inferSelect;
type Place = Pick<LoadedServer, "server" | "access"> & { asStaff: boolean };
type Person = Actor & { id: string };

const MOST = 20;
const RUNS_SHOWN = 20;

/** What a step asks of its author. */
export const needOf = (kind: StepKind): SingleCapability => (kind === "backup" ? "backups" : "console");

/** Whether the author of a step may do it now: as the account or token that it was written with. */
export function holdsStep(
  { author, kind }: Pick<StepRow, "author" | "kind">,
  server: Pick<ServerRow, "id">,
): Person | null {
  const actor = actorAgain(author);
  return actor && loadServer(server.id, actor).access.has(needOf(kind)) ? actor : null;
}

export function listSchedules({ server }: Pick<Place, "server">): Schedule[] {
  const rows = db()
    .select()
    .from(serverSchedules)
    .where(eq(serverSchedules.serverId, server.id))
    .orderBy(asc(serverSchedules.name), asc(serverSchedules.id))
    .all();
  const ids = rows.map(({ id }) => id);
  const steps = db()
    .select()
    .from(scheduleSteps)
    .where(inArray(scheduleSteps.scheduleId, ids))
    .orderBy(asc(scheduleSteps.position))
    .all();
  // Authors are few: each is looked up once.
  const known = new Map<string, boolean>();
  const holds = (step: StepRow) => {
    const key = `${step.author} ${needOf(step.kind)}`;
    const found = known.get(key) ?? holdsStep(step, server) !== null;
    known.set(key, found);
    return found;
  };
  return rows.map((row) => ({
    ...row,
    enabled: row.enabled === 1,
    onlyRunning: row.onlyRunning === 1,
    steps: steps
      .filter(({ scheduleId }) => scheduleId === row.id)
      .map((step) => ({ ...step, goesOn: step.goesOn === 1, holds: holds(step) })),
    last: runsOf(row.id, 1)[0] ?? null,
  }));
}

/** The latest first. */
export const listRuns = ({ server }: Pick<Place, "server">, schedule: string) =>
  runsOf(loadSchedule(server, schedule).id, RUNS_SHOWN);

const runsOf = (schedule: string, most: number) =>
  db()
    .select()
    .from(scheduleRuns)
    .where(eq(scheduleRuns.scheduleId, schedule))
    .orderBy(desc(scheduleRuns.startedAt), desc(scheduleRuns.id))
    .limit(most)
    .all()
    .map(({ byLabel, steps, outcomes, ...run }) => ({
      ...run,
      by: byLabel,
      steps: (JSON.parse(steps) as unknown[]).length,
      outcomes: JSON.parse(outcomes) as Outcome[],
    }));

/** By its id, and of this server. */
export function loadSchedule(server: Pick<ServerRow, "id">, id: string, tx: Pick<Tx, "select"> = db()): ScheduleRow {
  const row = tx
    .select()
    .from(serverSchedules)
    .where(and(eq(serverSchedules.id, id), eq(serverSchedules.serverId, server.id)))
    .get();
  if (!row) throw notFound("schedule");
  return row;
}

export const stepsOf = (schedule: string, tx: Pick<Tx, "select"> = db()): StepRow[] =>
  tx
    .select()
    .from(scheduleSteps)
    .where(eq(scheduleSteps.scheduleId, schedule))
    .orderBy(asc(scheduleSteps.position))
    .all();

export function createSchedule(place: Place, given: ScheduleFields, actor: Person): { id: string } {
  const { server, asStaff } = place;
  return transaction((tx) => {
    const all = tx.select({ n: count() }).from(serverSchedules).where(eq(serverSchedules.serverId, server.id)).get();
    if ((all?.n ?? 0) >= MOST) throw new Problem("conflict", `A server has at most ${MOST} schedules.`);
    const now = Date.now();
    const id = newId(now);
    const { steps, ...fields } = given;
    tx.insert(serverSchedules)
      .values({ id, serverId: server.id, ...columnsOf(fields, now), createdAt: now, updatedAt: now })
      .run();
    writeSteps(tx, id, steps, [], place, actor);
    audit(tx, actor, { ...targetOf(server), after: { schedule: given.name, ...toldOf(given) }, asStaff });
    return { id };
  });
}

export function editSchedule(
  place: Place,
  id: string,
  {
    revision,
    ...given
  }: { [K in keyof ScheduleFields]?: ScheduleFields[K] | undefined } & { revision?: number | undefined },
  actor: Person,
): { id: string } {
  const { server, asStaff } = place;
  return transaction((tx) => {
    const before = loadSchedule(server, id, tx);
    if (revision !== undefined && revision !== before.revision)
      throw new Problem("conflict", "Somebody else has changed this schedule meanwhile. Load the page again.");
    const steps = stepsOf(id, tx);
    const known = { ...before, enabled: before.enabled === 1, onlyRunning: before.onlyRunning === 1 };
    const wanted = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const after = { ...known, ...wanted };
    const now = Date.now();
    tx.update(serverSchedules)
      .set({ ...columnsOf(after, now), revision: before.revision + 1, updatedAt: now })
      .where(eq(serverSchedules.id, id))
      .run();
    if (given.steps) writeSteps(tx, id, given.steps, steps, place, actor);
    audit(tx, actor, {
      ...targetOf(server),
      before: { schedule: before.name, ...toldOf({ ...known, steps }) },
      after: { schedule: after.name, ...toldOf({ ...after, steps: given.steps ?? steps }) },
      asStaff,
    });
    return { id };
  });
}

export function removeSchedule({ server, asStaff }: Place, id: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const row = loadSchedule(server, id, tx);
    tx.delete(serverSchedules).where(eq(serverSchedules.id, id)).run();
    audit(tx, actor, { ...targetOf(server), before: { schedule: row.name }, asStaff });
    return { id };
  });
}

/** What does the same as before stays its author's; everything else becomes that of whoever writes, if they may do it. */
function writeSteps(
  tx: Tx,
  schedule: string,
  given: readonly GivenStep[],
  before: readonly StepRow[],
  { access }: Place,
  actor: Person,
) {
  // Used once: a second one of the same would be a step that its author never wrote.
  const left = new Map(before.map((step) => [step.id, step]));
  const steps = given.map((step) => {
    const same = left.get(step.id ?? "");
    const kept = same?.kind === step.kind && same.payload === step.payload ? same : null;
    if (kept) left.delete(kept.id);
    return { step, kept };
  });
  for (const { step, kept } of steps)
    if (!kept && !access.has(needOf(step.kind)))
      throw new Problem("forbidden", `A step of this kind needs the capability ${needOf(step.kind)} on this server.`, {
        missing: needOf(step.kind),
      });
  tx.delete(scheduleSteps).where(eq(scheduleSteps.scheduleId, schedule)).run();
  for (const [position, { step, kept }] of steps.entries())
    tx.insert(scheduleSteps)
      .values({
        id: kept?.id ?? newId(),
        scheduleId: schedule,
        position,
        kind: step.kind,
        payload: step.payload,
        wait: step.wait,
        goesOn: Number(step.goesOn),
        // It is run by the clock: from where it was written is nothing that it needs.
        author: kept?.author ?? storedActor({ ...actor, address: null, requestId: null }),
        authorId: kept?.authorId ?? actor.id,
      })
      .run();
}

const columnsOf = ({ name, cron, timezone, enabled, onlyRunning }: Omit<ScheduleFields, "steps">, now: number) => ({
  name,
  cron,
  timezone,
  enabled: Number(enabled),
  onlyRunning: Number(onlyRunning),
  nextAt: enabled ? nextAfter({ cron, timezone }, now) : null,
});

const toldOf = ({
  cron,
  timezone,
  enabled,
  steps,
}: Pick<ScheduleFields, "cron" | "timezone" | "enabled"> & {
  steps: readonly { kind: string; payload: string }[];
}) => ({
  cron,
  timezone,
  enabled,
  steps: steps.map(({ kind, payload }) => `${kind} ${payload}`.trim()),
});
