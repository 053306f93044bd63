/**
 * Whose account is gone is named nowhere in what is kept about acts: the audit log, the history of zones, deleted zones and runs of
 * schedules say `deleted account` in the place of its address. Its id stays, so that what one account did still belongs together.
 * From where it acted is kept in the audit log alone, for as long as that keeps anything.
 */
import { setImmediate as breath } from "node:timers/promises";
import { and, asc, eq, gt, lte, ne, or, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { db, transaction } from "#db/client.ts";
import { auditLog, deletedZones, scheduleRuns, scheduleSteps, zoneChanges } from "#db/schema/index.ts";
import { jobKind } from "#lib/jobs/queue.ts";

/** A trigger lets nothing else be written into entries, and that only while this job says whose account is gone. */
export const ERASED = "deleted account";
/** Rows that are rewritten at once, and that are looked through; others get their turn in between. */
const AT_ONCE = 200;
const LOOKED_THROUGH = 1_000;

interface Gone {
  user: string;
  email: string;
  /** When it went: a later account may have the same address. */
  at: number;
}

export const nameNoMore = jobKind({
  kind: "accounts.name-no-more",
  payload: z.object({ user: z.string(), email: z.string(), at: z.number().int() }),
  attempts: 20,
  forget: true,
  async run(gone, { signal }) {
    const pause = async () => {
      signal.throwIfAborted();
      await breath();
    };
    const aboutIt = and(eq(auditLog.targetType, "account"), eq(auditLog.targetId, gone.user));
    for (const where of [eq(auditLog.actorId, gone.user), aboutIt])
      for (let after: Place | null = { at: -1, id: "" }; after !== null; await pause())
        after = eraseOwn(where, after, gone);
    const { last } = db().get<{ last: number | null }>(sql`select max(rowid) as last from audit_log`);
    for (let row = 0; row <= (last ?? 0); row += LOOKED_THROUGH, await pause()) eraseElsewhere(row, gone);
    for (let zone = nextZone(""); zone !== undefined; zone = nextZone(zone), await pause())
      eraseHistory(zone, gone.user);
    eraseLabels(gone);
    const runs = db().get<{ last: number | null }>(sql`select max(rowid) as last from schedule_runs`);
    for (let row = 0; row <= (runs.last ?? 0); row += LOOKED_THROUGH, await pause()) eraseAuthors(row, gone.user);
  },
});

const GONE = "accounts.delete";
/** So many are asked for in a night. */
const A_NIGHT = 100;

/** Accounts that went before there was such a job, or whose job came to no end: it is asked for again. */
export const stillNamed = jobKind({
  kind: "accounts.still-named",
  schedule: "41 3 * * *",
  payload: z.object({}),
  attempts: 3,
  run() {
    transaction((tx) => {
      const named = tx.all<Gone>(sql`
        select target_id as user, target_label as email, at from audit_log
        where action = ${GONE} and target_type = 'account' and target_label <> ${ERASED}
          and not exists (select 1 from users u where u.id = target_id)
          and not exists (select 1 from jobs j where j.kind = ${nameNoMore.kind} and j.state in ('queued', 'running')
            and json_extract(j.payload, '$.user') = target_id)
        limit ${A_NIGHT}`);
      for (const gone of named) nameNoMore.enqueue(tx, gone);
    });
  },
});

interface Place {
  at: number;
  id: string;
}

/** The next of their own entries along the index; where it stopped, or null at the end. */
function eraseOwn(where: SQL | undefined, after: Place, { user, email, at }: Gone): Place | null {
  return transaction((tx) => {
    const later = or(gt(auditLog.at, after.at), and(eq(auditLog.at, after.at), gt(auditLog.id, after.id)));
    const rows = tx
      .select()
      .from(auditLog)
      .where(and(where, lte(auditLog.at, at), later))
      .orderBy(asc(auditLog.at), asc(auditLog.id))
      .limit(AT_ONCE)
      .all();
    for (const row of rows) {
      const about = row.targetType === "account" && row.targetId === user;
      const change = {
        actorLabel: row.actorId === user ? ERASED : row.actorLabel,
        targetLabel: about || row.targetLabel === row.actorLabel ? ERASED : row.targetLabel,
        before: withoutName(row.before, about, email),
        after: withoutName(row.after, about, email),
      };
      tx.update(auditLog).set(change).where(eq(auditLog.id, row.id)).run();
    }
    return rows.length < AT_ONCE ? null : (rows.at(-1) ?? null);
  });
}

/** Entries of others that name the address, such as an invitation to it. */
function eraseElsewhere(from: number, { email, at }: Gone): void {
  transaction((tx) => {
    const named = sql`rowid >= ${from} and rowid < ${from + LOOKED_THROUGH} and at <= ${at}
      and instr(actor_label || char(10) || target_label || char(10) || coalesce(before, '') || char(10) || coalesce(after, ''), ${email}) > 0`;
    for (const row of tx.select().from(auditLog).where(named).all()) {
      const change = {
        actorLabel: without(row.actorLabel, email),
        targetLabel: without(row.targetLabel, email),
        before: row.before && without(row.before, email),
        after: row.after && without(row.after, email),
      };
      tx.update(auditLog).set(change).where(eq(auditLog.id, row.id)).run();
    }
  });
}

/** The whole address, and not where it is the end or the beginning of another. */
const without = (text: string, email: string): string =>
  text.replace(new RegExp(`(?<![\\w.!#$%&'*+/=?^\`{|}~-])${escaped(email)}(?![\\w-]|\\.\\w)`, "g"), ERASED);

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** Of an entry about the account itself, also what it was called before. */
function withoutName(json: string | null, about: boolean, email: string): string | null {
  if (json === null) return null;
  const clean = (value: unknown, key = ""): unknown => {
    if (typeof value === "string") return about && NAMES.has(key) ? ERASED : without(value, email);
    if (Array.isArray(value)) return value.map((one) => clean(one, key));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, clean(one, name)]));
    return value;
  };
  return JSON.stringify(clean(JSON.parse(json)));
}

