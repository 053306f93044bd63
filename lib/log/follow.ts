/**
 * Logs as they are written, to whoever has them open. Whether they still may is looked at before anything is handed over,
 * and every few seconds; who reads slowly is told how much was left out, and holds nothing up.
 */
import * as z from "zod";
import { db } from "#db/client.ts";
import { Problem } from "#lib/api/errors.ts";
import type { AccountActor } from "#lib/api/guards.ts";
import { hidePrivate } from "#lib/api/masked.ts";
import { isLive } from "#lib/auth/live-session.ts";
import { actorNow } from "#lib/tokens/actor-again.ts";
import { auditAfter } from "./audit-list.ts";
import { SHORT } from "./errors-list.ts";
import { followers } from "./followers.ts";
import { requestRow } from "./requests.ts";
import type { Batch } from "./rows.ts";
import { rowIdOf } from "./rows.ts";
import { actorIdOf, emailsOf, type LogFilters, LogRow, rowId } from "./shapes.ts";
import { listen } from "./store.ts";

const CHECK_MS = 5000;
const LOOK_MS = 1000;
const MOST_WAITING = 200;
const PER_ACCOUNT = 3;

/** Rows since the last time, oldest first, and how many more there were. */
export const News = z.object({ items: z.array(LogRow), skipped: z.number().int() });
type News = z.output<typeof News>;

export function follow(filters: LogFilters, actor: AccountActor): AsyncIteratorObject<News> {
  const here = followers();
  const open = here.perAccount.get(actor.id) ?? 0;
  if (open >= PER_ACCOUNT)
    throw new Problem("rate_limited", `You follow the logs in ${PER_ACCOUNT} places already: close one.`, {
      retryAfter: 10,
    });
  here.perAccount.set(actor.id, open + 1);

  let waiting: LogRow[] = [];
  let skipped = 0;
  let over = false;
  let asked: ((result: IteratorResult<News>) => void) | null = null;

  const end = () => {
    if (over) return;
    over = true;
    for (const stop of stops) stop();
    here.ends.delete(end);
    const left = (here.perAccount.get(actor.id) ?? 1) - 1;
    if (left > 0) here.perAccount.set(actor.id, left);
    else here.perAccount.delete(actor.id);
    asked?.({ done: true, value: undefined });
    asked = null;
  };
  const hand = () => {
    if (!asked || waiting.length + skipped === 0) return;
    if (!stillMay(actor)) return end();
    const told = { items: waiting, skipped };
    // The guard masks answers; of a stream it sees only that it began.
    const value = actor.privacy === "visible" ? told : (hidePrivate(News, told) as News);
    [waiting, skipped] = [[], 0];
    asked({ done: false, value });
    asked = null;
  };
  const add = (rows: LogRow[], before = 0) => {
    waiting.push(...rows);
    const extra = Math.max(0, waiting.length - MOST_WAITING);
    waiting.splice(0, extra);
    skipped += extra + before;
    hand();
  };
  const every = (ms: number, work: () => void) => {
    const timer = setInterval(() => {
      try {
        work();
      } catch {
        // A panel that is stopping has closed its database.
        end();
      }
    }, ms).unref();
    return () => clearInterval(timer);
  };
  const stops = [
    every(CHECK_MS, () => {
      if (!stillMay(actor)) end();
    }),
    filters.view === "audit" ? everyEntry(filters, add, every) : listen((batch) => add(chosen(batch, filters))),
  ];
  here.ends.add(end);

  const iterator: AsyncIteratorObject<News> = {
    next: () =>
      new Promise<IteratorResult<News>>((resolve) => {
        if (over) return resolve({ done: true, value: undefined });
        asked = resolve;
        hand();
      }),
    return: async () => {
      end();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
    [Symbol.asyncDispose]: async () => end(),
  };
  return iterator;
}

/** Signed out, suspended, or without the permission by now: no. */
function stillMay({ id, token, mfa, action, address, requestId, sessionId }: AccountActor): boolean {
  if (sessionId !== null && !isLive(sessionId)) return false;
  const now = actorNow({ id, token: token?.id ?? null, mfa, action, address, requestId });
  return now?.grants.has("logs:read") ?? false;
}

/** Audit entries are written with what they are about; what is new is read after them. */
function everyEntry(
  filters: LogFilters,
  add: (rows: LogRow[], before: number) => void,
  every: (ms: number, work: () => void) => () => void,
): () => void {
  const newest = db().$client.prepare("select max(rowid) from audit_log").pluck();
  let seen = (newest.get() as number | null) ?? 0;
  return every(LOOK_MS, () => {
    const now = (newest.get() as number | null) ?? 0;
    if (now === seen) return;
    const { items, before } = auditAfter(seen, filters, MOST_WAITING);
    seen = now;
    add(items, before);
  });
}

/** By the filters as the lists take them: what one would find there is told here. */
function chosen(batch: Batch, filters: LogFilters): LogRow[] {
  const wanted = filters.q.toLowerCase();
  const says = (...texts: string[]) => texts.some((text) => text.toLowerCase().includes(wanted));
  if (filters.view === "errors") {
    if (wanted !== "" && [...wanted].length < SHORT) return [];
    return batch.errors
      .filter(
        ({ requestId, place, name, message, stack }) =>
          same(filters.requestId, requestId) && same(filters.action, place) && says(place, name, message, stack),
      )
      .map(({ id, requestId, place, name, message }) => ({
        ...nothing,
        id: rowId("errors", rowIdOf(id)),
        view: "errors",
        at: Date.now(),
        action: place,
        code: name,
        requestId,
        text: message,
      }));
  }
  const took = (micros: number) => filters.over === undefined || micros >= filters.over * 1000;
  if (filters.view === "slow")
    return batch.slow
      .filter(([text, micros]) => took(micros) && says(text))
      .map(([text, micros, at]) => ({
        ...nothing,
        id: rowId("slow", at),
        view: "slow",
        at,
        action: text,
        ms: micros / 1000,
        times: 1,
        text,
      }));
  const actorId = filters.actor === undefined ? undefined : actorIdOf(filters.actor);
  // Nobody has that address: what nobody signed in for is not theirs either.
  if (actorId === null) return [];
  const rows = batch.requests.filter(
    ([requestId, , template, action, status, micros, , actor]) =>
      (actorId === undefined || actor === actorId) &&
      same(filters.requestId, requestId) &&
      (filters.action === undefined || filters.action === action || filters.action === template) &&
      took(micros) &&
      (filters.status === undefined ||
        String(status) === filters.status ||
        `${String(status)[0]}xx` === filters.status) &&
      (says(template, action) || wanted === requestId || wanted === actor),
  );
  const emails = emailsOf(rows.map(([, , , , , , , actor]) => actor));
  return rows.map((row) => requestRow(row, String(rowIdOf(row[0])), (row[7] && emails.get(row[7])) ?? null));
}

const same = (wanted: string | undefined, is: string | null): boolean => wanted === undefined || wanted === is;

const nothing = {
  actorType: null,
  actorId: null,
  actor: null,
  target: null,
  outcome: null,
  ms: null,
  times: null,
  code: null,
  address: null,
  requestId: null,
  text: null,
} as const;
