/** What is asked for when it is shown, and once more when somebody asks for that. */
"use client";
import { useEffect, useRef, useState } from "react";
import type { Failure } from "#lib/api/client.ts";
import { type Api, attempt, Refusal } from "./attempt.ts";

export interface LoadedState<T> {
  /** What was answered last; null: nothing yet. */
  answer: { value: T } | { failure: Failure } | null;
  /** It is asked for now. */
  asking: boolean;
  again: () => void;
}

/** `of` says what is asked for: with another key it is asked for again. */
export function useLoaded<T>(of: string, call: (api: Api) => Promise<T>): LoadedState<T> {
  const [state, setState] = useState<{ of: string; answer: NonNullable<LoadedState<T>["answer"]> } | null>(null);
  const [turn, setTurn] = useState(0);
  const latest = useRef(call);
  latest.current = call;
  const key = `${of} ${turn}`;
  useEffect(() => {
    let current = true;
    void attempt((api) => latest.current(api))
      .then((value) => ({ value }))
      .catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        return { failure: error.failure };
      })
      .then((answer) => current && setState({ of: key, answer }));
    return () => {
      current = false;
    };
  }, [key]);
  return { answer: state?.answer ?? null, asking: state?.of !== key, again: () => setTurn(turn + 1) };
}
