/** Writers of a PowerDNS whose database takes one at a time. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { writersInTurn } from "#lib/dns/providers/powerdns-turns.ts";
import { ProviderError } from "#lib/dns/providers/provider.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const busy = () => new ProviderError("unknown", "provider_failed", "busy", { over: true });

/** One that has been told once that the database is busy. */
async function afterOneFailure() {
  const write = writersInTurn();
  let failed = false;
  const first = write(async () => {
    if (failed) return "stored";
    failed = true;
    throw busy();
  });
  await vi.runAllTimersAsync();
  expect(await first).toBe("stored");
  return write;
}

test("all at once until one is told that the database is busy, and one after the other then", async () => {
  const most = async (write: ReturnType<typeof writersInTurn>) => {
    let [now, most] = [0, 0];
    const one = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 10));
      now -= 1;
    };
    const all = Promise.all([write(one), write(one), write(one), write(one)]);
    await vi.advanceTimersByTimeAsync(100);
    await all;
    return most;
  };
  expect(await most(writersInTurn())).toBe(4);
  const write = await afterOneFailure();
  expect(await most(write)).toBe(1);
  vi.setSystemTime(Date.now() + 61_000);
  expect(await most(write), "a minute later").toBe(4);
});

test("whoever hangs holds the next up for two seconds, and those far behind are told that it takes too long", async () => {
  const write = await afterOneFailure();
  const hangs = () => new Promise<string>(() => {});
  for (let index = 0; index < 3; index++) void write(hangs);
  const behind = write(async () => "stored");
  await vi.advanceTimersByTimeAsync(5900);
  await vi.advanceTimersByTimeAsync(200);
  expect(await behind).toBe("stored");
  for (let index = 0; index < 5; index++) void write(hangs).catch(() => {});
  const far = write(async () => "stored").catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(8100);
  expect(await far).toMatchObject({ outcome: "not_sent", message: /busy with other changes/ });
});

test("what failed otherwise is not repeated, and nothing is for ever", async () => {
  const write = writersInTurn();
  const refused = vi.fn(async () => {
    throw new ProviderError("refused", "provider_refused", "no");
  });
  await expect(write(refused)).rejects.toThrow("no");
  expect(refused).toHaveBeenCalledTimes(1);
  const never = vi.fn(async () => {
    throw busy();
  });
  const failing = expect(write(never)).rejects.toThrow("busy");
  await vi.runAllTimersAsync();
  await failing;
  expect(never).toHaveBeenCalledTimes(8);
});
