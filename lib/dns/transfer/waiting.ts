/** Zone files of bundles whose zones wait for proof of control. */
import { and, eq } from "drizzle-orm";
import type { DbOrTx } from "#db/client.ts";
import { zoneImports } from "#db/schema/index.ts";

/** The zone is there: the file is imported into it. False where it no longer waits for that. */
export const takeUp = (tx: DbOrTx, id: string): boolean =>
  tx
    .update(zoneImports)
    .set({ state: "applying", message: "", progress: 0, finishedAt: null })
    .where(and(eq(zoneImports.id, id), eq(zoneImports.state, "waiting")))
    .run().changes > 0;

/** The zone is not made after all. What is left of the file goes when stray files do. */
export const endWaiting = (tx: DbOrTx, zoneId: string, reason: string): void =>
  void tx
    .update(zoneImports)
    .set({
      state: "failed",
      message: `The zone was not made, so nothing was imported: ${reason}`,
      finishedAt: Date.now(),
    })
    .where(and(eq(zoneImports.zoneId, zoneId), eq(zoneImports.state, "waiting")))
    .run();
