/** How the outcome of a change is answered over HTTP. */
import type { ChangeResult } from "./changes.ts";

/** An outcome that nobody knows yet is 202. */
export function answered<T extends Pick<ChangeResult, "state">>(context: { trace: { status?: number } }, result: T): T {
  if (result.state === "unknown") context.trace.status = 202;
  return result;
}
