/** The dry run: one plan a zone, which of them go ahead, and the brake. */
"use client";
import { useState } from "react";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { RRsetDiff } from "#components/zone/rrset-diff.tsx";
import { countsText, type ZonePlan } from "./words.ts";

export interface BulkPlansProps {
  title: string;
  zones: readonly ZonePlan[];
  pending: boolean;
  onStart: (zones: { zone: string; digest: string }[], confirm: boolean) => void;
}

const looks: Record<ZonePlan["state"], { name: string; tone: Tone }> = {
  ready: { name: "Ready", tone: "ok" },
  same: { name: "Like that already", tone: "neutral" },
  refused: { name: "Not possible", tone: "bad" },
  failed: { name: "Not known", tone: "warn" },
};
const LINES = 8;

export function BulkPlans({ title, zones, pending, onStart }: BulkPlansProps) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [confirmed, setConfirmed] = useState(false);
  const ready = zones.filter(({ state }) => state === "ready");
  const chosen = ready.filter(({ zone }) => !left.has(zone.id));
  const braked = chosen.filter(({ brake }) => brake.braked);
  const sum = (of: keyof ZonePlan["records"]) => chosen.reduce((total, { records }) => total + records[of], 0);
  const counts = { created: sum("created"), updated: sum("updated"), deleted: sum("deleted") };
  const others = zones.length - ready.length;

  const toggle = (id: string) => {
    const next = new Set(left);
    if (!next.delete(id)) next.add(id);
    setLeft(next);
  };

  return (
    <>
      <h2 className="text-base font-semibold wrap-anywhere">{title}</h2>
      <p className="mt-0.5 mb-3 text-dim" role="status">
        {chosen.length} {chosen.length === 1 ? "zone" : "zones"}: {countsText(counts).toLowerCase()}
        {others > 0 && `. In ${others} ${others === 1 ? "zone" : "zones"} nothing can be done.`}
      </p>
      <ul className="grid gap-2" aria-label="Zones">
        {zones.map((plan) => (
          <ZoneItem
            key={plan.zone.id}
            plan={plan}
            chosen={!left.has(plan.zone.id)}
            onToggle={() => toggle(plan.zone.id)}
          />
        ))}
      </ul>
      <div className="sticky bottom-0 -mx-4 mt-4 grid gap-3 border-line border-t bg-bg px-4 py-3 md:-mx-6 md:px-6">
        {braked.length > 0 && (
          <Banner
            tone="warn"
            title={`This is a large part of ${braked.length === 1 ? "a zone" : `${braked.length} zones`}`}
          >
            <Checkbox
              checked={confirmed}
              onChange={(event) => setConfirmed(event.target.checked)}
              label={`Yes, change or delete that much in ${braked
                .map(({ zone }) => zone.displayName)
                .slice(0, 3)
                .join(", ")}${braked.length > 3 ? " and others" : ""}`}
            />
          </Banner>
        )}
        <div className="flex flex-wrap items-center justify-end gap-3">
          <p className="me-auto text-dim">
            A zone that changes before its turn is left alone, and all of it can be undone.
          </p>
          <Button
            variant="primary"
            pending={pending}
            disabled={chosen.length === 0 || (braked.length > 0 && !confirmed)}
            onClick={() =>
              onStart(
                chosen.map(({ zone, digest }) => ({ zone: zone.id, digest })),
                confirmed,
              )
            }
          >
            Change {chosen.length} {chosen.length === 1 ? "zone" : "zones"}
          </Button>
        </div>
      </div>
    </>
  );
}

function ZoneItem({ plan, chosen, onToggle }: { plan: ZonePlan; chosen: boolean; onToggle: () => void }) {
  const { zone, state, records, brake, warnings, reasons, left, steps } = plan;
  const ready = state === "ready";
  const name = <span className="font-mono font-semibold wrap-anywhere">{zone.displayName}</span>;
  return (
    <li className="rounded-lg border border-line bg-panel px-3 py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {ready ? <Checkbox checked={chosen} onChange={onToggle} label={name} /> : <span className="ps-6">{name}</span>}
        <Badge tone={looks[state].tone}>{looks[state].name}</Badge>
        {brake.braked && <Badge tone="warn">{`${brake.percent} % of the zone`}</Badge>}
        <span className="ms-auto text-dim">{ready ? countsText(records) : zone.organisation.name}</span>
      </div>
      {[...reasons, ...warnings].map((sentence) => (
        <p key={sentence} className={`mt-1 ps-6 text-xs ${reasons.includes(sentence) ? "text-bad" : "text-warn"}`}>
          {sentence}
        </p>
      ))}
      {left > 0 && (
        <p className="mt-1 ps-6 text-xs text-dim">
          {left} record {left === 1 ? "set is" : "sets are"} left as {left === 1 ? "it is" : "they are"}: your level
          there is to look.
        </p>
      )}
      {ready && (
        <details className="mt-1.5 ps-6" open={steps <= 2}>
          <summary className="cursor-pointer text-dim">
            {steps} record {steps === 1 ? "set" : "sets"}
          </summary>
          <ul className="mt-1.5 grid gap-2">
            {plan.plan.slice(0, LINES).map((step) => (
              <li key={`${step.name} ${step.type}`}>
                <p className="mb-0.5 font-mono text-xs text-dim wrap-anywhere">
                  {step.name.replace(/\.$/, "")} {step.type}
                </p>
                <RRsetDiff type={step.type} before={step.before} after={step.after} cap={LINES} />
              </li>
            ))}
          </ul>
          {steps > LINES && <p className="mt-1.5 text-xs text-faint">and {steps - LINES} more</p>}
        </details>
      )}
    </li>
  );
}
