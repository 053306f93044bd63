/** The second step: the plan of the draft as a diff, everything that stands in its way, and Apply. */
"use client";
import { useEffect, useRef, useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { type RRset, rrsetKey } from "#lib/dns/rrset.ts";
import { countsOf, type Draft, sentenceOf } from "./draft.ts";
import { Findings, ReviewChange } from "./review-change.tsx";
import { ReviewConflict } from "./review-conflict.tsx";
import { ReviewResult } from "./review-result.tsx";
import { type ChangeResult, type Conflict, elsewhere, isBlocked, type ReviewState } from "./review-state.ts";
import { useReview } from "./use-review.ts";
import { useTurn } from "./use-turn.ts";
import type { ZoneView } from "./zone-view.ts";

export interface ReviewDialogProps {
  zone: ZoneView;
  draft: Draft;
  onRebase: (key: string, now: { hash: string; rrset: RRset | null }) => void;
  onDrop: (keys: string[]) => void;
  onFulfilled: (keys: string[]) => void;
  onResult: (result: ChangeResult, sent: Draft) => void;
  onClose: () => void;
}

export function ReviewDialog({ zone, draft, onRebase, onDrop, onFulfilled, onResult, onClose }: ReviewDialogProps) {
  const { state, apply, again } = useReview(zone, draft, { onFulfilled, onResult });
  const waiting = state.status === "applying" || state.status === "loading";
  const turn = useTurn(zone, waiting ? (Object.keys(draft).length > SINGLE_EDIT_NAMES ? "bulk" : "single") : null);
  const [confirmed, setConfirmed] = useState(false);
  const applying = useRef<HTMLButtonElement>(null);
  const { preview, failure, status, result } = state;
  const entries = Object.values(draft);
  const braked = preview?.brake.braked ?? false;
  const conflicts = preview?.conflicts ?? [];
  const inConflict = new Set(conflicts.map(rrsetKey));
  // What stands in the way comes first: of a long draft not everything is shown.
  const troubled = new Set([
    ...Object.keys(state.rejected),
    ...[...(preview?.refused ?? []), ...(preview?.errors ?? []), ...(preview?.warnings ?? [])].map(rrsetKey),
  ]);
  const rest = entries.length - conflicts.length - SHOWN;
  const idle = preview !== null && preview.plan.length === 0 && conflicts.length === 0 && status === "ready";

  // So that the second step is one key more: Apply has the focus as soon as it may be pressed.
  const ready = status === "ready" && !isDisabled(state, braked && !confirmed);
  useEffect(() => {
    if (ready && !(document.activeElement instanceof HTMLInputElement)) applying.current?.focus();
  }, [ready]);

  if (status === "done" && result) return <ReviewResult result={result} apex={zone.apex} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && status !== "applying" && onClose()}
      title="Review changes"
      description={summary(draft, zone)}
      size="lg"
      keepOpen
    >
      <div className="grid gap-3">
        {failure && (
          <Banner
            tone="bad"
            live
            action={
              <Button size="sm" onClick={again}>
                Check again
              </Button>
            }
          >
            {failure.message}
          </Banner>
        )}
        {preview && preview.steps > 1 && (
          <Banner>
            This takes {preview.steps} calls to the provider, one after the other. It is not atomic: if one fails, those
            before it stay.
          </Banner>
        )}
        {preview && braked && (
          <Banner tone="warn" title="This is a large part of the zone">
            <Checkbox
              className="mt-1"
              checked={confirmed}
              onChange={(event) => setConfirmed(event.target.checked)}
              label={`Yes, change or delete ${preview.brake.touched} of ${preview.brake.total} records (${preview.brake.percent} %)`}
            />
          </Banner>
        )}
        {entries.length === 0 && <p className="text-dim">There is nothing left in the draft.</p>}
        {status === "loading" && preview === null && <SkeletonRows rows={3} label="Working out the plan" />}
        {(preview !== null || failure) && (
          <ul className="grid gap-2.5" aria-label="Changes">
            {conflicts.map((conflict) => (
              <ReviewConflict
                key={rrsetKey(conflict)}
                conflict={conflict}
                entry={draft[rrsetKey(conflict)]}
                apex={zone.apex}
                onRebase={() => onRebase(rrsetKey(conflict), rebaseOnto(conflict))}
                onDrop={() => onDrop([rrsetKey(conflict)])}
              />
            ))}
            {entries
              .filter((entry) => !inConflict.has(rrsetKey(entry)))
              .toSorted((a, b) => Number(troubled.has(rrsetKey(b))) - Number(troubled.has(rrsetKey(a))))
              .slice(0, SHOWN)
              .map((entry) => (
                <ReviewChange
                  key={rrsetKey(entry)}
                  entry={entry}
                  apex={zone.apex}
                  state={state}
                  onDrop={() => onDrop([rrsetKey(entry)])}
                />
              ))}
            {rest > 0 && <li className="text-dim">and {rest.toLocaleString("en-GB")} more</li>}
          </ul>
        )}
        <Elsewhere state={state} draft={draft} />
      </div>
      <DialogFooter start={<span role="status">{turn ?? statusText(state, braked && !confirmed)}</span>}>
        {idle && entries.length > 0 && <Button onClick={() => onDrop(Object.keys(draft))}>Clear the draft</Button>}
        <DialogClose>
          <Button>Back to the draft</Button>
        </DialogClose>
        <Button
          ref={applying}
          variant="primary"
          pending={status === "applying"}
          disabled={isDisabled(state, braked && !confirmed)}
          onClick={() => apply(braked && confirmed)}
        >
          Apply
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

/** More names than these are large work to a provider whose calls are counted. */
const SINGLE_EDIT_NAMES = 20;
/** Changes that are shown of a long draft. */
const SHOWN = 200;

/** What concerns RRsets that are in no row. */
function Elsewhere({ state: { preview }, draft }: { state: ReviewState; draft: Draft }) {
  if (!preview) return null;
  const errors = [
    ...elsewhere(preview.refused, draft).map((refusal) => refusal.reason),
    ...elsewhere(preview.errors, draft).map((finding) => finding.message),
  ];
  return <Findings errors={errors} warnings={elsewhere(preview.warnings, draft).map((finding) => finding.message)} />;
}

/** While it is being applied the button stays and turns. */
const isDisabled = (state: ReviewState, unconfirmed: boolean): boolean =>
  state.status !== "applying" && (isBlocked(state) || unconfirmed);

const rebaseOnto = ({ hash, now }: Conflict) => ({ hash, rrset: now });

const summary = (draft: Draft, zone: ZoneView): string => `${sentenceOf(countsOf(draft)) || "Nothing"} in ${zone.zone}`;

function statusText({ status, preview, rejected }: ReviewState, unconfirmed: boolean): string {
  if (status === "applying") return "Applying…";
  if (status === "loading") return "Working out the plan…";
  if (!preview) return "";
  if (preview.conflicts.length > 0) return "Decide about what others have changed first.";
  if (preview.refused.length > 0) return "Not all of this is allowed at your level.";
  if (preview.errors.length + Object.keys(rejected).length > 0) return "Something here cannot be applied.";
  if (preview.plan.length === 0) return "Nothing to change.";
  return unconfirmed ? "Confirm first that you mean it." : "";
}
