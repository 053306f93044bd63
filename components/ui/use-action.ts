/** One call to the API at a time, with whether it is under way and what came of it. */
"use client";
import { useRef, useState } from "react";
import type { Failure } from "#lib/api/client.ts";
import { type Api, attempt, notConfirmed, Refusal } from "./attempt.ts";

export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export interface Action {
  pending: boolean;
  failure: Failure | null;
  /** Null when there was no call: another is under way, or this one was to be confirmed and was not. */
  run: <T>(call: (api: Api) => Promise<T>) => Promise<Outcome<T> | null>;
}

export function useAction(): Action {
  const busy = useRef(false);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  const run: Action["run"] = async (call) => {
    if (busy.current) return null;
    busy.current = true;
    setPending(true);
    setFailure(null);
    try {
      return { ok: true, value: await attempt(call) };
    } catch (error) {
      if (notConfirmed(error)) return null;
      if (!(error instanceof Refusal)) throw error;
      setFailure(error.failure);
      return { ok: false, failure: error.failure };
    } finally {
      busy.current = false;
      setPending(false);
    }
  };

  return { pending, failure, run };
}
