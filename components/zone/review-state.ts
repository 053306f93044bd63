/** What a review knows: the plan, everything that stands in its way, and what an attempt to apply it answered. Pure. */
import type { api, Failure } from "#lib/api/client.ts";
import { rrsetKey } from "#lib/dns/rrset.ts";
import { type Draft, type requestOf, sameRRset } from "./draft.ts";

type Answer = Awaited<ReturnType<typeof api.dns.change>>;
export type Preview = Extract<Answer, { dryRun: true }>;
export type ChangeResult = Extract<Answer, { dryRun: false }>;
export type Conflict = Preview["conflicts"][number];

export interface ReviewState {
  status: "loading" | "ready" | "applying" | "done";
  preview: Preview | null;
  /** Input that could not be read, by RRset. */
  rejected: Readonly<Record<string, string[]>>;
  failure: Failure | null;
  result: ChangeResult | null;
}

export const loadingReview: ReviewState = {
  status: "loading",
  preview: null,
  rejected: {},
  failure: null,
  result: null,
};

/** The state after a call has failed. What the answer says of the plan goes to where it belongs. */
export function withFailure(
  state: ReviewState,
  failure: Failure,
  keyOf: ReturnType<typeof requestOf>["keyOf"],
): ReviewState {
  const { refused, errors, brake, conflicts } = failure.details as Partial<
    Pick<Preview, "refused" | "errors" | "brake" | "conflicts">
  >;
  const rejected: Record<string, string[]> = {};
  if (!errors) {
    for (const [field, message] of Object.entries(failure.fields)) {
      const key = keyOf(field);
      if (key !== null) rejected[key] = [...(rejected[key] ?? []), message];
    }
  }
  const preview = state.preview && {
    ...state.preview,
    ...(refused ? { refused } : {}),
    ...(errors ? { errors } : {}),
    ...(brake ? { brake } : {}),
    ...(conflicts ? { conflicts } : {}),
  };
  return { ...state, status: "ready", preview, rejected, failure };
}

/** Why it cannot be applied as it is, other than for want of a confirmation. */
export function isBlocked({ preview, rejected, status }: ReviewState): boolean {
  if (!preview || status === "loading" || status === "applying") return true;
  const obstacles =
    preview.refused.length + preview.errors.length + preview.conflicts.length + Object.keys(rejected).length;
  return obstacles > 0 || preview.plan.length === 0;
}

/** Entries of the draft that somebody else has brought about already. */
export const fulfilled = (conflicts: readonly Conflict[], draft: Draft): string[] =>
  conflicts.map(rrsetKey).filter((key, index) => {
    const entry = draft[key];
    return entry !== undefined && sameRRset(entry.wanted, conflicts[index]?.now ?? null);
  });

/** Findings about RRsets that are not in the draft, so that no row shows them. */
export function elsewhere<T extends { name: string; type: string }>(findings: readonly T[], draft: Draft): T[] {
  return findings.filter((finding) => !(rrsetKey(finding) in draft));
}
