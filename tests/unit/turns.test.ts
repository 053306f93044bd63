import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { inTurn, sharedTurns } from "#db/turns.ts";

/** How many pieces are done, and whether all are. */
const [DONE, OVER] = [0, 1];

function thread(work: { pieces: number; untilWanted?: boolean }) {
  const said = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL("../support/pieces-worker.mjs", import.meta.url), {
    workerData: { ...work, turns: sharedTurns(), told: said.buffer },
  });
  const first = () => Atomics.wait(said, DONE, 0, 30_000);
  return { said, first, ended: once(worker, "exit") };
}

test("between two pieces large work waits until whoever wants to write has done so", async () => {
  const { said, first, ended } = thread({ pieces: 1000 });
  inTurn(() => {
    first();
    // Alone it is through within some milliseconds.
    expect(Atomics.wait(said, OVER, 0, 300)).toBe("timed-out");
  });
  await ended;
  expect([...said]).toEqual([1000, 1]);
});

test("who wants to write begins when the piece is done, and not while it has the database", async () => {
  const { said, first, ended } = thread({ pieces: 1, untilWanted: true });
  first();
  const over = inTurn(() => said[OVER]);
  expect(over).toBe(1);
  await ended;
});
