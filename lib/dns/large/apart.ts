/** Whether what is to be done in a zone is done in the thread for large work. */
import { connectionById } from "../connections.ts";
import { LARGE } from "./thread.ts";

/**
 * By its size, in records or RRsets. The calls of a Cloudflare token take turns in one queue, which is the main thread's: its
 * zones are worked on there, however large they are.
 */
export const goesApart = (zone: { connection: string }, size: number): boolean =>
  size > LARGE && connectionById(zone.connection)?.kind !== "cloudflare";
