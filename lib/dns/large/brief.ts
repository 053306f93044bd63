/** The beginning of large results: nobody reads a hundred thousand steps, and no answer carries them. */
import type { Plan } from "../rrset.ts";

/** Steps and findings of each kind that an answer carries. */
const MOST = 200;

interface Long {
  plan: Plan;
}

/** What was cut off is a number under the list's name. */
export type Brief<T extends Long> = T & { cut: Record<string, number> };

/** Every list is cut after its first 200 entries. */
export function brief<T extends Long>(result: T): Brief<T> {
  const lost: Record<string, number> = {};
  const kept = Object.entries(result).map(([name, value]) => {
    if (!Array.isArray(value) || value.length <= MOST) return [name, value];
    lost[name] = value.length - MOST;
    return [name, value.slice(0, MOST)];
  });
  return { ...(Object.fromEntries(kept) as T), cut: lost };
}
