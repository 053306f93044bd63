import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Panel, startPanel } from "../support/panel.ts";

type Throttle = typeof import("#lib/auth/throttle.ts");
let panel: Panel;
let throttle: Throttle;
let limits: ReturnType<Throttle["signInLimits"]>;
let sequence = 0;

beforeAll(async () => {
  panel = await startPanel();
  throttle = await import("#lib/auth/throttle.ts");
}, 60_000);
afterAll(() => panel.close());
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  limits = throttle.signInLimits(`person.${++sequence}@example.org`, `192.0.2.${sequence}`);
});
afterEach(() => {
  vi.useRealTimers();
});

const seconds = (n: number) => vi.setSystemTime(Date.now() + n * 1000);

/** Seconds that are left, 0 when not locked. */
function lockedFor(what = limits as readonly (typeof limits)[number][]): number {
  try {
    throttle.assertNotLocked(what);
    return 0;
  } catch (error) {
    const { code, data } = error as { code: string; data: { retryAfter: number } };
    expect(code).toBe("rate_limited");
    return data.retryAfter;
  }
}

const fail = (what: readonly (typeof limits)[number][] = limits, times = 1) => {
  for (let n = 0; n < times; n++) throttle.recordFailure(what);
};

describe("a person from one network", () => {
  test("has five guesses, then waits, and ever longer", () => {
    fail(limits, 4);
    expect(lockedFor()).toBe(0);
    const waits: number[] = [];
    for (let n = 0; n < 10; n++) {
      fail([limits[0]]);
      waits.push(lockedFor([limits[0]]));
      seconds(waits.at(-1) ?? 0);
      expect(lockedFor([limits[0]]), "and then may try again").toBe(0);
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
  });

  test("is locked to the last second", () => {
    fail(limits, 5);
    seconds(29);
    expect(lockedFor()).toBe(1);
    seconds(1);
    expect(lockedFor()).toBe(0);
  });

  test("is forgotten after a day without a failure, and not before", () => {
    fail([limits[0]], 5);
    seconds(86_400);
    fail([limits[0]]);
    expect(lockedFor([limits[0]])).toBe(60);
    seconds(60 + 86_400 + 1);
    fail([limits[0]]);
    expect(lockedFor([limits[0]])).toBe(0);
  });

  test("starts anew after a success; somebody else's count is not touched", () => {
    const [, network] = limits;
    const other = throttle.signInLimits("other@example.org", `192.0.2.${sequence}`)[0];
    fail([limits[0], network], 4);
    fail([other, network], 4);
    throttle.clearFailures(limits[0].key);
    fail([limits[0]], 4);
    expect(lockedFor([limits[0]])).toBe(0);
    fail([other]);
    expect(lockedFor([other])).toBe(30);
  });
});

describe("one network", () => {
  test("has twenty failures over all accounts, then a quarter of an hour", () => {
    const address = `198.51.100.${sequence}`;
    for (let n = 0; n < 19; n++) throttle.recordFailure(throttle.signInLimits(`victim.${n}@example.org`, address));
    expect(lockedFor(throttle.signInLimits("new@example.org", address))).toBe(0);
    throttle.recordFailure(throttle.signInLimits("victim.19@example.org", address));
    expect(lockedFor(throttle.signInLimits("new@example.org", address))).toBe(900);
    expect(lockedFor(throttle.signInLimits("new@example.org", "198.51.100.254"))).toBe(0);
  });

  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::", "2001:db8:1:2::/64"],
    ["fe80::1", "fe80:0:0:0::/64"],
    ["", "unknown"],
    ["localhost", "unknown"],
  ])("%j is %s", (address, network) => {
    expect(throttle.networkOf(address)).toBe(network);
  });

  test("two ends of a /64 are one, two /64s are not, and no IPv4 address is another", () => {
    const { networkOf } = throttle;
    expect(networkOf("2001:db8:0:1::1")).toBe(networkOf("2001:db8:0:1:ffff::"));
    expect(networkOf("2001:db8:0:1::1")).not.toBe(networkOf("2001:db8:0:2::1"));
    expect(networkOf("192.0.2.1")).not.toBe(networkOf("192.0.2.2"));
  });
});

test("counts that are over are swept away, so that guessing does not fill the database", async () => {
  const { db } = await import("#db/client.ts");
  const rows = () =>
    (db().$client.prepare("select count(*) as n from attempts where key like 'sign-in:swept.%'").get() as { n: number })
      .n;
  for (let n = 0; n < 50; n++)
    throttle.recordFailure([throttle.signInLimits(`swept.${n}@example.org`, "203.0.113.1")[0]]);
  expect(rows()).toBe(50);
  seconds(2 * 86_400);
  fail();
  expect(rows()).toBe(0);
});

test("the wait for a set-up token grows too", () => {
  const limit = throttle.setupLimit("203.0.113.7");
  fail([limit], 9);
  expect(lockedFor([limit])).toBe(0);
  fail([limit]);
  expect(lockedFor([limit])).toBe(30);
  seconds(30);
  fail([limit]);
  expect(lockedFor([limit])).toBe(60);
});
