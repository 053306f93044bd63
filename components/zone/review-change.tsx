/** One RRset in the review: what happens to it, what is wrong with that, and the way to leave it out. */
"use client";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CircleAlert, TriangleAlert } from "#components/ui/icons.tsx";
import { relativeName } from "#lib/dns/name.ts";
import { rrsetKey } from "#lib/dns/rrset.ts";
import { type DraftEntry, kindOf } from "./draft.ts";
import { rowLabel } from "./record-rows.tsx";
import type { ReviewState } from "./review-state.ts";
import { RRsetDiff } from "./rrset-diff.tsx";

export interface ReviewChangeProps {
  entry: DraftEntry;
  apex: string;
  state: ReviewState;
  onDrop: () => void;
}

export const changeWords = {
  create: ["Added", "ok"],
  update: ["Changed", "warn"],
  delete: ["Removed", "bad"],
} as const;
const drafted = { added: "create", changed: "update", removed: "delete" } as const;

export function ReviewChange({ entry, apex, state: { preview, rejected }, onDrop }: ReviewChangeProps) {
  const key = rrsetKey(entry);
  const step = preview?.plan.find((change) => rrsetKey(change) === key);
  const [word, tone] = changeWords[step?.kind ?? drafted[kindOf(entry)]];
  const label = rowLabel({ relative: relativeName(entry.name, apex), type: entry.type });
  const mine = <T extends { name: string; type: string }>(list: readonly T[] = []) =>
    list.filter((item) => rrsetKey(item) === key);
  const errors = [
    ...mine(preview?.refused).map((refusal) => refusal.reason),
    ...mine(preview?.errors).map((finding) => finding.message),
    ...(rejected[key] ?? []),
  ];
  const warnings = mine(preview?.warnings).map((finding) => finding.message);
  return (
    <li className="rounded-lg border border-line p-2.5">
      <div className="mb-1.5 flex items-center gap-2">
        <Badge tone={tone}>{word}</Badge>
        <strong className="min-w-0 flex-1 font-mono font-semibold wrap-anywhere">{label}</strong>
        <Button size="sm" variant="ghost" aria-label={`Drop ${label}`} onClick={onDrop}>
          Drop
        </Button>
      </div>
      {preview && !step && errors.length === 0 && !preview.cut.plan ? (
        <p className="text-dim">Nothing to do: it is like this already.</p>
      ) : (
        <RRsetDiff
          type={entry.type}
          before={step ? step.before : (entry.seen?.rrset ?? null)}
          after={step ? step.after : entry.wanted}
        />
      )}
      <Findings errors={errors} warnings={warnings} />
    </li>
  );
}

export function Findings({ errors, warnings }: { errors: readonly string[]; warnings: readonly string[] }) {
  if (errors.length + warnings.length === 0) return null;
  return (
    <ul className="mt-1.5 grid gap-0.5 text-xs">
      {[...new Set(errors)].map((message) => (
        <li key={message} className="flex gap-1.5 text-bad">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
          <span className="min-w-0 wrap-anywhere">
            <span className="sr-only">Error: </span>
            {message}
          </span>
        </li>
      ))}
      {[...new Set(warnings)].map((message) => (
        <li key={message} className="flex gap-1.5 text-warn">
          <TriangleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
          <span className="min-w-0 wrap-anywhere">
            <span className="sr-only">Warning: </span>
            {message}
          </span>
        </li>
      ))}
    </ul>
  );
}
