/** A plan that is not a draft's: what stands in its way, what it does RRset by RRset, and what it leaves. */
"use client";
import { Badge } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { relativeName } from "#lib/dns/name.ts";
import { rrsetKey } from "#lib/dns/rrset.ts";
import { rowLabel } from "./record-rows.tsx";
import { changeWords, Findings } from "./review-change.tsx";
import type { Preview } from "./review-state.ts";
import { columnOf } from "./rrset-column.tsx";
import { RRsetDiff } from "./rrset-diff.tsx";

/** RRsets that are shown; a plan can be a whole zone. */
const SHOWN = 100;

export interface PlanViewProps {
  preview: Preview;
  apex: string;
  confirmed: boolean;
  onConfirm: (confirmed: boolean) => void;
  /** What would be done to an RRset that moved since, in the heading of its column. */
  wouldBe: string;
}

export function PlanView({ preview, apex, confirmed, onConfirm, wouldBe }: PlanViewProps) {
  const { plan, brake, steps, conflicts, refused, errors, warnings, hidden, cut } = preview;
  const inConflict = new Set(conflicts.map(rrsetKey));
  const rest = plan.filter((change) => !inConflict.has(rrsetKey(change)));
  const label = (set: { name: string; type: string }) =>
    rowLabel({ relative: relativeName(set.name, apex), type: set.type });
  const mine = <T extends { name: string; type: string }>(list: readonly T[], set: { name: string; type: string }) =>
    list.filter((item) => rrsetKey(item) === rrsetKey(set));
  const more = Math.max(0, rest.length - SHOWN) + (cut.plan ?? 0);
  const known = new Set([...plan, ...conflicts].map(rrsetKey));
  const elsewhere = <T extends { name: string; type: string }>(list: readonly T[]) =>
    list.filter((item) => !known.has(rrsetKey(item)));
  return (
    <>
      {steps > 1 && (
        <Banner>
          This takes {steps} calls to the provider, one after the other. It is not atomic: if one fails, those before it
          stay.
        </Banner>
      )}
      {brake.braked && (
        <Banner tone="warn" title="This is a large part of the zone">
          <Checkbox
            className="mt-1"
            checked={confirmed}
            onChange={(event) => onConfirm(event.target.checked)}
            label={`Yes, change or delete ${brake.touched} of ${brake.total} records (${brake.percent} %)`}
          />
        </Banner>
      )}
      {hidden > 0 && <Banner tone="bad">This touches records that you cannot see, and they do not allow it.</Banner>}
      <ul className="grid gap-2.5" aria-label="Changes">
        {conflicts.map((conflict) => (
          <li key={rrsetKey(conflict)} className="rounded-lg border border-warn/40 bg-warn-bg p-2.5">
            <p className="mb-2">
              <strong className="font-mono font-semibold wrap-anywhere">{label(conflict)}</strong> has been changed
              since.
            </p>
            <dl className="grid gap-2 sm:grid-cols-2">
              {columnOf("Now", conflict.now, conflict.type)}
              {columnOf(wouldBe, conflict.yours, conflict.type)}
            </dl>
          </li>
        ))}
        {rest.slice(0, SHOWN).map((change) => {
          const [word, tone] = changeWords[change.kind];
          return (
            <li key={rrsetKey(change)} className="rounded-lg border border-line p-2.5">
              <div className="mb-1.5 flex items-center gap-2">
                <Badge tone={tone}>{word}</Badge>
                <strong className="min-w-0 flex-1 font-mono font-semibold wrap-anywhere">{label(change)}</strong>
              </div>
              <RRsetDiff type={change.type} before={change.before} after={change.after} />
              <Findings
                errors={[
                  ...mine(refused, change).map(({ reason }) => reason),
                  ...mine(errors, change).map(({ message }) => message),
                ]}
                warnings={mine(warnings, change).map(({ message }) => message)}
              />
            </li>
          );
        })}
      </ul>
      {more > 0 && <p className="text-faint">and {more.toLocaleString("en-GB")} more</p>}
      <Findings
        errors={[...elsewhere(refused).map(({ reason }) => reason), ...elsewhere(errors).map(({ message }) => message)]}
        warnings={elsewhere(warnings).map(({ message }) => message)}
      />
    </>
  );
}
