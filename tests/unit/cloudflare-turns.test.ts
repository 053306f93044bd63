/** Turns that are taken in one thread and counted in another: both ends of the channel stand in this one. */
import { MessageChannel } from "node:worker_threads";
import { expect, it } from "vitest";
import { TooBusy } from "#lib/dns/providers/cloudflare-queue.ts";
import { borrowQueues, lendQueues, queueOf } from "#lib/dns/providers/cloudflare-turns.ts";

const turn = (patience = 60_000) => ({ organisation: "o", bulk: false, deadline: Date.now() + patience });

it("one queue for both: what the borrower does is counted, waits, and ends with it", async () => {
  const own = queueOf("token", "https://base");
  const { port1, port2 } = new MessageChannel();
  lendQueues(port1);
  borrowQueues(port2);
  const lent = queueOf("token", "https://base");

  const done = await Promise.all(Array.from({ length: 8 }, () => lent.turn(turn())));
  expect(own.load()).toMatchObject({ used: 8, waiting: 0 });
  // Eight at once, and no more.
  const ninth = lent.turn(turn());
  await expect.poll(() => own.load().waiting).toBe(1);
  done[0]?.();
  await ninth;
  expect(own.load()).toMatchObject({ used: 9, waiting: 0 });

  // Calls of other programs.
  lent.learn(1000, 60_000);
  await expect.poll(() => own.load().used).toBe(200);
  lent.pause(Date.now() + 100_000);
  await expect.poll(() => own.load().pausedUntil).not.toBeNull();
  await expect(lent.turn(turn())).rejects.toThrow(TooBusy);

  // Another token has another queue, on both sides.
  await queueOf("another", "https://base").turn(turn());
  expect(own.load().used).toBe(200);

  const busy = queueOf("busy", "https://base");
  await Promise.all(Array.from({ length: 8 }, () => busy.turn(turn())));
  const next = busy.turn(turn());
  // The thread dies in the middle of its calls.
  port2.close();
  const { port1: again, port2: other } = new MessageChannel();
  lendQueues(again);
  borrowQueues(other);
  await queueOf("busy", "https://base").turn(turn());
  await expect(Promise.race([next, Promise.resolve("never told")])).resolves.toBe("never told");
  other.close();
});
