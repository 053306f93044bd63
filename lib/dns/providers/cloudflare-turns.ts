/**
 * The one queue of each token: it is the main thread's. The thread for large work asks there for each of its turns, by
 * messages, and makes the calls itself.
 */
import { hash } from "node:crypto";
import type { MessagePort } from "node:worker_threads";
import { singleton } from "#lib/singleton.ts";
import { type PacedQueue, pacedQueue, TooBusy, type Turn } from "./cloudflare-queue.ts";
import type { ProviderLoad } from "./provider.ts";

/** Cloudflare's own: calls of a token in five minutes. */
export const CALLS = 1200;
export const WINDOW_MS = 300_000;
const PARALLEL = 8;

/** One for each token in the process, whichever connections use it. */
export function queueOf(token: string, base: string): PacedQueue {
  const key = hash("sha256", `${base} ${token}`, "base64url");
  const { lender } = borrowed();
  return lender ? lentQueue(lender, key) : ownQueue(key);
}

function ownQueue(key: string): PacedQueue {
  const queues = singleton("cloudflare-queues", () => new Map<string, PacedQueue>());
  const queue = queues.get(key) ?? pacedQueue({ limit: CALLS, windowMs: WINDOW_MS, parallel: PARALLEL });
  queues.set(key, queue);
  return queue;
}

/** What the other thread says. `turn` is a number of its own for each call. */
type Asked =
  | { say: "turn"; key: string; turn: number; of: Turn }
  | { say: "done"; turn: number }
  | { say: "pause"; key: string; until: number }
  | { say: "learn"; key: string; remaining: number; forMs: number };

/** What it is told of a turn: it may go, or when to ask again. */
type Told = { turn: number; retryAt: number | null };

/** In the main thread: lends its queues to whoever is at the other end. What was under way there ends with it. */
export function lendQueues(port: MessagePort): void {
  const underWay = new Map<number, () => void>();
  let gone = false;
  const tell = (told: Told) => port.postMessage(told);
  const answers: { [S in Asked["say"]]: (asked: Extract<Asked, { say: S }>) => void } = {
    turn: ({ key, turn, of }) =>
      void ownQueue(key)
        .turn(of)
        .then(
          (done) => {
            if (gone) return done();
            underWay.set(turn, done);
            tell({ turn, retryAt: null });
          },
          (error: unknown) => !gone && tell({ turn, retryAt: error instanceof TooBusy ? error.retryAt : Date.now() }),
        ),
    done: ({ turn }) => {
      underWay.get(turn)?.();
      underWay.delete(turn);
    },
    pause: ({ key, until }) => ownQueue(key).pause(until),
    learn: ({ key, remaining, forMs }) => ownQueue(key).learn(remaining, forMs),
  };
  port.on("message", <S extends Asked["say"]>(asked: Extract<Asked, { say: S }>) => answers[asked.say as S](asked));
  port.on("close", () => {
    gone = true;
    for (const done of underWay.values()) done();
    underWay.clear();
  });
  port.unref();
}

interface Lender {
  port: MessagePort;
  waiting: Map<number, { start(): void; fail(error: Error): void }>;
  next: number;
}

const borrowed = () => singleton("cloudflare-queues-lent", (): { lender: Lender | null } => ({ lender: null }));

/** In another thread, before anything is asked there: from here on its calls take their turns at the other end. */
export function borrowQueues(port: MessagePort): void {
  const lender: Lender = { port, waiting: new Map(), next: 0 };
  borrowed().lender = lender;
  port.on("message", ({ turn, retryAt }: Told) => {
    const waiter = lender.waiting.get(turn);
    lender.waiting.delete(turn);
    if (retryAt === null) waiter?.start();
    else waiter?.fail(new TooBusy(retryAt));
  });
}

function notHere(): never {
  throw new Error("the queue is the main thread's, and so is what is known of it");
}

function lentQueue(lender: Lender, key: string): PacedQueue {
  const ask = (asked: Asked) => lender.port.postMessage(asked);
  return {
    turn: (of) =>
      new Promise((resolve, reject) => {
        const turn = lender.next++;
        lender.waiting.set(turn, { start: () => resolve(() => ask({ say: "done", turn })), fail: reject });
        ask({ say: "turn", key, turn, of });
      }),
    pause: (until) => ask({ say: "pause", key, until }),
    learn: (remaining, forMs) => ask({ say: "learn", key, remaining, forMs }),
    load: (): ProviderLoad => notHere(),
    placeOf: () => notHere(),
  };
}
