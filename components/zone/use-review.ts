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
  onResult: (result: ChangeResult, sent: Draft) => void;
}

export function useReview(zone: ZoneView, draft: Draft, { onFulfilled, onResult }: ReviewActions) {
  const [state, setState] = useState<ReviewState>(loadingReview);
  const drop = useRef(onFulfilled);
  const done = useRef(false);
  /** What is being applied, while it is: a draft that changes meanwhile is asked for afterwards. */
  const sending = useRef<Draft | null>(null);
  /** Of several questions under way only the last one counts. */
  const asked = useRef(0);
  useEffect(() => {
    drop.current = onFulfilled;
  });

  const ask = useCallback(() => {
    if (done.current || sending.current) return;
    asked.current += 1;
    const mine = asked.current;
    if (Object.keys(draft).length === 0) return setState({ ...loadingReview, status: "ready" });
    setState((before) => ({ ...before, status: "loading", failure: null, rejected: {} }));
    const { keyOf, ...request } = requestOf(draft);
    api.dns
      .change({ organisation: zone.organisation, zone: zone.zone, ...request, dryRun: true })
      .then((answer) => {
        if (mine !== asked.current || !answer.dryRun) return;
        const already = fulfilled(answer.conflicts, draft);
        if (already.length > 0) drop.current(already);
        setState({ ...loadingReview, status: "ready", preview: answer });
      })
      .catch((error: unknown) => {
        if (mine === asked.current) setState((before) => withFailure(before, failureOf(error), keyOf));
      });
  }, [zone.organisation, zone.zone, draft]);

  const newest = useRef(ask);
  useEffect(() => {
    newest.current = ask;
    ask();
    return () => {
      asked.current += 1;
    };
  }, [ask]);

  const apply = async (confirm: boolean) => {
    if (sending.current) return;
    sending.current = draft;
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
      onResult(result, draft);
    } catch (error) {
      sending.current = null;
      setState((before) => withFailure(before, failureOf(error), keyOf));
      if (newest.current !== ask) newest.current();
    }
  };
  return { state, apply, again: ask };
}
