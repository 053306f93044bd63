/** A part of a row that is asked for by itself, when it is shown. */
"use client";
import type { ReactNode } from "react";
import type { Api } from "#components/ui/attempt.ts";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { useLoaded } from "#components/ui/use-loaded.ts";

export interface LoadedProps<T> {
  /** What is asked for: with another key it is asked for again. */
  of: string;
  call: (api: Api) => Promise<T>;
  children: (value: T, again: () => void) => ReactNode;
}

export function Loaded<T>({ of, call, children }: LoadedProps<T>) {
  const { answer, asking, again } = useLoaded(of, call);
  if (answer === null) return <SkeletonRows rows={3} />;
  if ("value" in answer) return children(answer.value, again);
  return <FailureBanner failure={answer.failure} again={again} asking={asking} className="in-data-flush:m-4" />;
}
