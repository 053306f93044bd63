/** What a node's daemon is told of mounts in its own configuration. */
import { eq } from "drizzle-orm";
import { db } from "#db/client.ts";
import { mountNodes, mounts } from "#db/schema/index.ts";

/** The folders that a node's daemon has to allow. */
export const sourcesOn = (node: string): string[] =>
  db()
    .selectDistinct({ source: mounts.source })
    .from(mounts)
    .innerJoin(mountNodes, eq(mountNodes.mountId, mounts.id))
    .where(eq(mountNodes.nodeId, node))
    .orderBy(mounts.source)
    .all()
    .map(({ source }) => source);
