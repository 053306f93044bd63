/** Statements on the panel's database that took long. A fast one costs two readings of the clock. */
import type Database from "better-sqlite3";
import { singleton } from "#lib/singleton.ts";
import type { SlowRow } from "./rows.ts";

/** Below that nothing is slow, whatever the threshold. */
const NEVER_SLOW_MS = 1;

interface Collector {
  /** Milliseconds from which on a statement counts as slow. */
  from: () => number;
  tell: (row: SlowRow) => void;
}

const collector = () => singleton("slow-statements", (): { told: Collector | null } => ({ told: null }));

/** Until somebody collects them nothing is kept. */
export const collectSlow = (from: Collector["from"], tell: Collector["tell"]): void => {
  collector().told = { from, tell };
};

/** The statement, watched: `run`, `get` and `all` are all that the panel calls. */
export function timed(statement: Database.Statement, text: string): Database.Statement {
  for (const way of ["run", "get", "all"] as const) {
    const original = statement[way].bind(statement) as (...values: unknown[]) => unknown;
    statement[way] = ((...values: unknown[]) => {
      const started = performance.now();
      try {
        return original(...values);
      } finally {
        const ms = performance.now() - started;
        if (ms >= NEVER_SLOW_MS) judge(text, ms);
      }
    }) as never;
  }
  return statement;
}

/** After what is under way, which may be a transaction. */
function judge(text: string, ms: number): void {
  setImmediate(() => {
    const { told } = collector();
    if (told && ms >= told.from()) told.tell([withoutValues(text), Math.round(ms * 1000), Date.now()]);
  });
}

/** What stands in the text itself is a value as well. Long lists of places for values are one. */
export const withoutValues = (text: string): string =>
  text
    .replace(/'(?:[^']|'')*'/g, "?")
    .replace(/\b\d+(?:\.\d+)?\b/g, "?")
    .replace(/\?(?:\s*,\s*\?)+/g, "?, …")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 4000);
