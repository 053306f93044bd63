// A thread that does large work in pieces, and says in shared numbers how far it is: pieces done, and whether all are.
import { workerData } from "node:worker_threads";
import { giveWay, hold, joinTurns, release } from "#db/turns.ts";

const { turns, told, pieces, untilWanted } = workerData;
const said = new Int32Array(told);
const wanted = new Int32Array(turns);
joinTurns(turns);

for (let piece = 0; piece < pieces; piece++) {
  hold();
  if (untilWanted) {
    Atomics.add(said, 0, 1);
    Atomics.notify(said, 0);
    while (Atomics.load(wanted, 0) === 0);
    // The rest of the piece takes longer than the other thread would take to begin.
    for (let step = 0; step < 1e6; step++) Atomics.load(wanted, 0);
    Atomics.store(said, 1, 1);
  } else {
    Atomics.add(said, 0, 1);
    Atomics.notify(said, 0);
  }
  release();
  await giveWay();
}
Atomics.store(said, 1, 1);
Atomics.notify(said, 1);
