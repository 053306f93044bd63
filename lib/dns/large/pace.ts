/** What big work tells while it runs, and whether it shall go on: whoever started it says, and everybody on the way can ask. */
import { AsyncLocalStorage } from "node:async_hooks";
import { singleton } from "#lib/singleton.ts";

export interface Pace {
  /** Aborted when nobody wants it any more. */
  signal: AbortSignal;
  /** 0 to 1. */
  progress(done: number): void;
}

const storage = () => singleton("large-pace", () => new AsyncLocalStorage<Pace>());

export const withPace = <T>(pace: Pace, work: () => Promise<T>): Promise<T> => storage().run(pace, work);

/** That of the work that this is part of; where nobody listens, one that nobody hears. */
export const pace = (): Pace => storage().getStore() ?? unheard;

const unheard: Pace = { signal: new AbortController().signal, progress: () => {} };

/** Lets others write to the database: between two pieces they find it free. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));
