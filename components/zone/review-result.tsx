/** What became of a change that was not simply applied. */
"use client";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogFooter } from "#components/ui/dialog.tsx";
import { relativeName } from "#lib/dns/name.ts";
import { rrsetKey } from "#lib/dns/rrset.ts";
import { rowLabel } from "./record-rows.tsx";
import type { ChangeResult } from "./review-state.ts";
import { columnOf } from "./rrset-column.tsx";

const titles: Partial<Record<ChangeResult["state"], string>> = {
  differs: "Stored otherwise than it was sent",
  partial: "Only a part was applied",
  unknown: "No answer yet",
  pending: "Still under way",
};

export function ReviewResult({ result, apex, onClose }: { result: ChangeResult; apex: string; onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={titles[result.state] ?? "Not applied"} size="lg">
      <div className="grid gap-3">
        <Banner tone="warn" live>
          {result.message || "The provider answered otherwise than expected."}{" "}
          {result.state === "unknown" || result.state === "pending"
            ? "Whether this was applied is being found out; the zone takes no other change meanwhile. The history says when it is known."
            : "The table shows what is there now."}
        </Banner>
        <ul className="grid gap-2.5">
          {result.differs.map((difference) => (
            <li key={rrsetKey(difference)} className="rounded-lg border border-line p-2.5">
              <strong className="mb-2 block font-mono font-semibold wrap-anywhere">
                {rowLabel({ relative: relativeName(difference.name, apex), type: difference.type })}
              </strong>
              <dl className="grid gap-2 sm:grid-cols-2">
                {columnOf("Sent", difference.sent, difference.type)}
                {columnOf("Stored", difference.found, difference.type)}
              </dl>
            </li>
          ))}
        </ul>
      </div>
      <DialogFooter>
        <Button variant="primary" onClick={onClose}>
          Close
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
