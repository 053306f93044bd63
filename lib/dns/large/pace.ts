/** What big work tells while it runs, and whether it shall go on: whoever started it says, and everybody on the way can ask. */
import { AsyncLocalStorage } from "node:async_hooks";
import { singleton } from "#lib/singleton.ts";
import type { Plan } from "../rrset.ts";
import { type Brief, brief } from "./brief.ts";

/** A change whose entry stands, and which nobody knows the outcome of yet. */
export interface UnderWay {
  change: string;
  plan: Plan;
  revision: number;
}

export interface Pace {
  /** Aborted when nobody wants it any more. */
  signal: AbortSignal;
  /** 0 to 1. */
  progress(done: number): void;
  /** From now on it is done, whoever still waits for it. */
  journaled(underWay: Brief<UnderWay>): void;
  /** The same of a zone that is to be: its row stands. */
  reserved(zone: string): void;
}

const storage = () => singleton("large-pace", () => new AsyncLocalStorage<Pace>());

export const withPace = <T>(pace: Pace, work: () => Promise<T>): Promise<T> => storage().run(pace, work);

/** That of the work that this is part of; where nobody listens, one that nobody hears. */
export const pace = (): Pace => storage().getStore() ?? unheard;

const unheard: Pace = {
  signal: new AbortController().signal,
  progress: () => {},
  journaled: () => {},
  reserved: () => {},
};

export const tellJournaled = (underWay: UnderWay): void => pace().journaled(brief(underWay));

/** The work, and with what it tells of a change under way what else is said of it. */
export function telling<T>(beside: object, work: () => Promise<T>): Promise<T> {
  const outer = pace();
  return withPace({ ...outer, journaled: (underWay) => outer.journaled({ ...underWay, ...beside }) }, work);
}

/** What only reads is left alone once nobody wants it any more. Rejects with the reason. */
export async function unlessStopped<T>(reading: Promise<T>): Promise<T> {
  const { signal } = pace();
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(signal.reason);
  signal.addEventListener("abort", stop);
  try {
    signal.throwIfAborted();
    return await Promise.race([reading, stopped.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
