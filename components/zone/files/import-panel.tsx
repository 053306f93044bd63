/** Bringing a zone file: the file, its plan, and what became of it. */
"use client";
import { useRouter } from "next/navigation";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { useTurn } from "../use-turn.ts";
import { type ZoneView, zonePath } from "../zone-view.ts";
import { ImportForm } from "./import-form.tsx";
import { ImportPlan, UnreadLines } from "./import-plan.tsx";
import { useImport } from "./use-import.ts";

type Begun = Parameters<typeof useImport>[2];

export function ImportPanel({ zone, path, begun }: { zone: ZoneView; path: string; begun: Begun }) {
  const router = useRouter();
  const { state, choice, plan, apply, cancel, again } = useImport(zone, path, begun);
  const { step } = state;
  const turn = useTurn(zone, step === "working" ? "bulk" : null);
  return (
    <Panel title="Import" description="You see every change before anything is applied.">
      {(step === "choosing" || step === "sending") && (
        <ImportForm
          zone={zone}
          before={choice}
          sending={step === "sending"}
          failure={step === "choosing" ? state.failure : null}
          onPlan={plan}
        />
      )}
      {step === "working" && (
        <div className="grid gap-3">
          <p role="status">
            {state.row.state === "planning" ? "Working out the plan" : "Importing"}:{" "}
            {Math.round(state.row.progress * 100)} %. {turn} You can leave this page; it goes on.
          </p>
          <progress
            className="h-1.5 w-full max-w-xl"
            value={state.row.progress}
            aria-label={state.row.state === "planning" ? "Working out the plan" : "Importing"}
          />
          <div>
            <Button onClick={cancel}>Cancel</Button>
          </div>
        </div>
      )}
      {step === "planned" && <ImportPlan apex={zone.apex} state={state} onApply={apply} onCancel={cancel} />}
      {step === "done" && (
        <Banner
          tone="ok"
          live
          title="Imported"
          action={
            <>
              <LinkButton href={`${zonePath(zone.organisation, zone.zone)}/history`}>History</LinkButton>
              <Button
                onClick={() => {
                  again();
                  router.refresh();
                }}
              >
                Import another
              </Button>
            </>
          }
        >
          {state.message || "The zone is what the plan said. You can undo it in the history."}
        </Banner>
      )}
      {step === "failed" && (
        <div className="grid gap-3">
          <Banner
            tone={state.row.state === "cancelled" ? "info" : "bad"}
            live
            title={state.row.state === "cancelled" ? "Cancelled" : "Not imported"}
            action={<Button onClick={again}>Back to the file</Button>}
          >
            {state.row.message}
          </Banner>
          <UnreadLines lines={state.row.lines} more={state.row.moreLines} />
        </div>
      )}
    </Panel>
  );
}
