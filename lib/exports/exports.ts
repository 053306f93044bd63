/** Exports of what is held about an account: asked for by its owner or by staff, made by a job, fetched while they last. */
import { createReadStream } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { and, desc, eq, gt, inArray, lt, lte, notInArray, sql } from "drizzle-orm";
import * as z from "zod";
import { db, type Tx, transaction } from "#db/client.ts";
import { exportJobs, users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { isProblem, notFound, Problem } from "#lib/api/errors.ts";
import { among, type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { audit } from "#lib/audit/audit.ts";
import { noteRefusal } from "#lib/audit/refusals.ts";
import { newId } from "#lib/id.ts";
import { JobRefused, jobKind } from "#lib/jobs/queue.ts";
import { tell } from "#lib/mail/news.ts";
import { onAccount } from "#lib/roles/gate.ts";
import { assertCeiling, grantsOf } from "#lib/roles/roles.ts";
import { setting } from "#lib/settings/settings.ts";
import { singleton } from "#lib/singleton.ts";
import { searchingAbout } from "#lib/staff/find.ts";
import { killHere } from "#lib/test-hook.ts";
import { stillThere } from "#lib/tokens/actor-again.ts";
import { archiveOf, exportFolder, writeArchive } from "./archive.ts";

/** Of everybody else's. */
export const NEED = "admin:export-jobs";
const DAY = 86_400_000;
/** How long the list says that there was one. */
const KEPT = 90 * DAY;

type Row = typeof exportJobs.$inferSelect;

export const exportStates = ["queued", "running", "ready", "failed", "cancelled", "expired"] as const;

const list = {
  from: exportJobs,
  id: exportJobs.id,
  sorts: { createdAt: exportJobs.createdAt, size: exportJobs.size },
};

/** Everybody's, for staff. */
export function listExports(query: KeyedQuery & { state?: (typeof exportStates)[number] | undefined }) {
  const { found, condition } = searchingAbout({ kind: "export", ...list, user: exportJobs.userId }, query.q);
  const state = query.state && among(exportJobs, eq(exportJobs.state, query.state));
  return readKeyed(list, query, { conditions: [condition, state || undefined], found }, (ids) =>
    withAccount()
      .where(inArray(exportJobs.id, ids))
      .all()
      .map(({ row, ...account }) => summaryOf(row, account)),
  );
}

export function openExport(id: string) {
  const found = withAccount().where(eq(exportJobs.id, id)).get();
  if (!found) throw notFound("export");
  const { row, ...account } = found;
  return summaryOf(row, account);
}

const withAccount = () =>
  db()
    .select({ row: exportJobs, name: users.name, email: users.email })
    .from(exportJobs)
    .innerJoin(users, eq(users.id, exportJobs.userId));

const summaryOf = ({ askedBy, ...row }: Row, account: { name: string; email: string }) => ({
  ...row,
  ...account,
  byStaff: askedBy !== row.userId,
});

/** One's own, newest first. */
export const ownExports = (userId: string) =>
  db()
    .select()
    .from(exportJobs)
    .where(eq(exportJobs.userId, userId))
    .orderBy(desc(exportJobs.createdAt))
    .limit(20)
    .all()
    .map(({ askedBy, ...row }) => ({ ...row, byStaff: askedBy !== userId }));

/** One a day. One of today that was cancelled, or failed, is the one that is made after all. Throws `rate_limited`. */
export function askForOwn(actor: Actor & { id: string }): { id: string } {
  return transaction((tx) => {
    const lately = tx
      .select()
      .from(exportJobs)
      .where(
        and(
          eq(exportJobs.userId, actor.id),
          eq(exportJobs.askedBy, actor.id),
          gt(exportJobs.createdAt, Date.now() - DAY),
        ),
      )
      .all();
    const spent = lately.find(({ state }) => state !== "failed" && state !== "cancelled");
    if (spent) {
      const retryAfter = Math.ceil((spent.createdAt + DAY - Date.now()) / 1000);
      throw new Problem("rate_limited", "You can ask for your data once a day. The last time is not that long ago.", {
        retryAfter,
      });
    }
    const [left] = lately;
    return left ? beginAgain(tx, left, actor) : begin(tx, actor.id, actor);
  });
}

/** For somebody else, by id or address, within the ceiling. Who sees no accounts is told the same of one above it as of nobody's. */
export function startFor(user: string, actor: Actor): { id: string } {
  try {
    return begunFor(user, actor);
  } catch (error) {
    if (!isProblem(error) || actor.grants.has("users:read")) throw error;
    const above = error.code === "forbidden" && error.data.missing !== NEED;
    if (above) noteRefusal(actor, "account", { user: user.toLowerCase() }, error);
    if (above || error.code === "not_found")
      throw new Problem("not_found", "There is no such account, or it may do what you may not.");
    throw error;
  }
}

function begunFor(user: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const account = tx
      .select({ id: users.id })
      .from(users)
      .where(sql`id = ${user} or email = ${user.toLowerCase()}`)
      .get();
    if (!account) throw notFound("account");
    return withinCeiling(tx, actor, account.id, () => {
      const underWay = and(eq(exportJobs.userId, account.id), inArray(exportJobs.state, UNDER_WAY));
      if (tx.select({ id: exportJobs.id }).from(exportJobs).where(underWay).get())
        throw new Problem("conflict", "One of this account is under way already.");
      return begin(tx, account.id, actor);
    });
  });
}

