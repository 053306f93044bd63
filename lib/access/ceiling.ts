/** The ceiling: nobody writes to an account or a role that holds, or would hold, more than they do themselves. */
import { uncovered } from "./permissions.ts";

/**
 * Whether the actor's grants cover what the target holds before and after the write. For a role, both are the grants of
 * the role, its descendants and its holders. `missing` lists what the actor lacks, once each.
 */
export function withinCeiling(
  actor: readonly string[],
  before: readonly string[],
  after: readonly string[],
): { ok: true } | { ok: false; missing: string[] } {
  const missing = uncovered(actor, [...before, ...after]);
  return missing.length === 0 ? { ok: true } : { ok: false, missing };
}
