/** What a template would change in a zone, and applying it. */
"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { PlanView } from "#components/zone/plan-view.tsx";
import { ReviewResult } from "#components/zone/review-result.tsx";
import type { ChangeResult, Preview } from "#components/zone/review-state.ts";

interface ApplyDialogProps {
  organisation: string;
  zone: string;
  apex: string;
  template: { id: string; name: string };
  preview: Preview;
  onDone: () => void;
  onClose: () => void;
}

export function ApplyDialog({ organisation, zone, apex, template, preview, onDone, onClose }: ApplyDialogProps) {
  const { pending, failure, run } = useAction();
  const [confirmed, setConfirmed] = useState(false);
  const [result, setResult] = useState<ChangeResult | null>(null);

  const apply = async () => {
    const where = { organisation, zone, template: template.id };
    const outcome = await run((api) => api.dns.applyOneTemplate({ ...where, confirm: confirmed }));
    if (!outcome?.ok || outcome.value.dryRun) return;
    onDone();
    if (outcome.value.state === "applied") onClose();
    else setResult(outcome.value);
  };

  if (result) return <ReviewResult result={result} apex={apex} onClose={onClose} />;
  const status = statusOf(preview, confirmed);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`Apply ${template.name}`} size="lg">
      <div className="grid gap-3">
        {failure && <FailureBanner failure={failure} />}
        <PlanView preview={preview} apex={apex} confirmed={confirmed} onConfirm={setConfirmed} wouldBe="Template" />
      </div>
      <DialogFooter start={<span role="status">{status}</span>}>
        <DialogClose>
          <Button>Cancel</Button>
        </DialogClose>
        <Button variant="primary" pending={pending} disabled={status !== ""} onClick={() => void apply()}>
          Apply template
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

/** Why it cannot be applied as it stands; nothing where it can. */
function statusOf({ plan, refused, errors, hidden, brake }: Preview, confirmed: boolean): string {
  if (plan.length === 0) return "Nothing to change: the zone is like that already.";
  if (refused.length + errors.length + hidden > 0) return "Something here cannot be applied.";
  return brake.braked && !confirmed ? "Confirm first that you mean it." : "";
}
