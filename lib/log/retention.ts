/** Drops what the logs have kept long enough. */
import * as z from "zod";
import { jobKind } from "#lib/jobs/queue.ts";
import { setting } from "#lib/settings/settings.ts";
import { retainLogs } from "./store.ts";

const DAY = 86_400_000;

export const logRetention = jobKind({
  kind: "logs.retention",
  schedule: "25 * * * *",
  payload: z.object({}),
  attempts: 3,
  async run() {
    const now = Date.now();
    await retainLogs({
      requests: now - setting("logs.request_days") * DAY,
      errors: now - setting("logs.error_days") * DAY,
      statements: now - setting("logs.slow_query_days") * DAY,
    });
  },
});
