/** One of many, found by what is typed. Loaded when it is opened. */
"use client";
import { Command } from "cmdk";
import { useEffect, useRef, useState } from "react";
import { type Api, attempt, Refusal } from "#components/ui/attempt.ts";
import type { Failure } from "#lib/api/client.ts";
import { choiceClass } from "./choice-class.ts";
import { controlClass } from "./control-class.ts";
import { cx } from "./cx.ts";
import { Dialog } from "./dialog.tsx";
import { FailureBanner } from "./failure-banner.tsx";
import { Check } from "./icons.tsx";

export interface Choice {
  value: string;
  label: string;
  hint?: string;
}

export interface Choices {
  items: readonly Choice[];
  /** There are more than these. */
  more: boolean;
}

export type FindChoices = (api: Api, q: string) => Promise<Choices>;

export interface PickDialogProps {
  title: string;
  /** What is searched: "Search roles". */
  search: string;
  find: FindChoices;
  /** The values that are chosen already. */
  chosen?: readonly string[];
  /** Offered before all others while nothing is typed. */
  first?: Choice | undefined;
  /** It closes itself. */
  onPick: (choice: Choice) => void;
  onClose: () => void;
}

export function PickDialog({ title, search, find, chosen = [], first, onPick, onClose }: PickDialogProps) {
  const input = useRef<HTMLInputElement>(null);
  const [q, setQ] = useState("");
  const { found, failure, asking, again } = useChoices(find, q.trim());
  const items = [...(first && q.trim() === "" ? [first] : []), ...(found?.items ?? [])];
  const choose = (choice: Choice) => {
    onClose();
    onPick(choice);
  };
  // What is on the list was found by other words. Whoever does not wait gets what theirs find, if that is one thing.
  const [hurry, setHurry] = useState(false);
  const [only] = items.length === 1 ? items : [];
  const latest = useRef(choose);
  latest.current = choose;
  useEffect(() => {
    if (asking || !hurry) return;
    setHurry(false);
    if (only) latest.current(only);
  }, [asking, hurry, only]);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title} size="sm" initialFocus={input}>
      <Command
        shouldFilter={false}
        loop
        label={search}
        className="flex flex-col gap-2"
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !asking) return;
          event.preventDefault();
          setHurry(true);
        }}
      >
        <Command.Input
          ref={input}
          value={q}
          onValueChange={(text) => {
            setHurry(false);
            setQ(text);
          }}
          maxLength={255}
          placeholder={search}
          className={cx(controlClass, "h-[34px] px-2.5 pointer-coarse:h-11")}
        />
        {failure && <FailureBanner failure={failure} again={again} asking={asking} />}
        <Command.List aria-label={title} className="-mx-2 h-[min(320px,50dvh)] overflow-y-auto">
          {items.map((choice) => (
            <Command.Item
              key={choice.value}
              value={choice.value || choice.label}
              onSelect={() => choose(choice)}
              className={choiceClass}
            >
              <span className="min-w-0 flex-1">
                <span className="block wrap-anywhere">{choice.label}</span>
                {choice.hint && <span className="block text-xs text-dim wrap-anywhere">{choice.hint}</span>}
              </span>
              {chosen.includes(choice.value) && <Check aria-label="Chosen" />}
            </Command.Item>
          ))}
        </Command.List>
        <p role="status" className="min-h-4 text-xs text-dim">
          {saysOf(found, asking, failure !== null)}
        </p>
      </Command>
    </Dialog>
  );
}

function saysOf(found: Choices | null, asking: boolean, failed: boolean): string {
  if (failed) return "";
  if (found === null || asking) return "Searching…";
  if (found.items.length === 0) return "Nothing was found.";
  return found.more ? "There are more. Type to see fewer." : "";
}

const WAIT_MS = 150;

/** Asks a moment after the last key, and forgets answers that come too late. */
function useChoices(find: FindChoices, q: string) {
  const [state, setState] = useState<{ of: string; found: Choices | null; failure: Failure | null } | null>(null);
  const [turn, setTurn] = useState(0);
  const latest = useRef(find);
  latest.current = find;
  const key = `${turn} ${q}`;
  useEffect(() => {
    let current = true;
    const ask = () =>
      attempt((api) => latest.current(api, q))
        .then((found) => ({ of: key, found, failure: null }))
        .catch((error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
          return { of: key, found: null, failure: error.failure };
        })
        .then((next) => current && setState(next));
    const timer = setTimeout(ask, q === "" ? 0 : WAIT_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [q, key]);
  return {
    found: state?.found ?? null,
    failure: state?.failure ?? null,
    asking: state?.of !== key,
    again: () => setTurn(turn + 1),
  };
}
