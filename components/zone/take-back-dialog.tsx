/** Undoing a change, or bringing the zone back to a moment: the plan of it first, then Apply. */
"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Api, attempt, Refusal } from "#components/ui/attempt.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { exactTime } from "#components/ui/time.tsx";
import type { Failure } from "#lib/api/client.ts";
import { relativeName } from "#lib/dns/name.ts";
import { rrsetKey } from "#lib/dns/rrset.ts";
import { PlanView } from "./plan-view.tsx";
import { rowLabel } from "./record-rows.tsx";
import { ReviewResult } from "./review-result.tsx";
import type { ChangeResult, Preview } from "./review-state.ts";

export interface ZoneRef {
  /** As calls name them. */
  organisation: string;
  zone: string;
  apex: string;
}

/** One change, or everything since a moment (milliseconds). */
export type TakeBack = { change: string } | { at: number };

type Plan = Preview & { left: number; notKnown?: NotKnown[]; basedOn?: number };
type NotKnown = { name: string; type: string; foundAt: number };
type Answer = ({ dryRun: true } & Plan) | (ChangeResult & { left: number });

export interface TakeBackDialogProps {
  zone: ZoneRef;
  what: TakeBack;
  /** Whose change, and when it was. */
  description: string;
  /** Something was written. */
  onDone: (result: ChangeResult) => void;
  onClose: () => void;
}

export function TakeBackDialog({ zone, what, description, onDone, onClose }: TakeBackDialogProps) {
  const [plan, setPlan] = useState<Plan | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [applying, setApplying] = useState(false);
  const [confirmed, setConfirmed] = useState(false);
  const [force, setForce] = useState(false);
  const [result, setResult] = useState<ChangeResult | null>(null);
  const call = useCaller(zone, what);

  const ask = useCallback(() => {
    let current = true;
    setFailure(null);
    call({ dryRun: true })
      .then((answer) => current && answer.dryRun && setPlan(answer))
      .catch((error: unknown) => current && setFailure(failureIn(error)));
    return () => {
      current = false;
    };
  }, [call]);
  useEffect(() => ask(), [ask]);

  const apply = async () => {
    setApplying(true);
    setFailure(null);
    try {
      const answer = await call({ dryRun: false, confirm: confirmed, force, revision: plan?.basedOn });
      if (answer.dryRun) return;
      onDone(answer);
      if (answer.state === "applied") onClose();
      else setResult(answer);
    } catch (error) {
      setFailure(failureIn(error));
    } finally {
      setApplying(false);
    }
  };

  if (result) return <ReviewResult result={result} apex={zone.apex} onClose={onClose} />;
  const conflicts = plan?.conflicts.length ?? 0;
  const blocked = plan === null || plan.plan.length === 0 || plan.refused.length + plan.errors.length + plan.hidden > 0;
  const unsure = (conflicts > 0 && !force) || (plan?.brake.braked === true && !confirmed);
  const isUndo = "change" in what;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && !applying && onClose()}
      title={isUndo ? "Undo this change" : "Restore the zone"}
      description={description}
      size="lg"
    >
      <div className="grid gap-3">
        {failure && (
          <div className="grid justify-items-start gap-2">
            <FailureBanner failure={failure} />
            <Button size="sm" onClick={ask}>
              Check again
            </Button>
          </div>
        )}
        {plan === null && !failure && <SkeletonRows rows={3} label="Working out the plan" />}
        {plan && (
          <>
            {conflicts > 0 && (
              <Banner tone="warn" title="Not all of it is as this change left it">
                <Checkbox
                  className="mt-1"
                  checked={force}
                  onChange={(event) => setForce(event.target.checked)}
                  label="Undo it all the same, and overwrite what was changed since"
                />
              </Banner>
            )}
            <PlanView
              preview={plan}
              apex={zone.apex}
              confirmed={confirmed}
              onConfirm={setConfirmed}
              wouldBe={isUndo ? "Before this change" : "Then"}
            />
            <Left plan={plan} apex={zone.apex} />
          </>
        )}
      </div>
      <DialogFooter start={<span role="status">{statusOf(plan, failure, applying, unsure)}</span>}>
        <DialogClose>
          <Button>Cancel</Button>
        </DialogClose>
        <Button
          variant="primary"
          pending={applying}
          disabled={!applying && (blocked || unsure)}
          onClick={() => void apply()}
        >
          {isUndo ? "Undo change" : "Restore"}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

/** What stays as it is, although it was touched. */
function Left({ plan, apex }: { plan: Plan; apex: string }) {
  const notKnown = plan.notKnown ?? [];
  return (
    <>
      {notKnown.length > 0 && (
        <Banner title="Left as they are">
          What these were at that moment nobody knows: they were changed outside the panel before it looked again.
          <ul className="mt-1">
            {notKnown.slice(0, 20).map((set) => (
              <li key={rrsetKey(set)} className="font-mono wrap-anywhere">
                {rowLabel({ relative: relativeName(set.name, apex), type: set.type })}
                <span className="font-sans text-dim"> · found {exactTime(set.foundAt)}</span>
              </li>
            ))}
          </ul>
          {notKnown.length > 20 && <p>and {notKnown.length - 20} more</p>}
        </Banner>
      )}
      {plan.left > 0 && (
        <Banner>
          {plan.left === 1 ? "1 RRset that you cannot see is" : `${plan.left} RRsets that you cannot see are`} left as{" "}
          {plan.left === 1 ? "it is" : "they are"}.
        </Banner>
      )}
    </>
  );
}

function statusOf(plan: Plan | null, failure: Failure | null, applying: boolean, unsure: boolean): string {
  if (applying) return "Applying…";
  if (plan === null) return failure ? "" : "Working out the plan…";
  if (plan.refused.length + plan.hidden > 0) return "Not all of this is allowed at your level.";
  if (plan.errors.length > 0) return "Something here cannot be applied.";
  if (plan.plan.length === 0) return "Nothing to change: everything is like that already.";
  return unsure ? "Confirm first that you mean it." : "";
}

/** The call for what is taken back; it stays the same while the dialog is open. */
function useCaller({ organisation, zone }: ZoneRef, what: TakeBack) {
  const caller = useRef(
    ({ dryRun, confirm = false, force = false, revision }: CallOptions): Promise<Answer> =>
      attempt((api: Api): Promise<Answer> => {
        const where = { organisation, zone, dryRun, confirm };
        return "change" in what
          ? api.dns.revert({ ...where, change: what.change, force })
          : api.dns.restore({ ...where, at: what.at, ...(revision === undefined ? {} : { revision }) });
      }),
  );
  return caller.current;
}

interface CallOptions {
  dryRun: boolean;
  confirm?: boolean;
  force?: boolean;
  revision?: number | undefined;
}

const failureIn = (error: unknown): Failure =>
  error instanceof Refusal
    ? error.failure
    : { code: "internal", message: "Something went wrong.", fields: {}, details: {} };
