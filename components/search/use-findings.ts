/** Asks for what is typed, a moment after the last key, and forgets answers that come too late. */
"use client";
import { useEffect, useState } from "react";
import { attempt, Refusal } from "#components/ui/attempt.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import type { Hit } from "./hits.ts";
import { type StaffGroup, staffGroups } from "./staff-groups.ts";

export interface Findings {
  zones: Outputs["dns"]["ownZones"]["items"];
  hits: Hit[];
  /** What staff find besides. */
  groups: StaffGroup[];
  pending: boolean;
  failure: string | null;
}

const WAIT_MS = 120;
const nothing: Findings = { zones: [], hits: [], groups: [], pending: false, failure: null };

export function useFindings(text: string, staff: boolean): Findings {
  const [findings, setFindings] = useState(nothing);
  const q = text.trim();

  useEffect(() => {
    if (q === "") return setFindings(nothing);
    let current = true;
    setFindings((before) => ({ ...before, pending: true }));
    const timer = setTimeout(() => {
      void attempt((api) =>
        Promise.all([
          orNone(api.dns.ownZones({ q, perPage: 5 }), { items: [] }),
          orNone(api.dns.search({ q, limit: 8 }), { items: [] }),
          staff ? api.staff.search({ q }) : {},
        ]),
      )
        .then(([zones, records, everybodys]) => ({
          ...nothing,
          zones: zones.items,
          hits: records.items,
          groups: staffGroups(everybodys),
        }))
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
  }, [q, staff]);

  return findings;
}

/** What is switched off finds nothing. */
async function orNone<T, N>(found: Promise<T>, none: N): Promise<T | N> {
  try {
    return await found;
  } catch (error) {
    if (codeOf(error) === "feature_disabled") return none;
    throw error;
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
