/** The words for common times, held against when they are due. */
import { Cron } from "croner";
import { expect, test } from "vitest";
import { cronWords, isTimed } from "#components/servers/schedules/cron-words.ts";

const MINUTE = 60_000;
const FROM = Date.UTC(2026, 0, 1);
/** Minutes that the words are held against: more than a month. */
const MINUTES = 40 * 24 * 60;

/** Minutes of these days for which `due` holds. */
const minutesOf = (due: (at: Date) => boolean): number[] =>
  Array.from({ length: MINUTES }, (_, n) => FROM + n * MINUTE).filter((at) => due(new Date(at)));

function runsOf(cron: string): number[] {
  const schedule = new Cron(cron, { mode: "5-part", timezone: "UTC", paused: true });
  const runs: number[] = [];
  for (let at = schedule.nextRun(new Date(FROM - 1)); at !== null; at = schedule.nextRun(at)) {
    if (at.getTime() >= FROM + MINUTES * MINUTE) break;
    runs.push(at.getTime());
  }
  return runs;
}

const clock = (hour: number, minute: number) => (at: Date) =>
  at.getUTCHours() === hour && at.getUTCMinutes() === minute;

test.each<[string, string, (at: Date) => boolean]>([
  ["0 * * * *", "Every hour", (at) => at.getUTCMinutes() === 0],
  ["0 */1 * * *", "Every hour", (at) => at.getUTCMinutes() === 0],
  ["5 * * * *", "Every hour at 5 past", (at) => at.getUTCMinutes() === 5],
  ["*/15 * * * *", "Every 15 minutes", (at) => (at.getTime() / MINUTE) % 15 === 0],
  ["0 */6 * * *", "Every 6 hours", (at) => (at.getTime() / MINUTE) % 360 === 0],
  ["30 4 * * *", "Every day at 04:30", clock(4, 30)],
  [" 5  18 * * 5 ", "Every Friday at 18:05", (at) => clock(18, 5)(at) && at.getUTCDay() === 5],
  ["0 0 * * 7", "Every Sunday at 00:00", (at) => clock(0, 0)(at) && at.getUTCDay() === 0],
  ["0 9 28 * *", "On day 28 of every month at 09:00", (at) => clock(9, 0)(at) && at.getUTCDate() === 28],
])("%s is said as %s", (cron, words, due) => {
  expect(cronWords(cron)).toBe(words);
  expect(runsOf(cron.trim().replace(/\s+/g, " "))).toEqual(minutesOf(due));
});

test.each([
  "",
  "30 4 * *",
  "30 4 * * * *",
  "61 4 * * *",
  "30 24 * * *",
  "*/7 * * * *",
  "*/60 * * * *",
  "*/0 * * * *",
  "15 */6 * * *",
  "0 */5 * * *",
  "0,30 4 * * *",
  "30 4 31 * *",
  "30 4 1 * 1",
  "30 4 * 1 *",
  "30 4 * * MON",
  "30 4 * * 8",
])("%s stays as it is written", (cron) => {
  expect(cronWords(cron)).toBeNull();
});

test("what depends on the time zone says it", () => {
  for (const cron of ["0 4 * * *", "30 18 * * 5", "0 0 1 * *", "5 * * * *", "0 4 1-7 * *"])
    expect(isTimed(cronWords(cron)), cron).toBe(true);
  for (const cron of ["*/30 * * * *", "* * * * *", "0 */6 * * *"]) expect(isTimed(cronWords(cron)), cron).toBe(false);
});
