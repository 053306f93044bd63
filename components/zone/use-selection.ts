/** Which rows of the page are selected. A row that is gone is selected no more. */
"use client";
import { useState } from "react";

export interface Selection {
  keys: ReadonlySet<string>;
  toggle(key: string, range: boolean): void;
  all(on: boolean): void;
}

/** `shown`: the keys of the rows, from the top. */
export function useSelection(shown: readonly string[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState<string | null>(null);
  return {
    keys: new Set(shown.filter((key) => chosen.has(key))),
    toggle(key, range) {
      const on = !chosen.has(key);
      const [from, to] = [shown.indexOf(last ?? key), shown.indexOf(key)].toSorted((a, b) => a - b);
      const touched = range && from !== undefined && from >= 0 ? shown.slice(from, (to ?? from) + 1) : [key];
      const next = new Set(chosen);
      for (const one of touched) {
        if (on) next.add(one);
        else next.delete(one);
      }
      setChosen(next);
      setLast(key);
    },
    all: (on) => setChosen(new Set(on ? shown : [])),
  };
}