function begin(tx: Tx, userId: string, actor: Actor): { id: string } {
  const now = Date.now();
  const id = newId(now);
  tx.insert(exportJobs).values({ id, userId, askedBy: actor.id, state: "queued", createdAt: now }).run();
  makeExport.enqueue(tx, { export: id });
  audit(tx, actor, { ...targetOf(tx, userId), after: { export: id } });
  return { id };
}

export function retryExport(id: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const row = load(tx, id);
    if (row.state === "queued" || row.state === "running" || row.state === "ready")
      throw new Problem("conflict", "This one is under way, or ready.");
    return withinCeiling(tx, actor, row.userId, () => beginAgain(tx, row, actor));
  });
}

function beginAgain(tx: Tx, { id, userId, state }: Row, actor: Actor): { id: string } {
  const again = { state: "queued", message: "", progress: 0, size: 0, expiresAt: null, finishedAt: null } as const;
  tx.update(exportJobs).set(again).where(eq(exportJobs.id, id)).run();
  if (!makeExport.waits(tx, { export: id })) makeExport.enqueue(tx, { export: id });
  audit(tx, actor, { ...targetOf(tx, userId), before: { state }, after: { export: id } });
  return { id };
}

/** One that is being made stops at the next part. */
export function cancelExport(id: string, actor: Actor, owner?: string): { id: string } {
  return transaction((tx) => {
    const row = load(tx, id, owner);
    if (row.state !== "queued" && row.state !== "running") throw new Problem("conflict", "This one is not under way.");
    return withinReach(tx, actor, row, owner, () => {
      tx.update(exportJobs).set({ state: "cancelled", finishedAt: Date.now() }).where(eq(exportJobs.id, id)).run();
      audit(tx, actor, {
        ...targetOf(tx, row.userId),
        before: { export: id, state: row.state },
        after: { state: "cancelled" },
      });
      return { id };
    });
  });
}

export async function removeExport(id: string, actor: Actor, owner?: string): Promise<{ id: string }> {
  transaction((tx) => {
    const row = load(tx, id, owner);
    if (row.state === "queued" || row.state === "running") throw new Problem("conflict", "Cancel it first.");
    withinReach(tx, actor, row, owner, () => {
      // That somebody had one today outlives it.
      if (owner === undefined) tx.delete(exportJobs).where(eq(exportJobs.id, id)).run();
      else tx.update(exportJobs).set({ state: "expired", expiresAt: Date.now() }).where(eq(exportJobs.id, id)).run();
      audit(tx, actor, { ...targetOf(tx, row.userId), before: { export: id, state: row.state, size: row.size } });
    });
  });
  await rm(archiveOf(id), { force: true });
  return { id };
}

/** The archive as a stream, which ends with the right to it. `owner`: only if it is this account's. Each time leaves an entry. */
export async function openArchive(id: string, actor: Actor, owner?: string) {
  const row = loadReady(id, owner);
  const size = await stat(archiveOf(id)).catch(() => null);
  if (!size) throw new Problem("conflict", "The archive is not there any more. Ask for another.");
  transaction((tx) =>
    withinReach(tx, actor, row, owner, () => {
      tx.update(exportJobs)
        .set({ downloads: sql`${exportJobs.downloads} + 1` })
        .where(eq(exportJobs.id, id))
        .run();
      audit(tx, actor, { ...targetOf(tx, row.userId), after: { downloaded: id } });
    }),
  );
  const day = new Date(row.finishedAt ?? row.createdAt).toISOString().slice(0, 10);
  return {
    headers: {
      "content-type": "application/zip",
      "content-length": String(size.size),
      "content-disposition": `attachment; filename="account-${day}.zip"`,
    },
    body: Readable.toWeb(Readable.from(readArchive(id, actor, owner), { objectMode: false })) as ReadableStream,
  };
}

/** Whoever reads slowly is asked with each part whether they still may. */
async function* readArchive(id: string, actor: Actor, owner?: string) {
  for await (const octets of createReadStream(archiveOf(id))) {
    const { grants } = stillThere(actor);
    const { userId } = loadReady(id, owner);
    if (owner === undefined) {
      if (!grants.has(NEED)) throw new Problem("forbidden", `That needs the permission ${NEED}.`, { missing: NEED });
      assertCeiling({ ...actor, grants }, grantsOf(userId));
    }
    yield octets as Buffer;
  }
}

function loadReady(id: string, owner: string | undefined): Row {
  const row = load(db(), id, owner);
  if (row.state !== "ready" || (row.expiresAt ?? 0) <= Date.now())
    throw new Problem("conflict", "This export is not ready, or no longer there.");
  return row;
}

