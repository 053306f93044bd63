/** What a crash in the middle of a large write left behind is removed when the panel starts. */
import { log } from "#lib/log/log.ts";
import { leftOver } from "./generation.ts";
import { inThread } from "./thread.ts";

/** Returns at once. Before anything else asks the thread: what is built later is not left over. */
export function sweepGenerations(): void {
  if (leftOver().length === 0) return;
  void inThread("sweep", {}).catch((error) => log().warn({ err: error }, "unfinished writes were not removed"));
}
