/** What leaves the panel of an export. */
import * as z from "zod";

export const ExportState = z.object({
  id: z.string(),
  state: z.enum(["queued", "running", "ready", "failed", "cancelled", "expired"]),
  /** 0 to 1000, thousandths. */
  progress: z.number().int(),
  message: z.string(),
  size: z.number().int(),
  downloads: z.number().int(),
  createdAt: z.number().int(),
  finishedAt: z.number().int().nullable(),
  expiresAt: z.number().int().nullable(),
});

export const Named = z.object({ id: z.string() });

export const Archive = z.object({ headers: z.record(z.string(), z.string()), body: z.instanceof(ReadableStream) });
