/** Common times of schedules in words. Pure. */

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** Null: it is better read as it is written. */
export function cronWords(cron: string): string | null {
  const [minute = "", hour = "", day = "", month = "", weekday = "", ...more] = cron.trim().split(/\s+/);
  if (more.length > 0 || month !== "*") return null;
  const daily = day === "*" && weekday === "*";
  if (daily && hour === "*") return withinHour(minute);
  const at = numberOf(minute, 0, 59);
  const hours = stepOf(hour, 24);
  if (daily && at === 0 && hours !== null) return hours === 1 ? "Every hour" : `Every ${hours} hours`;
  const from = numberOf(hour, 0, 23);
  if (at === null || from === null) return null;
  const time = `${two(from)}:${two(at)}`;
  if (daily) return `Every day at ${time}`;
  const weekdays = numberOf(weekday, 0, 7);
  if (day === "*" && weekdays !== null) return `Every ${DAYS[weekdays % 7]} at ${time}`;
  // Not every month has the days after it.
  const days = numberOf(day, 1, 28);
  return weekday === "*" && days !== null ? `On day ${days} of every month at ${time}` : null;
}

/** Whether they mean what they say in one time zone alone: "Every 30 minutes" is the same in all. */
export const isTimed = (words: string | null): boolean => words === null || / at /.test(words);

function withinHour(minute: string): string | null {
  const step = minute === "*" ? 1 : stepOf(minute, 60);
  if (step !== null) return step === 1 ? "Every minute" : `Every ${step} minutes`;
  const at = numberOf(minute, 0, 59);
  return at === null ? null : at === 0 ? "Every hour" : `Every hour at ${at} past`;
}

/** Of those after which the next round begins as the last one did. */
function stepOf(part: string, of: number): number | null {
  const step = Number(/^\*\/(\d{1,2})$/.exec(part)?.[1] ?? 0);
  return step > 0 && step < of && of % step === 0 ? step : null;
}

const numberOf = (part: string, min: number, max: number): number | null =>
  /^\d{1,2}$/.test(part) && Number(part) >= min && Number(part) <= max ? Number(part) : null;

const two = (number: number): string => String(number).padStart(2, "0");