const NAMES: ReadonlySet<string> = new Set(["email", "name"]);

const nextZone = (after: string): string | undefined =>
  db()
    .select({ id: zoneChanges.zoneId })
    .from(zoneChanges)
    .where(gt(zoneChanges.zoneId, after))
    .orderBy(asc(zoneChanges.zoneId))
    .limit(1)
    .get()?.id;

/** Who deleted a zone that can be brought back, and who ran a schedule by hand: as an account, or with a token of it. */
function eraseLabels({ user, email, at }: Gone): void {
  transaction((tx) => {
    tx.update(scheduleSteps).set({ author: NOWHERE }).where(eq(scheduleSteps.authorId, user)).run();
    tx.update(deletedZones).set({ actorLabel: ERASED }).where(eq(deletedZones.actorId, user)).run();
    const theirs = sql`(${scheduleRuns.byLabel} = ${email} or substr(${scheduleRuns.byLabel}, 1, ${email.length + 2}) = ${`${email} (`})`;
    tx.update(scheduleRuns)
      .set({ byLabel: ERASED })
      .where(and(theirs, lte(scheduleRuns.startedAt, at)))
      .run();
  });
}

/** Steps may say from where they were written, and runs have them as they were. */
const NOWHERE = sql`json_set(${scheduleSteps.author}, '$.address', null, '$.requestId', null)`;

function eraseAuthors(from: number, user: string): void {
  transaction((tx) => {
    const theirs = sql`rowid >= ${from} and rowid < ${from + LOOKED_THROUGH} and instr(${scheduleRuns.steps}, ${user}) > 0`;
    for (const { id, steps } of tx.select().from(scheduleRuns).where(theirs).all()) {
      const written = (JSON.parse(steps) as { author: string }[]).map((step) => {
        const author = JSON.parse(step.author) as { id: string };
        if (author.id !== user) return step;
        return { ...step, author: JSON.stringify({ ...author, address: null, requestId: null }) };
      });
      tx.update(scheduleRuns)
        .set({ steps: JSON.stringify(written) })
        .where(eq(scheduleRuns.id, id))
        .run();
    }
  });
}

function eraseHistory(zone: string, user: string): void {
  const theirs = and(eq(zoneChanges.zoneId, zone), eq(zoneChanges.actorId, user), ne(zoneChanges.actorLabel, ERASED));
  for (let changed = AT_ONCE; changed === AT_ONCE; )
    changed = db()
      .update(zoneChanges)
      .set({
        actorLabel: ERASED,
        actor: sql`json_set(${zoneChanges.actor}, '$.label', ${ERASED}, '$.address', null, '$.requestId', null)`,
      })
      .where(sql`rowid in (select rowid from zone_changes where ${theirs} limit ${AT_ONCE})`)
      .run().changes;
}
