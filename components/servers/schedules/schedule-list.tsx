/** Schedules one under the other: when they are due, what they do, and what came of it. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { cronWords, isTimed } from "./cron-words.ts";
import { runWords, type Schedule, stepInWords } from "./schedule-words.ts";

const ScheduleDialog = dynamic(() => import("./schedule-dialog.tsx").then((module) => module.ScheduleDialog));
const RunsDialog = dynamic(() => import("./runs-dialog.tsx").then((module) => module.RunsDialog));

export function ScheduleList({ server, items, now }: { server: string; items: readonly Schedule[]; now: number }) {
  const router = useRouter();
  const [editing, setEditing] = useState<Schedule | null>(null);
  const [looking, setLooking] = useState<Schedule | null>(null);
  const { failure, pending, run } = useAction();
  const start = async ({ id, name }: Schedule) => {
    const begun = await run((api) => api.servers.schedules.run({ server, schedule: id }));
    if (!begun?.ok) return;
    toast(`${name} has begun`);
    router.refresh();
  };
  return (
    <div className="flex flex-col gap-3.5">
      {failure && <FailureBanner failure={failure} />}
      {items.map((schedule) => (
        <Panel
          key={schedule.id}
          title={
            <>
              {schedule.name} {!schedule.enabled && <Badge>Switched off</Badge>}
            </>
          }
          description={<When schedule={schedule} now={now} />}
          actions={
            <div className="flex flex-wrap gap-1">
              <Button size="sm" pending={pending} onClick={() => start(schedule)}>
                Run now
              </Button>
              <Button variant="ghost" size="sm" aria-haspopup="dialog" onClick={() => setLooking(schedule)}>
                History
              </Button>
              <Button variant="ghost" size="sm" aria-haspopup="dialog" onClick={() => setEditing(schedule)}>
                Edit
              </Button>
              <ConfirmButton
                label="Delete"
                accessibleLabel={`Delete ${schedule.name}`}
                button={{ variant: "ghost", size: "sm" }}
                title={`Delete ${schedule.name}?`}
                confirm="Delete schedule"
                call={(api) => api.servers.schedules.remove({ server, schedule: schedule.id })}
                onDone={() => {
                  toast(`${schedule.name} is deleted`);
                  router.refresh();
                }}
              >
                It is not run any more, and what came of it so far is forgotten.
              </ConfirmButton>
            </div>
          }
        >
          <ol className="flex flex-col gap-1.5">
            {schedule.steps.map((step) => (
              <li key={step.id} className="grid grid-cols-[84px_minmax(0,1fr)] items-baseline gap-x-2">
                <span className="text-dim">{step.wait === 0 ? "At once" : `After ${step.wait} s`}</span>
                <span className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5">
                  {step.kind === "command" ? (
                    <span className="wrap-anywhere">
                      Send <code className="font-mono">{step.payload}</code>
                    </span>
                  ) : (
                    stepInWords(step)
                  )}
                  {!step.holds && (
                    <Badge tone="warn">Left out: whoever wrote it may no longer do this. Write it again.</Badge>
                  )}
                </span>
              </li>
            ))}
          </ol>
        </Panel>
      ))}
      {editing && <ScheduleDialog server={server} schedule={editing} onClose={() => setEditing(null)} />}
      {looking && <RunsDialog server={server} schedule={looking} now={now} onClose={() => setLooking(null)} />}
    </div>
  );
}

function When({ schedule, now }: { schedule: Schedule; now: number }) {
  const { cron, timezone, nextAt, last, onlyRunning } = schedule;
  const words = cronWords(cron);
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span>
        {words === null ? <code className="font-mono">{cron}</code> : <span title={cron}>{words}</span>}
        {isTimed(words) && ` ${timezone}`}
      </span>
      {nextAt !== null && (
        <span>
          Next <Time at={nextAt} now={now} />
        </span>
      )}
      {onlyRunning && <span>Only while the server runs</span>}
      {last && (
        <span className="flex items-center gap-1.5">
          Last run <Time at={last.startedAt} now={now} />
          <Badge tone={runWords[last.state].tone}>{runWords[last.state].word}</Badge>
        </span>
      )}
    </span>
  );
}
