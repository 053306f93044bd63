/** Tries a connection out as soon as it opens, and says what was found. */
"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { Check, CircleHelp, X } from "#components/ui/icons.tsx";
import { Facts } from "#components/ui/panel.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { type Kept, type Owner, type TestResult, test } from "./acts.ts";

export function TestDialog({ owner, connection, onClose }: { owner: Owner; connection: Kept; onClose: () => void }) {
  const router = useRouter();
  const { failure, pending, run } = useAction();
  const [result, setResult] = useState<TestResult | null>(null);
  const began = useRef(false);

  const again = async () => {
    setResult(null);
    const outcome = await run(test(owner, connection.id));
    if (outcome?.ok) setResult(outcome.value);
  };
  const begin = useRef(again);
  useEffect(() => {
    if (began.current) return;
    began.current = true;
    void begin.current();
  }, []);
  const close = () => {
    router.refresh();
    onClose();
  };

  return (
    <Dialog open onOpenChange={(open) => !open && close()} title={`Test of ${connection.label}`}>
      <div className="flex min-h-24 flex-col gap-4" aria-busy={pending}>
        {failure && <FailureBanner failure={failure} />}
        {pending && <Skeleton className="h-10" />}
        {result && <Found result={result} />}
      </div>
      <DialogFooter>
        <Button pending={pending} onClick={again}>
          Test again
        </Button>
        <DialogClose>
          <Button variant="primary">Done</Button>
        </DialogClose>
      </DialogFooter>
    </Dialog>
  );
}

function Found({ result }: { result: TestResult }) {
  const { ok, message, version, zones, names, rights, notes } = result;
  const more = (zones ?? 0) - names.length;
  return (
    <>
      <Banner tone={ok ? "ok" : "bad"} live>
        {message}
      </Banner>
      {(version !== null || zones !== null || rights.length > 0) && (
        <Facts
          items={[
            ...(version === null ? [] : [{ label: "Version", value: <span className="font-mono">{version}</span> }]),
            ...(zones === null
              ? []
              : [
                  {
                    label: "Zones it sees",
                    value:
                      zones === 0 ? (
                        "None yet"
                      ) : (
                        <>
                          <span className="font-mono">{names.join(", ")}</span>
                          {more > 0 && ` and ${more.toLocaleString("en-GB")} more`}
                        </>
                      ),
                  },
                ]),
            ...(rights.length === 0 ? [] : [{ label: "What it may do", value: <Rights rights={rights} /> }]),
          ]}
        />
      )}
      {notes.map((note) => (
        <Banner key={note} tone="warn">
          {note}
        </Banner>
      ))}
    </>
  );
}

const marks = {
  true: { Icon: Check, ink: "text-ok", says: "Yes:" },
  false: { Icon: X, ink: "text-bad", says: "No:" },
  null: { Icon: CircleHelp, ink: "text-faint", says: "Unknown:" },
} as const;

const Rights = ({ rights }: Pick<TestResult, "rights">) => (
  <ul className="flex flex-col gap-1">
    {rights.map(({ what, may }) => {
      const { Icon, ink, says } = marks[`${may}`];
      return (
        <li key={what} className="flex gap-2">
          <Icon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${ink}`} />
          <span className="sr-only">{says}</span>
          {what}
        </li>
      );
    })}
  </ul>
);
