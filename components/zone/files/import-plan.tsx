/** The plan of a file as a diff, what stands in its way, and the second step. */
"use client";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { relativeName } from "#lib/dns/name.ts";
import { rrsetKey } from "#lib/dns/rrset.ts";
import { rowLabel } from "../record-rows.tsx";
import { Findings } from "../review-change.tsx";
import { RRsetDiff } from "../rrset-diff.tsx";
import type { ImportState } from "./use-import.ts";

const words = { create: ["Added", "ok"], update: ["Changed", "warn"], delete: ["Removed", "bad"] } as const;

interface ImportPlanProps {
  apex: string;
  state: Extract<ImportState, { step: "planned" }>;
  onApply: (confirm: boolean) => void;
  onCancel: () => void;
}

export function ImportPlan({ apex, state: { preview, failure, pending }, onApply, onCancel }: ImportPlanProps) {
  const [confirmed, setConfirmed] = useState(false);
  const { plan, records, refused, errors, warnings, hidden, brake, steps } = preview;
  const cut = preview.cut ?? {};
  const obstacles = refused.length + errors.length + hidden > 0;
  const shown = new Set(plan.map(rrsetKey));
  const of = <T extends { name: string; type: string }>(list: readonly T[], key: string) =>
    list.filter((one) => rrsetKey(one) === key);
  const elsewhere = <T extends { name: string; type: string }>(list: readonly T[]) =>
    list.filter((one) => !shown.has(rrsetKey(one)));
  return (
    <div className="grid gap-3">
      {failure && (
        <Banner tone="bad" live>
          {failure.message}
        </Banner>
      )}
      <p role="status">
        {plan.length === 0
          ? "Nothing would change: the zone has all of this already."
          : `${counted(records.created, "record")} added, ${records.updated} changed, ${records.deleted} removed.`}
      </p>
      {steps > 1 && (
        <Banner>
          This takes {steps} calls to the provider, one after the other. It is not atomic: if one fails, those before it
          stay.
        </Banner>
      )}
      {hidden > 0 && (
        <Banner tone="bad">
          {counted(hidden, "thing")} in this plan cannot be done beside records that you cannot see.
        </Banner>
      )}
      <Findings
        errors={[
          ...elsewhere(refused).map(({ reason }) => reason),
          ...elsewhere(errors).map(({ line, message }) => inLine(line, message)),
        ]}
        warnings={elsewhere(warnings).map(({ message }) => message)}
      />
      {plan.length > 0 && (
        <ul className="grid gap-2.5" aria-label="Changes">
          {plan.map((step) => {
            const key = rrsetKey(step);
            const [word, tone] = words[step.kind];
            return (
              <li key={key} className="rounded-lg border border-line p-2.5">
                <div className="mb-1.5 flex items-center gap-2">
                  <Badge tone={tone}>{word}</Badge>
                  <strong className="min-w-0 flex-1 font-mono font-semibold wrap-anywhere">
                    {rowLabel({ relative: relativeName(step.name, apex), type: step.type })}
                  </strong>
                </div>
                <RRsetDiff type={step.type} before={step.before} after={step.after} cap={20} />
                <Findings
                  errors={[
                    ...of(refused, key).map(({ reason }) => reason),
                    ...of(errors, key).map(({ line, message }) => inLine(line, message)),
                  ]}
                  warnings={of(warnings, key).map(({ message }) => message)}
                />
              </li>
            );
          })}
        </ul>
      )}
      {(cut.plan ?? 0) > 0 && <p className="text-dim">and {counted(cut.plan ?? 0, "more change")} like these.</p>}
      {(cut.errors ?? 0) > 0 && <p className="text-bad">and {counted(cut.errors ?? 0, "more error")}.</p>}
      {brake.braked && !obstacles && (
        <Banner tone="warn" title="This is a large part of the zone">
          <Checkbox
            className="mt-1"
            checked={confirmed}
            onChange={(event) => setConfirmed(event.target.checked)}
            label={`Yes, change or delete ${brake.touched} of ${brake.total} records (${brake.percent} %)`}
          />
        </Banner>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          variant="primary"
          pending={pending}
          disabled={obstacles || plan.length === 0 || (brake.braked && !confirmed)}
          onClick={() => onApply(brake.braked && confirmed)}
        >
          Apply
        </Button>
        <Button onClick={onCancel} disabled={pending}>
          Back to the file
        </Button>
      </div>
    </div>
  );
}

/** Lines that cannot be read, each with its place and why. */
export function UnreadLines({
  lines,
  more,
}: {
  lines: readonly { line: number; column: number; reason: string }[];
  more: number;
}) {
  if (lines.length === 0) return null;
  return (
    <ul aria-label="Lines that cannot be read" className="grid gap-1 text-sm">
      {lines.map(({ line, column, reason }) => (
        <li key={`${line} ${column} ${reason}`} className="wrap-anywhere">
          <span className="font-mono text-dim">
            Line {line}, column {column}:
          </span>{" "}
          {reason}
        </li>
      ))}
      {more > 0 && <li className="text-dim">and {more} more</li>}
    </ul>
  );
}

const inLine = (line: number | undefined, message: string): string =>
  line === undefined ? message : `Line ${line}: ${message}`;

const counted = (count: number, noun: string): string =>
  `${count.toLocaleString("en-GB")} ${noun}${count === 1 ? "" : "s"}`;
