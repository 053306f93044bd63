/** How the outcome of a change is answered over HTTP, and when. */
import { Problem } from "#lib/api/errors.ts";
import { log } from "#lib/log/log.ts";
import type { ChangeResult } from "./changes.ts";
import { type Pace, withPace } from "./large/pace.ts";

/** Nobody waits longer than this for a write. */
const WITHIN_MS = 20_000;

/** An outcome that nobody knows yet is 202. */
export function answered<T extends Pick<ChangeResult, "state">>(context: { trace: { status?: number } }, result: T): T {
  if (result.state === "unknown" || result.state === "pending") context.trace.status = 202;
  return result;
}

/**
 * The outcome of a change, if it is known in time. If not, what is under way is answered as `pending`, and done all the same; what
 * has not begun by then is not done. `rest`: what an answer holds besides. Rejects as the work does, or with `provider_timeout` where nothing was done.
 */
export async function inTime<T extends Pick<ChangeResult, "change" | "state" | "message">>(
  work: () => Promise<T>,
  rest: Partial<T> = {},
): Promise<T> {
  const stopping = new AbortController();
  const begun = Promise.withResolvers<T>();
  let underWay: T | null = null;
  const journaled: Pace["journaled"] = (told) => {
    // What else is said of a change is told with it, and `rest` is what is said of all others.
    underWay = { ...pending, ...told, ...rest } as unknown as T;
    if (stopping.signal.aborted) begun.resolve(underWay);
  };
  const done = withPace({ signal: stopping.signal, progress: () => {}, journaled }, work);
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), WITHIN_MS);
  try {
    const outcome = await Promise.race([done, late.promise]);
    if (outcome) return outcome;
  } finally {
    clearTimeout(timer);
  }
  done.catch((error: unknown) => log().warn({ err: error }, "a change that was answered before its end failed"));
  if (underWay) return underWay;
  stopping.abort(tooLate());
  return await Promise.race([done, begun.promise]).catch((error: unknown) => {
    throw error instanceof Problem ? error : tooLate();
  });
}

const pending: Pick<ChangeResult, "state" | "warnings" | "message" | "differs"> = {
  state: "pending",
  warnings: [],
  message: "It takes longer than usual, and is still under way.",
  differs: [],
};

const tooLate = (): Problem =>
  new Problem("provider_timeout", "This took too long, and was given up before anything was changed. Try again.");
