/** What a crash in the middle of a large write left behind is removed when the panel starts, and what deleted zones held when nobody can have it back. */
import { log } from "#lib/log/log.ts";
import { leftOver } from "./generation.ts";
import { inThread } from "./thread.ts";

/** Returns at once. Before anything else is built: what is built later is not left over. */
export const sweepGenerations = (): void => sweep(leftOver());

/** These go in the background; what a crash leaves of them is left over. */
export function sweep(generations: readonly number[]): void {
  if (generations.length === 0) return;
  void inThread("sweep", { generations }).catch((error) => log().warn({ err: error }, "old records were not removed"));
}
