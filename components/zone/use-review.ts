/** Asks for the plan of a draft, again whenever the draft changes, and applies it. */
"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { api, failureOf } from "#lib/api/client.ts";
import { type Draft, requestOf } from "./draft.ts";
import { type ChangeResult, fulfilled, loadingReview, type ReviewState, withFailure } from "./review-state.ts";
import type { ZoneView } from "./zone-view.ts";

export interface ReviewActions {
  /** Somebody else has brought these about already. */
  onFulfilled: (keys: string[]) => void;
  onResult: (result: ChangeResult) => void;
}

export function useReview(zone: ZoneView, draft: Draft, { onFulfilled, onResult }: ReviewActions) {
  const [state, setState] = useState<ReviewState>(loadingReview);
  const [attempt, setAttempt] = useState(0);
  const drop = useRef(onFulfilled);
  const done = useRef(false);
  useEffect(() => {
    drop.current = onFulfilled;
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks again
  useEffect(() => {
    if (done.current) return;
    if (Object.keys(draft).length === 0) return setState({ ...loadingReview, status: "ready" });
    let current = true;
    setState((before) => ({ ...before, status: "loading", failure: null, rejected: {} }));
    const { keyOf, ...request } = requestOf(draft);
    api.dns
      .change({ organisation: zone.organisation, zone: zone.zone, ...request, dryRun: true })
      .then((answer) => {
        if (!current || !answer.dryRun) return;
        const already = fulfilled(answer.conflicts, draft);
        if (already.length > 0) drop.current(already);
        setState({ ...loadingReview, status: "ready", preview: answer });
      })
      .catch((error: unknown) => {
        if (current) setState((before) => withFailure(before, failureOf(error), keyOf));
      });
    return () => {
      current = false;
    };
  }, [zone.organisation, zone.zone, draft, attempt]);

  const apply = async (confirm: boolean) => {
    setState((before) => ({ ...before, status: "applying", failure: null }));
    const { keyOf, ...request } = requestOf(draft);
    try {
      const result = await api.dns.change({
        organisation: zone.organisation,
        zone: zone.zone,
        ...request,
        dryRun: false,
        confirm,
      });
      if (result.dryRun) return;
      done.current = true;
      setState((before) => ({ ...before, status: "done", result }));
      onResult(result);
    } catch (error) {
      setState((before) => withFailure(before, failureOf(error), keyOf));
    }
  };
  const again = useCallback(() => setAttempt((count) => count + 1), []);
  return { state, apply, again };
}
