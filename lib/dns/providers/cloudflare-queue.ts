/**
 * Calls that take turns: Cloudflare counts the calls of a token, and refuses all of them for minutes when there were too
 * many. One queue stands in front of every token. Organisations take turns, single edits go before bulk work, and a
 * fifth of the calls is theirs alone. Knows nothing of HTTP.
 */
import type { CallPlace, ProviderLoad } from "./provider.ts";

/** Whose call it is, and whether somebody waits for it or it is one of many. */
export interface Turn {
  organisation: string;
  bulk: boolean;
  /** Until when it is worth waiting, in milliseconds since 1970. */
  deadline: number;
}

export interface PacedQueue {
  /** Resolves when the call may be made; `done` has to be called when it has ended. Rejects with a TooBusy. */
  turn(turn: Turn): Promise<() => void>;
  /** No call before this time, in milliseconds since 1970. */
  pause(until: number): void;
  /** What the other side says it still takes, and for how long: other programs may use the same token. */
  learn(remaining: number, forMs: number): void;
  load(): ProviderLoad;
  /** Where the first of an organisation's waiting calls stands; null if none waits. */
  placeOf(of: Pick<Turn, "organisation" | "bulk">): CallPlace | null;
}

/** The turn would come too late. `retryAt` is when to ask again, in milliseconds since 1970. */
export class TooBusy extends Error {
  readonly retryAt: number;

  constructor(retryAt: number) {
    super("The queue is too long.");
    this.retryAt = retryAt;
  }
}

interface Waiter extends Turn {
  start(): void;
  fail(error: TooBusy): void;
}

export function pacedQueue(options: {
  limit: number;
  windowMs: number;
  /** Calls under way at once. */
  parallel: number;
  now?: () => number;
}): PacedQueue {
  const { limit, windowMs, parallel } = options;
  const now = options.now ?? Date.now;
  const bulkLimit = limit - Math.ceil(limit / 5);
  /** When each call that still counts stops counting, in order. */
  const counted: number[] = [];
  /** Calls of others that count as well, and until when. */
  let foreign = { count: 0, until: 0 };
  let pausedUntil = 0;
  let running = 0;
  let timer: NodeJS.Timeout | undefined;
  /** By organisation, the one whose turn is next first. */
  const waiting = { single: new Map<string, Waiter[]>(), bulk: new Map<string, Waiter[]>() };

  const used = (): number => {
    const at = now();
    while (counted[0] !== undefined && counted[0] <= at) counted.shift();
    return counted.length + (foreign.until > at ? foreign.count : 0);
  };

  /** When a call of this kind can start that has so many before it, as far as is known now. */
  function opensAt(bulk: boolean, ahead = 0): number {
    let over = used() + ahead - ((bulk ? bulkLimit : limit) - 1);
    if (over <= 0) return pausedUntil;
    const others = foreign.until > now() ? [{ at: foreign.until, count: foreign.count }] : [];
    for (const { at, count } of [...counted.map((at) => ({ at, count: 1 })), ...others].sort((a, b) => a.at - b.at)) {
      over -= count;
      if (over <= 0) return Math.max(pausedUntil, at);
    }
    return pausedUntil;
  }

  function take(line: Map<string, Waiter[]>): Waiter | undefined {
    const [organisation, waiters] = line.entries().next().value ?? [];
    if (organisation === undefined || waiters === undefined) return undefined;
    const waiter = waiters.shift();
    // To the end of the line.
    line.delete(organisation);
    if (waiters.length > 0) line.set(organisation, waiters);
    return waiter;
  }

  function pump(): void {
    clearTimeout(timer);
    for (const [line, bulk] of [
      [waiting.single, false],
      [waiting.bulk, true],
    ] as const) {
      while (line.size > 0 && running < parallel && opensAt(bulk) <= now()) {
        running += 1;
        counted.push(now() + windowMs);
        take(line)?.start();
      }
    }
    dropLate();
    // A line that could move by now moves at once; where nothing more can be under way, the next end of a call wakes it.
    const opening = (line: ReadonlyMap<string, unknown>, bulk: boolean) =>
      line.size > 0 && running < parallel ? [opensAt(bulk)] : [];
    const deadlines = all().map((waiter) => waiter.deadline);
    const wake = Math.min(...opening(waiting.single, false), ...opening(waiting.bulk, true), ...deadlines);
    if (Number.isFinite(wake)) {
      timer = setTimeout(pump, Math.max(1, wake - now()));
      timer.unref();
    }
  }

  const all = () => [...waiting.single.values(), ...waiting.bulk.values()].flat();

  /** Those who would wait in vain are told so at once. */
  function dropLate(): void {
    for (const [line, bulk] of [
      [waiting.single, false],
      [waiting.bulk, true],
    ] as const) {
      const opens = opensAt(bulk);
      for (const [organisation, waiters] of line) {
        const late = waiters.filter(({ deadline }) => deadline <= now() || opens > deadline);
        if (late.length === 0) continue;
        const rest = waiters.filter((waiter) => !late.includes(waiter));
        if (rest.length > 0) line.set(organisation, rest);
        else line.delete(organisation);
        for (const waiter of late) waiter.fail(new TooBusy(Math.max(opens, now())));
      }
    }
  }

  return {
    turn(turn) {
      return new Promise((resolve, reject) => {
        const line = turn.bulk ? waiting.bulk : waiting.single;
        let ended = false;
        const done = () => {
          if (ended) return;
          ended = true;
          running -= 1;
          pump();
        };
        const waiter: Waiter = { ...turn, start: () => resolve(done), fail: reject };
        line.set(turn.organisation, [...(line.get(turn.organisation) ?? []), waiter]);
        pump();
      });
    },
    pause(until) {
      pausedUntil = Math.max(pausedUntil, until);
      pump();
    },
    learn(remaining, forMs) {
      const others = limit - remaining - used();
      if (others > 0) foreign = { count: (foreign.until > now() ? foreign.count : 0) + others, until: now() + forMs };
    },
    placeOf({ organisation, bulk }) {
      const line = bulk ? waiting.bulk : waiting.single;
      const place = [...line.keys()].indexOf(organisation);
      if (place === -1) return null;
      // Each organisation before has one call before it, and bulk work lets all others go first.
      const ahead = place + (bulk ? [...waiting.single.values()].flat().length : 0);
      return { ahead, opensAt: opensAt(bulk, ahead) };
    },
    load: () => ({
      waiting: all().length,
      used: Math.min(used(), limit),
      limit,
      windowMs,
      pausedUntil: pausedUntil > now() ? pausedUntil : null,
    }),
  };
}
