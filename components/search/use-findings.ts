/** Asks for what is typed, a moment after the last key, and forgets answers that come too late. */
"use client";
import { useEffect, useState } from "react";
import { attempt, Refusal } from "#components/ui/attempt.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import type { Hit } from "./hits.ts";

export interface Findings {
  zones: Outputs["dns"]["ownZones"]["items"];
  hits: Hit[];
  pending: boolean;
  failure: string | null;
}

const WAIT_MS = 120;
const nothing: Findings = { zones: [], hits: [], pending: false, failure: null };

export function useFindings(text: string): Findings {
  const [findings, setFindings] = useState(nothing);
  const q = text.trim();

  useEffect(() => {
    if (q === "") return setFindings(nothing);
    let current = true;
    setFindings((before) => ({ ...before, pending: true }));
    const timer = setTimeout(() => {
      attempt((api) => Promise.all([api.dns.ownZones({ q, perPage: 5 }), api.dns.search({ q, limit: 8 })]))
        .then(([zones, records]) => ({ ...nothing, zones: zones.items, hits: records.items }))
        .catch((error: unknown) => ({
          ...nothing,
          failure: error instanceof Refusal ? error.failure.message : "Something went wrong.",
        }))
        .then((found) => current && setFindings(found));
    }, WAIT_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [q]);

  return findings;
}
