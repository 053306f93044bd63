/** How long ago, with the exact moment on hover. `now` comes from the server, so both sides render the same text. */
export interface TimeProps {
  /** Milliseconds since the epoch. */
  at: number;
  now: number;
  className?: string;
}

export const Time = ({ at, now, className }: TimeProps) => (
  <time dateTime={new Date(at).toISOString()} title={exactTime(at)} className={className}>
    {relativeTime(at, now)}
  </time>
);

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "12 s ago", "in 3 min", "5 days ago". */
export function relativeTime(at: number, now: number): string {
  const span = Math.abs(now - at);
  if (span < 5 * SECOND) return "just now";
  const text = spanText(span);
  return at > now ? `in ${text}` : `${text} ago`;
}

function spanText(span: number): string {
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`;
  if (span < DAY) return `${Math.floor(span / HOUR)} h`;
  if (span < 30 * DAY) return counted(Math.floor(span / DAY), "day");
  if (span < 365 * DAY) return counted(Math.floor(span / (30 * DAY)), "month");
  return counted(Math.floor(span / (365 * DAY)), "year");
}

const counted = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? "" : "s"}`;

const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });

/** "21 Nov 2026, 12:50:31 UTC" */
export const exactTime = (at: number): string => `${exact.format(at)} UTC`;
