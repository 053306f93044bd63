/** The API of a server's schedules. */
import * as z from "zod";
import { onServer } from "#lib/api/guards.ts";
import { runNow } from "./run.ts";
import { createSchedule, editSchedule, listRuns, listSchedules, removeSchedule } from "./schedules.ts";
import { Run, Schedule, scheduleCreation, scheduleEdit } from "./shapes.ts";

const ALL = "/servers/{server}/schedules";
const ONE = `${ALL}/{schedule}`;
const one = { schedule: z.string().max(100) };
const Named = z.object({ id: z.string() });

export const list = onServer("schedules", {}, { permission: "schedules:read" })
  .route({ method: "GET", path: ALL, summary: "The schedules of a server" })
  .output(z.object({ items: z.array(Schedule) }))
  .handler(({ context }) => ({ items: listSchedules(context) }));

export const runs = onServer("schedules", one, { permission: "schedules:read" })
  .route({ method: "GET", path: `${ONE}/runs`, summary: "What came of a schedule’s last runs" })
  .output(z.object({ items: z.array(Run) }))
  .handler(({ context, input }) => ({ items: listRuns(context, input.schedule) }));

export const create = onServer("schedules", scheduleCreation, { permission: "schedules:create", asks: true })
  .route({ method: "POST", path: ALL, successStatus: 201, summary: "Add a schedule" })
  .output(Named)
  .handler(({ context, input: { server: _, ...given } }) => createSchedule(context, given, context.actor));

export const edit = onServer(
  "schedules",
  { ...one, ...scheduleEdit, revision: z.number().int().optional() },
  { permission: "schedules:write", asks: true },
)
  .route({ method: "PATCH", path: ONE, summary: "Change a schedule" })
  .output(Named)
  .handler(({ context, input: { server: _, schedule, ...given } }) =>
    editSchedule(context, schedule, given, context.actor),
  );

export const remove = onServer("schedules", one, { permission: "schedules:write", asks: true })
  .route({ method: "DELETE", path: ONE, summary: "Delete a schedule" })
  .output(Named)
  .handler(({ context, input }) => removeSchedule(context, input.schedule, context.actor));

export const run = onServer("schedules", one, { permission: "schedules:write", asks: true })
  .route({ method: "POST", path: `${ONE}/run`, successStatus: 202, summary: "Run a schedule now" })
  .output(z.object({ run: z.string() }))
  .handler(({ context, input }) => runNow(context, input.schedule, context.actor));
