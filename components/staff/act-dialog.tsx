/** Asks before an act, does it to one row after the other, and says what came of each. */
"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { type Api, attempt, notConfirmed } from "#components/ui/attempt.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActWords } from "./act-bar.tsx";

export interface ActDialogProps {
  act: ActWords;
  /** What it is done to, one after the other. */
  targets: readonly Target[];
  noun: readonly [one: string, many: string];
  /** `done`: something was done, so the rows are no longer what they were. */
  onClose: (done: boolean) => void;
  /** What has to be known or decided before, for some of them. */
  children?: ReactNode;
}

export interface Target {
  name: string;
  call: (api: Api, answer: string) => Promise<unknown>;
  /** Why it is left out: nothing is done to it, and that is said at the end. */
  left?: string | undefined;
}

interface Result {
  name: string;
  failure: string | null;
}

const NAMED = 5;

export function ActDialog({ act, targets, noun, onClose, children }: ActDialogProps) {
  const router = useRouter();
  const first = useRef<HTMLButtonElement>(null);
  const stopped = useRef(false);
  const [answer, setAnswer] = useState("");
  const [running, setRunning] = useState(false);
  const [results, setResults] = useState<readonly Result[]>([]);
  const failed = results.filter(({ failure }) => failure !== null);
  const over = results.length > 0 && !running;
  const going = targets.filter(({ left }) => left === undefined).length;
  const [only] = targets;
  const whom = targets.length === 1 && only ? only.name : `${targets.length} ${noun[1]}`;

  const run = async (event: FormEvent) => {
    event.preventDefault();
    if (running) return;
    setRunning(true);
    stopped.current = false;
    const told: Result[] = [];
    for (const { name, call, left } of targets) {
      if (stopped.current) break;
      if (left !== undefined) {
        told.push({ name, failure: left });
        continue;
      }
      try {
        await attempt((api) => call(api, answer.trim()));
        told.push({ name, failure: null });
      } catch (error) {
        if (notConfirmed(error)) break;
        told.push({ name, failure: error instanceof Error ? error.message : "Something went wrong." });
      }
      setResults([...told]);
    }
    setResults([...told]);
    setRunning(false);
    const done = told.filter(({ failure }) => failure === null).length;
    if (done > 0) router.refresh();
    if (told.length === targets.length && done === told.length) {
      toast(targets.length === 1 ? act.done : `${act.done}: ${done} ${noun[1]}`);
      onClose(true);
    }
  };

  return (
    <Dialog
      open
      onOpenChange={() => {
        stopped.current = true;
        if (!running) onClose(results.length > 0);
      }}
      title={`${act.label}: ${whom}`}
      size={children ? "md" : "sm"}
      role="alertdialog"
      initialFocus={first}
    >
      <form onSubmit={run} className="flex flex-col">
        <div className="flex flex-col gap-4">
          <p className="text-dim">{act.says}</p>
          {targets.length > 1 && results.length === 0 && (
            <ul className="list-disc ps-5 wrap-anywhere">
              {targets.slice(0, NAMED).map(({ name }) => (
                <li key={name}>{name}</li>
              ))}
              {targets.length > NAMED && <li className="text-dim">and {targets.length - NAMED} more</li>}
            </ul>
          )}
          {results.length === 0 && !running && children}
          {act.ask && results.length === 0 && (
            <Field label={act.ask.label} optional={!act.ask.required}>
              <Textarea
                required={act.ask.required}
                maxLength={act.ask.most}
                value={answer}
                rows={2}
                onChange={(event) => setAnswer(event.target.value)}
              />
            </Field>
          )}
          {(running || over) && targets.length > 1 && (
            <div>
              <progress aria-label={act.label} value={results.length} max={targets.length} className="h-1.5 w-full" />
              <p role="status" className="text-dim tabular-nums">
                {results.length} of {targets.length}
              </p>
            </div>
          )}
          {failed.length > 0 && (
            <ul aria-label="What could not be done" className="flex flex-col gap-1 wrap-anywhere">
              {failed.map(({ name, failure }) => (
                <li key={name} className="text-bad">
                  <strong className="font-semibold">{name}</strong>: {failure}
                </li>
              ))}
            </ul>
          )}
        </div>
        <DialogFooter>
          <DialogClose>
            <Button ref={first}>{over ? "Close" : running ? "Stop" : "Cancel"}</Button>
          </DialogClose>
          {!over && (
            <Button type="submit" variant={act.tone ?? "primary"} pending={running} disabled={going === 0}>
              {act.label}
              {going > 0 && going < targets.length && ` ${going} of ${targets.length}`}
            </Button>
          )}
        </DialogFooter>
      </form>
    </Dialog>
  );
}
