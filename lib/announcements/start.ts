/** Looks every minute for what is to go out. */
import * as z from "zod";
import { jobKind } from "#lib/jobs/queue.ts";
import { startDue } from "./announcements.ts";

export const startAnnouncements = jobKind({
  kind: "announcements.start",
  schedule: "* * * * *",
  payload: z.object({}),
  attempts: 3,
  run: () => startDue(Date.now()),
});