export const makeExport = jobKind({
  kind: "exports.make",
  payload: z.object({ export: z.string() }),
  attempts: 3,
  async run({ export: id }, { signal }) {
    // One that was cancelled and asked for again may be written still, to the same file.
    const written = singleton("exports-being-written", () => new Map<string, Promise<void>>());
    while (written.has(id)) await written.get(id)?.catch(() => {});
    const work = make(id, signal);
    written.set(id, work);
    await work.finally(() => written.delete(id));
  },
  failed: (tx, { export: id }, message) =>
    void tx
      .update(exportJobs)
      .set({ state: "failed", message, finishedAt: Date.now() })
      .where(and(eq(exportJobs.id, id), inArray(exportJobs.state, UNDER_WAY)))
      .run(),
});

async function make(id: string, signal: AbortSignal): Promise<void> {
  const row = db().select().from(exportJobs).where(eq(exportJobs.id, id)).get();
  const account = row && db().select({ email: users.email }).from(users).where(eq(users.id, row.userId)).get();
  if (!row || !account || (row.state !== "queued" && row.state !== "running")) return;
  advance(id, { state: "running", progress: 0 });
  try {
    const size = await writeArchive(id, { user: row.userId, email: account.email }, (progress) => {
      signal.throwIfAborted();
      killHere("exporting");
      if (!advance(id, { progress })) throw new JobRefused("Cancelled.");
    });
    transaction((tx) => {
      const now = Date.now();
      const expiresAt = now + setting("exports.days", tx) * DAY;
      const ready = { state: "ready", progress: 1000, size, finishedAt: now, expiresAt } as const;
      if (!advance(id, ready, tx)) return;
      tell(tx, row.userId, "export", {
        subject: "Your data is ready",
        text: `The archive of what the panel holds about your account is made. Sign in to fetch it, under Account settings → Your data, until ${new Date(expiresAt).toISOString().slice(0, 10)}.`,
      });
    });
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== "ENOSPC" && code !== "EDQUOT") throw error;
    throw new JobRefused("The disk of the panel is full. Whoever runs it has to make room first.");
  }
}

const UNDER_WAY = ["queued", "running"] as const;

/** False if it was cancelled, or is gone. */
const advance = (id: string, change: Partial<Row>, tx: Pick<Tx, "update"> = db()): boolean =>
  tx
    .update(exportJobs)
    .set(change)
    .where(and(eq(exportJobs.id, id), inArray(exportJobs.state, UNDER_WAY)))
    .run().changes > 0;

/** Every hour: what has had its time goes, after some months also that there was one, and files that no row knows, after a crash or with their account. */
export const sweepExports = jobKind({
  kind: "exports.sweep",
  schedule: "23 * * * *",
  atStart: true,
  payload: z.object({}),
  attempts: 3,
  async run() {
    db()
      .update(exportJobs)
      .set({ state: "expired" })
      .where(and(eq(exportJobs.state, "ready"), lte(exportJobs.expiresAt, Date.now())))
      .run();
    db()
      .delete(exportJobs)
      .where(and(notInArray(exportJobs.state, ["ready", ...UNDER_WAY]), lt(exportJobs.createdAt, Date.now() - KEPT)))
      .run();
    for (const file of await readdir(exportFolder()).catch(() => [])) {
      const id = file.split(".")[0] ?? "";
      const row = db().select({ state: exportJobs.state }).from(exportJobs).where(eq(exportJobs.id, id)).get();
      if (!row || !["ready", ...UNDER_WAY].includes(row.state)) await rm(`${exportFolder()}/${file}`, { force: true });
    }
  },
});

/** For an account that is being deleted: its archives go with it. Returns what there is to remove once that is certain. */
export const archivesOf = (tx: Tx, userId: string): string[] =>
  tx
    .select({ id: exportJobs.id })
    .from(exportJobs)
    .where(eq(exportJobs.userId, userId))
    .all()
    .map(({ id }) => archiveOf(id));

function load(tx: Pick<Tx, "select">, id: string, owner?: string): Row {
  const row = tx.select().from(exportJobs).where(eq(exportJobs.id, id)).get();
  if (!row || (owner !== undefined && row.userId !== owner)) throw notFound("export");
  return row;
}

/** One's own, or somebody else's within the ceiling. */
const withinReach = <T>(tx: Tx, actor: Actor, { userId }: Row, owner: string | undefined, act: () => T): T =>
  owner === undefined ? withinCeiling(tx, actor, userId, act) : act();

function withinCeiling<T>(tx: Tx, actor: Actor, userId: string, act: () => T): T {
  let result: { value: T } | undefined;
  onAccount(tx, actor, userId, [NEED], () => {
    result = { value: act() };
  });
  if (!result) throw new Error("nothing was done");
  return result.value;
}

function targetOf(tx: Pick<Tx, "select">, userId: string) {
  const account = tx.select({ email: users.email }).from(users).where(eq(users.id, userId)).get();
  return { target: { type: "account", id: userId, label: account?.email ?? "" } };
}
