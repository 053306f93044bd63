/** What came of the last runs of a schedule, step by step. */
"use client";
import { useEffect, useState } from "react";
import { attempt, Refusal } from "#components/ui/attempt.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Failure } from "#lib/api/client.ts";
import { kindWords, outcomeWords, type Run, runWords, type Schedule } from "./schedule-words.ts";

interface RunsDialogProps {
  server: string;
  schedule: Schedule;
  now: number;
  onClose: () => void;
}

export function RunsDialog({ server, schedule, now, onClose }: RunsDialogProps) {
  const [runs, setRuns] = useState<readonly Run[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const { id } = schedule;
  useEffect(() => {
    let left = false;
    attempt((api) => api.servers.schedules.runs({ server, schedule: id })).then(
      ({ items }) => left || setRuns(items),
      (error: unknown) => left || (error instanceof Refusal && setFailure(error.failure)),
    );
    return () => {
      left = true;
    };
  }, [server, id]);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`History of ${schedule.name}`}>
      {failure && <FailureBanner failure={failure} />}
      {runs?.length === 0 && <p className="text-dim">It has not been run yet.</p>}
      {!runs && !failure && <p className="text-dim">Loading …</p>}
      <ul className="flex flex-col gap-4">
        {runs?.map((run) => (
          <li key={run.id} className="flex flex-col gap-1.5">
            <p className="flex flex-wrap items-center gap-2">
              <Badge tone={runWords[run.state].tone}>{runWords[run.state].word}</Badge>
              <Time at={run.startedAt} now={now} />
              <span className="text-dim">{run.by === null ? "by the clock" : `by ${run.by}`}</span>
            </p>
            {run.message && <p className="text-dim">{run.message}</p>}
            {run.outcomes.length > 0 && (
              <ol className="flex flex-col gap-1 border-s border-line ps-3">
                {run.outcomes.map((outcome) => (
                  <li key={outcome.at} className="flex flex-wrap items-center gap-x-2">
                    <span>{kindWords[outcome.kind]}</span>
                    <Badge tone={outcomeWords[outcome.state].tone}>{outcomeWords[outcome.state].word}</Badge>
                    {outcome.message && <span className="w-full text-dim wrap-anywhere">{outcome.message}</span>}
                  </li>
                ))}
              </ol>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
