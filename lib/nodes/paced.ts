/** Asking very many nodes in a row, without anybody's request having to wait for all of them. */
import { setTimeout } from "node:timers/promises";

/** So many begin together: one alone costs a processor that has to wake up for it several times as much. */
const TOGETHER = 25;

export interface Pace {
  /** So many are asked at a time. */
  atOnce: number;
  /** In milliseconds: over so long a thousand and more are spread. Fewer take less, and a few no time at all. */
  withinMs: number;
  signal: AbortSignal | undefined;
}

/** `ask` does not reject. */
export async function paced<T>(
  items: readonly T[],
  { atOnce, withinMs, signal }: Pace,
  ask: (item: T) => Promise<void>,
): Promise<void> {
  const gap = Math.min(withinMs / items.length, (withinMs * items.length) / 1_000_000);
  const begun = performance.now();
  const waiting = items.entries();
  const work = async () => {
    for (const [at, item] of waiting) {
      const early = begun + (at - (at % TOGETHER)) * gap - performance.now();
      if (early > 1) await setTimeout(early, undefined, signal ? { signal } : {}).catch(() => undefined);
      if (signal?.aborted) return;
      await ask(item);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
