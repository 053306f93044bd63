/** Times as zone files write them: seconds, or numbers with units, such as `1h30m`. */

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds; null if it is no time or longer than a TTL can be (RFC 2181 §8). */
export function readTtl(text: string): number | null {
  if (!/^(?:\d{1,10}|(?:\d{1,10}[smhdw])+)$/i.test(text)) return null;
  let seconds = 0;
  for (const [, amount, unit] of text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)) {
    seconds += Number(amount) * (units[unit || "s"] ?? 1);
  }
  return seconds < 2 ** 31 ? seconds : null;
}
