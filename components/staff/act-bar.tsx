/** What can be done with the rows that are chosen, at the bottom of the screen while some are. */
import type { ReactNode } from "react";
import type { Api } from "#components/ui/attempt.ts";
import { Button } from "#components/ui/button.tsx";

/** How an act is told of. */
export interface ActWords {
  /** The verb on buttons: "Suspend". */
  label: string;
  tone?: "danger" | "primary";
  /** What it comes to, in a sentence. */
  says: string;
  /** What has to be told with it, such as why. */
  ask?: { label: string; required: boolean; most: number };
  /** What is said when it is done: "Suspended". */
  done: string;
}

/** One thing that can be done with a row: from the list with many, from the row itself with one. */
export interface Act<R> extends ActWords {
  /** For which rows it makes sense. */
  when?: (row: R) => boolean;
  /** Not for many at once. */
  single?: boolean;
  call: (api: Api, row: R, answer: string) => Promise<unknown>;
  /** Asks for it in its own way; it does more than `call`. */
  dialog?: (props: ActOnRowsProps<R>) => ReactNode;
}

export interface ActOnRowsProps<R> {
  rows: readonly R[];
  onClose: (done: boolean) => void;
}

/** The act upon rows, as its dialog takes it. */
export const targetsOf = <R,>(act: Act<R>, rows: readonly R[], nameOf: (row: R) => string) =>
  rows.map((row) => ({ name: nameOf(row), call: (api: Api, answer: string) => act.call(api, row, answer) }));

/** Whether it makes sense for the row. */
export const fits = <R,>(act: Act<R>, row: R): boolean => act.when?.(row) ?? true;

export interface ActBarProps<R> {
  rows: readonly R[];
  noun: readonly [one: string, many: string];
  acts: readonly Act<R>[];
  onAct: (act: Act<R>, rows: readonly R[]) => void;
  onClear: () => void;
}

export function ActBar<R>({ rows, noun, acts, onAct, onClear }: ActBarProps<R>) {
  const fitting = acts
    .filter(({ single }) => !single || rows.length === 1)
    .map((act) => ({ act, some: rows.filter((row) => fits(act, row)) }))
    .filter(({ some }) => some.length > 0);
  return (
    <section
      aria-label="Chosen rows"
      className="sticky bottom-3 z-10 mt-3 flex flex-wrap items-center gap-2 rounded-lg border border-line bg-panel px-3 py-2 shadow-lg"
    >
      <p aria-live="polite" className="me-auto font-medium tabular-nums">
        {rows.length} {rows.length === 1 ? noun[0] : noun[1]} chosen
      </p>
      {fitting.map(({ act, some }) => (
        <Button
          key={act.label}
          size="sm"
          variant={act.tone === "danger" ? "danger" : "default"}
          aria-haspopup="dialog"
          onClick={() => onAct(act, some)}
        >
          {act.label}
          {some.length < rows.length && ` (${some.length})`}
        </Button>
      ))}
      <Button size="sm" variant="ghost" onClick={onClear}>
        Clear
      </Button>
    </section>
  );
}
