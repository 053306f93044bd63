/** What a call waits for at a provider that takes only so many, said while it waits. */
"use client";
import { useEffect, useState } from "react";
import { api } from "#lib/api/client.ts";
import type { ZoneView } from "./zone-view.ts";

type Turn = Awaited<ReturnType<typeof api.dns.turn>>;

const ASK_EVERY_MS = 1000;

/** A sentence, or null: nothing waits, as far as is known. `work`: what it is that may wait; null for nothing. */
export function useTurn({ organisation, zone }: ZoneView, work: "single" | "bulk" | null): string | null {
  const [turn, setTurn] = useState<Turn | null>(null);
  useEffect(() => {
    if (work === null) return;
    const timer = setInterval(
      () =>
        api.dns.turn({ organisation, zone, work }).then(
          (answer) => {
            setTurn(answer);
            if (!answer.counted) clearInterval(timer);
          },
          // It is only news.
          () => setTurn(null),
        ),
      ASK_EVERY_MS,
    );
    return () => {
      clearInterval(timer);
      setTurn(null);
    };
  }, [organisation, zone, work]);
  return turn === null ? null : turnSentence(turn);
}

export function turnSentence({ ahead, seconds }: Pick<Turn, "ahead" | "seconds">): string | null {
  if (ahead === null) return null;
  const calls =
    ahead === 0 ? "yours is the next call" : `${ahead} ${ahead === 1 ? "call is" : "calls are"} ahead of yours`;
  const wait = seconds ?? 0;
  const about = wait > 90 ? `${Math.ceil(wait / 60)} minutes` : `${wait} seconds`;
  return `Waiting for the provider: ${calls}${wait > 1 ? `, in about ${about}` : ""}.`;
}
