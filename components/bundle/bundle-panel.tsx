/** Bringing a bundle: the file, the plan of each zone, and what became of them. */
"use client";
import { useState } from "react";
import { counted } from "#components/organisations/words.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { BundleForm } from "./bundle-form.tsx";
import { BundleZones, isReady, isSame } from "./bundle-zones.tsx";
import { type Bundle, useBundle } from "./use-bundle.ts";

interface BundlePanelProps {
  organisation: string;
  connections: readonly { id: string; label: string }[];
  begun: Bundle | null;
}

export function BundlePanel({ organisation, connections, begun }: BundlePanelProps) {
  const { bundle, sending, failure, lost, plan, apply, cancel, again } = useBundle(organisation, begun);
  return (
    <Panel title="Import" description="You see every change before anything is applied.">
      {bundle === null ? (
        <BundleForm
          connections={connections}
          sending={sending}
          failure={failure?.message ?? null}
          onPlan={(choice) => void plan(choice)}
        />
      ) : (
        <div className="grid gap-3">
          {failure && (
            <Banner tone="bad" live>
              {failure.message}
            </Banner>
          )}
          {lost && (
            <Banner tone="warn">
              The panel does not answer. The work goes on, and this page follows as soon as it can.
            </Banner>
          )}
          <p role="status">{headline(bundle)}</p>
          {isOpen(bundle) && (
            <progress
              className="h-1.5 w-full"
              value={bundle.through}
              max={Math.max(bundle.total, 1)}
              aria-label={bundle.state === "planning" ? "Zones planned" : "Zones done"}
            />
          )}
          <BundleZones organisation={organisation} bundle={bundle} />
          {bundle.state === "planned" ? (
            <Choice bundle={bundle} pending={sending} onApply={apply} onCancel={cancel} />
          ) : (
            <div>
              {isOpen(bundle) ? (
                bundle.state === "planning" && <Button onClick={() => void cancel()}>Cancel</Button>
              ) : (
                <Button onClick={again}>Import another</Button>
              )}
            </div>
          )}
        </div>
      )}
    </Panel>
  );
}

interface ChoiceProps {
  bundle: Bundle;
  pending: boolean;
  onApply: (confirm: boolean) => Promise<void>;
  onCancel: () => Promise<void>;
}

function Choice({ bundle, pending, onApply, onCancel }: ChoiceProps) {
  const [confirmed, setConfirmed] = useState(false);
  const ready = bundle.items.filter((item) => isReady(item) && !isSame(item));
  const braked = ready.filter((item) => item.braked);
  const now = confirmed ? ready.length : ready.length - braked.length;
  return (
    <>
      {braked.length > 0 && (
        <Banner tone="warn" title="A large part of some zones would change">
          <Checkbox
            className="mt-1"
            checked={confirmed}
            onChange={(event) => setConfirmed(event.target.checked)}
            label={`Yes, change these too: ${braked.map(({ displayName }) => displayName).join(", ")}`}
          />
        </Banner>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button variant="primary" pending={pending} disabled={now === 0} onClick={() => void onApply(confirmed)}>
          {now === 0 ? "Nothing to apply" : `Apply to ${counted(now, "zone")}`}
        </Button>
        <Button disabled={pending} onClick={() => void onCancel()}>
          Cancel
        </Button>
      </div>
    </>
  );
}

const isOpen = ({ state }: Bundle): boolean => state === "planning" || state === "applying";

function headline({ state, total, through, items }: Bundle): string {
  const of = counted(total, "zone");
  if (state === "planning") return `Working out the plans: ${through} of ${of}. You can leave this page; it goes on.`;
  if (state === "applying") return `Importing: ${through} of ${of} are through. You can leave this page; it goes on.`;
  const done = items.filter((item) => item.state === "done").length;
  const waiting = items.filter((item) => item.state === "waiting").length;
  if (state === "done")
    return `${done} of ${of} imported${waiting > 0 ? `, ${waiting} waiting for proof of control` : ""}.`;
  const ready = items.filter((item) => isReady(item) && !isSame(item)).length;
  return `${of} in the bundle. ${ready === 0 ? "None would change." : `${ready} would change or be made.`}`;
}
