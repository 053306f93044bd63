/** Brings the zone back to a moment that is typed, in UTC as everywhere in the panel. */
"use client";
import dynamic from "next/dynamic";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { History } from "#components/ui/icons.tsx";
import { Input } from "#components/ui/input.tsx";
import { exactTime } from "#components/ui/time.tsx";
import { useDone } from "./history-actions.tsx";
import type { ZoneRef } from "./take-back-dialog.tsx";

const TakeBackDialog = dynamic(() => import("./take-back-dialog.tsx").then((module) => module.TakeBackDialog));

export function RestoreMoment({ zone, now }: { zone: ZoneRef; now: number }) {
  const [asking, setAsking] = useState(false);
  const [at, setAt] = useState<number | null>(null);
  const [error, setError] = useState<string>();
  const done = useDone();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get("at") ?? "");
    const moment = Date.parse(`${typed}Z`);
    if (Number.isNaN(moment)) return setError("Enter a date and a time.");
    if (moment > Date.now()) return setError("This moment is yet to come.");
    setError(undefined);
    setAsking(false);
    setAt(moment);
  };
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setAsking(true)}>
        <History aria-hidden="true" />
        Restore to a moment
      </Button>
      {asking && (
        <Dialog
          open
          onOpenChange={setAsking}
          title="Restore to a moment"
          description="You see what would change before anything does."
          size="sm"
        >
          <form onSubmit={submit} noValidate>
            <Field label="Date and time (UTC)" error={error}>
              <Input
                type="datetime-local"
                name="at"
                step={1}
                required
                defaultValue={new Date(now - 3_600_000).toISOString().slice(0, 19)}
                max={new Date(now).toISOString().slice(0, 19)}
              />
            </Field>
            <DialogFooter>
              <DialogClose>
                <Button>Cancel</Button>
              </DialogClose>
              <Button type="submit" variant="primary">
                Show what would change
              </Button>
            </DialogFooter>
          </form>
        </Dialog>
      )}
      {at !== null && (
        <TakeBackDialog
          zone={zone}
          what={{ at }}
          description={`To how it was at ${exactTime(at)}`}
          onDone={done}
          onClose={() => setAt(null)}
        />
      )}
    </>
  );
}
