/** The queue in front of a Cloudflare token, on a clock of its own. */
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pacedQueue, TooBusy } from "#lib/dns/providers/cloudflare-queue.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const queueOf = (limit: number, parallel = 100) => pacedQueue({ limit, windowMs: 10_000, parallel });
type Queue = ReturnType<typeof queueOf>;

/** Asks for a turn and notes what became of it. */
function ask(
  queue: Queue,
  log: string[],
  name: string,
  more: { bulk?: boolean; organisation?: string; patience?: number } = {},
) {
  const turn = {
    organisation: more.organisation ?? "o",
    bulk: more.bulk ?? false,
    deadline: Date.now() + (more.patience ?? 60_000),
  };
  return queue.turn(turn).then(
    (done) => {
      log.push(name);
      return done;
    },
    (error: unknown) => {
      log.push(error instanceof TooBusy ? `${name} late` : `${name} failed`);
      return () => undefined;
    },
  );
}

const tick = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

describe("a queue of calls", () => {
  it("never lets more calls through in any window than there may be", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ gap: fc.integer({ min: 0, max: 4000 }), bulk: fc.boolean() }), {
          minLength: 1,
          maxLength: 60,
        }),
        async (calls) => {
          const queue = queueOf(10);
          const started: { at: number; bulk: boolean }[] = [];
          for (const { gap, bulk } of calls) {
            await tick(gap);
            void queue.turn({ organisation: "o", bulk, deadline: Date.now() + 1_000_000 }).then((done) => {
              started.push({ at: Date.now(), bulk });
              done();
            });
          }
          await tick(600_000);
          expect(started).toHaveLength(calls.length);
          for (const { at } of started) {
            const inWindow = started.filter((other) => other.at >= at && other.at < at + 10_000);
            expect(inWindow.length).toBeLessThanOrEqual(10);
            expect(inWindow.filter((other) => other.bulk).length).toBeLessThanOrEqual(8);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("says how many calls come before an organisation's, and when they are through", async () => {
    const queue = queueOf(10, 1);
    const log: string[] = [];
    const place = (organisation: string, bulk = false) => queue.placeOf({ organisation, bulk });
    expect(place("a")).toBeNull();
    const running = await ask(queue, log, "first");
    expect(place("o"), "what is under way waits no more").toBeNull();
    for (const organisation of ["a", "b", "c"]) {
      void ask(queue, log, organisation, { organisation }).then((done) => done());
      void ask(queue, log, `${organisation}2`, { organisation }).then((done) => done());
    }
    void ask(queue, log, "bulk", { organisation: "d", bulk: true }).then((done) => done());
    expect([place("a")?.ahead, place("b")?.ahead, place("c")?.ahead]).toEqual([0, 1, 2]);
    expect(place("d"), "it is large work").toBeNull();
    expect(place("d", true)).toMatchObject({ ahead: 6 });
    expect(place("c")?.opensAt).toBeLessThanOrEqual(Date.now());
    // Nine more of others: the first of those here takes the last call of the window.
    queue.learn(1, 8000);
    expect([place("a"), place("b")]).toEqual([
      { ahead: 0, opensAt: expect.any(Number) },
      { ahead: 1, opensAt: Date.now() + 8000 },
    ]);
    expect(place("a")?.opensAt).toBeLessThanOrEqual(Date.now());
    queue.pause(Date.now() + 9000);
    expect(place("a")?.opensAt).toBe(Date.now() + 9000);
    running();
    await tick(60_000);
    expect(log).toEqual(["first", "a", "b", "c", "a2", "b2", "c2", "bulk"]);
  });

  it("keeps a fifth for single edits, which go first", async () => {
    const queue = queueOf(10, 1);
    const log: string[] = [];
    const running = await ask(queue, log, "first");
    for (let index = 0; index < 12; index += 1)
      void ask(queue, log, `bulk${index}`, { bulk: true }).then((done) => done());
    void ask(queue, log, "edit").then((done) => done());
    running();
    await tick();
    expect(log.slice(0, 3)).toEqual(["first", "edit", "bulk0"]);
    expect(log).toHaveLength(8);
    expect(queue.load()).toMatchObject({ waiting: 6, used: 8, limit: 10 });
    for (const name of ["a", "b"]) void ask(queue, log, name).then((done) => done());
    await tick();
    expect(log.slice(-2)).toEqual(["a", "b"]);
    await tick(10_000);
    expect(log).toHaveLength(16);
  });

  it("lets organisations take turns", async () => {
    const queue = queueOf(100, 1);
    const log: string[] = [];
    const running = await ask(queue, log, "first");
    for (const organisation of ["big", "big", "big", "small", "other"])
      void ask(queue, log, organisation, { organisation }).then((done) => done());
    running();
    await tick();
    expect(log).toEqual(["first", "big", "small", "other", "big", "big"]);
  });

  it("says at once to who would wait in vain, and when to come again", async () => {
    const queue = queueOf(10);
    const log: string[] = [];
    queue.pause(Date.now() + 5000);
    await ask(queue, log, "hurried", { patience: 4000 });
    expect(log).toEqual(["hurried late"]);
    await expect(queue.turn({ organisation: "o", bulk: false, deadline: Date.now() + 1 })).rejects.toMatchObject({
      retryAt: Date.now() + 5000,
    });
    void ask(queue, log, "patient", { patience: 6000 });
    await tick(4999);
    expect(log).toEqual(["hurried late"]);
    await tick(1);
    expect(log).toEqual(["hurried late", "patient"]);
  });

  it("turns away who has waited too long behind others", async () => {
    const queue = queueOf(10, 1);
    const log: string[] = [];
    const running = await ask(queue, log, "slow");
    void ask(queue, log, "next", { patience: 3000 });
    await tick(3000);
    expect(log).toEqual(["slow", "next late"]);
    running();
    expect(queue.load().waiting).toBe(0);
  });

  it("learns what other programs use of the same token", async () => {
    const queue = queueOf(10);
    const log: string[] = [];
    (await ask(queue, log, "one"))();
    queue.learn(2, 8000);
    expect(queue.load().used).toBe(8);
    for (const name of ["two", "three", "four"]) void ask(queue, log, name);
    await tick();
    expect(log).toEqual(["one", "two", "three"]);
    await tick(8000);
    expect(log).toEqual(["one", "two", "three", "four"]);
  });
});
