/** A part of a row that is asked for by itself, when it is shown. */
"use client";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { type Api, attempt, Refusal } from "#components/ui/attempt.ts";
import { Banner } from "#components/ui/banner.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export interface LoadedProps<T> {
  /** What is asked for: with another key it is asked for again. */
  of: string;
  call: (api: Api) => Promise<T>;
  children: (value: T, again: () => void) => ReactNode;
}

type State<T> = { of: string; value: T } | { of: string; failure: string } | null;

export function Loaded<T>({ of, call, children }: LoadedProps<T>) {
  const [state, setState] = useState<State<T>>(null);
  const [turn, setTurn] = useState(0);
  const latest = useRef(call);
  latest.current = call;
  const key = `${of} ${turn}`;
  useEffect(() => {
    let current = true;
    attempt((api) => latest.current(api))
      .then((value) => ({ of: key, value }))
      .catch((error: unknown) => ({
        of: key,
        failure: error instanceof Refusal ? error.message : "Something went wrong.",
      }))
      .then((next) => current && setState(next));
    return () => {
      current = false;
    };
  }, [key]);
  if (state === null) return <SkeletonRows rows={3} />;
  if ("failure" in state)
    return (
      <Banner tone="bad" className="in-data-flush:m-4">
        {state.failure}
      </Banner>
    );
  return children(state.value, () => setTurn(turn + 1));
}
