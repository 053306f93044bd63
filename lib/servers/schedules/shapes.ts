/** How schedules are given and shown. */
import { Cron } from "croner";
import * as z from "zod";
import { masked } from "#lib/api/masked.ts";

export const stepKinds = ["power", "command", "backup"] as const;
export type StepKind = (typeof stepKinds)[number];
export const powerActions = ["start", "stop", "restart", "kill"] as const;
export const MOST_STEPS = 20;
/** Seconds. */
const LONGEST_WAIT = 900;

const line = (most: number, sentence: string) =>
  z
    .string()
    .trim()
    .max(most, sentence)
    .regex(/^[^\p{Cc}]*$/u, "Enter one line.");

const step = z
  .strictObject({
    /** That of a step as it was: what is the same stays whoever’s it is. */
    id: z.string().max(100).optional(),
    kind: z.enum(stepKinds),
    payload: z.string().max(2000, "Enter at most 2,000 characters.").default(""),
    wait: z
      .number("Enter a number of seconds.")
      .int("Enter whole seconds.")
      .min(0, "Enter a number from 0.")
      .max(LONGEST_WAIT, `Wait at most ${LONGEST_WAIT} seconds.`)
      .default(0),
    goesOn: z.boolean().default(false),
  })
  .check(({ value: { kind, payload }, issues }) => {
    const say = (message: string) => issues.push({ code: "custom", input: payload, path: ["payload"], message });
    if (kind === "power" && !powerActions.some((action) => action === payload))
      say("Choose start, stop, restart or kill.");
    if (kind === "command" && payload.trim() === "") say("Enter a command.");
    if (kind === "command" && /\p{Cc}/u.test(payload)) say("Enter one line.");
  });
export type GivenStep = z.output<typeof step>;

const cron = line(100, "Enter at most 100 characters.")
  .transform((text) => text.replace(/\s+/g, " "))
  .refine((text) => isCron(text), "Enter minute, hour, day, month and day of the week, such as 30 4 * * *.");

const timezone = z.string().max(60).refine(isTimezone, "There is no such time zone.");

export const scheduleFields = {
  name: line(100, "A name has at most 100 characters.").min(1, "Enter a name."),
  cron,
  timezone,
  enabled: z.boolean(),
  onlyRunning: z.boolean(),
  steps: z.array(step).min(1, "Add at least one step.").max(MOST_STEPS, `A schedule has at most ${MOST_STEPS} steps.`),
};
const Fields = z.object(scheduleFields);
export type ScheduleFields = z.output<typeof Fields>;

export const scheduleCreation = {
  ...scheduleFields,
  timezone: timezone.default("UTC"),
  enabled: scheduleFields.enabled.default(true),
  onlyRunning: scheduleFields.onlyRunning.default(false),
};
export const scheduleEdit = Fields.partial().shape;

/** Five parts; seconds are not for people. */
function isCron(text: string): boolean {
  try {
    new Cron(text, { mode: "5-part", paused: true }).stop();
    return true;
  } catch {
    return false;
  }
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** Milliseconds; null: never again. */
export const nextAfter = (schedule: { cron: string; timezone: string }, after: number): number | null =>
  new Cron(schedule.cron, { mode: "5-part", timezone: schedule.timezone, paused: true })
    .nextRun(new Date(after))
    ?.getTime() ?? null;

export const Outcome = z.object({
  kind: z.enum(stepKinds),
  /** `unknown`: the panel ended while it was done. */
  state: z.enum(["done", "skipped", "failed", "unknown"]),
  message: z.string(),
  at: z.number().int(),
});
export type Outcome = z.output<typeof Outcome>;

export const Run = z.object({
  id: z.string(),
  state: z.enum(["running", "done", "failed", "skipped"]),
  message: z.string(),
  /** Null: the clock. */
  by: masked("label").nullable(),
  startedAt: z.number().int(),
  endedAt: z.number().int().nullable(),
  steps: z.number().int(),
  outcomes: z.array(Outcome),
});

export const Schedule = z.object({
  id: z.string(),
  name: z.string(),
  cron: z.string(),
  timezone: z.string(),
  enabled: z.boolean(),
  onlyRunning: z.boolean(),
  nextAt: z.number().int().nullable(),
  revision: z.number().int(),
  steps: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(stepKinds),
      payload: z.string(),
      wait: z.number().int(),
      goesOn: z.boolean(),
      /** Its author may still do it; whoever looks sees this alone of them. */
      holds: z.boolean(),
    }),
  ),
  last: Run.nullable(),
});
export type Schedule = z.output<typeof Schedule>;
