/** Zone-file lines from the clipboard into the draft, and selected rows onto it. */
"use client";
import { useEffect, useRef, useState } from "react";
import { toast } from "#components/ui/toast.tsx";
import { type RRset, rrsetKey } from "#lib/dns/rrset.ts";
import { type Draft, withEntries } from "./draft.ts";
import type { Pasted } from "./paste-records.ts";
import { looksLikeRecords } from "./paste-text.ts";
import type { ZoneView } from "./zone-view.ts";

interface Options {
  zone: ZoneView;
  draft: Draft;
  update: (change: (draft: Draft) => Draft) => void;
  /** The keys of what is in the draft now, and what happened in a sentence. */
  onDone: (keys: readonly string[], sentence: string) => void;
}

export function usePaste({ zone, draft, update, onDone }: Options) {
  const [report, setReport] = useState<Pasted | null>(null);
  const write = useRef<typeof import("./copy-records.ts").copiedText | null>(null);
  // The clipboard does not wait for a module.
  useEffect(() => {
    import("./copy-records.ts").then(
      (module) => {
        write.current = module.copiedText;
      },
      () => undefined,
    );
  }, []);
  return {
    /** What of the last paste somebody should look at. */
    report,
    dismiss: () => setReport(null),
    async take(text: string): Promise<void> {
      if (!looksLikeRecords(text)) return onDone([], "What was pasted is no record of a zone file.");
      try {
        const { readPaste } = await import("./paste-records.ts");
        const pasted = await readPaste(text, zone, draft);
        update((now) => withEntries(now, pasted.entries));
        setReport(pasted.notes.length > 0 ? pasted : null);
        onDone(pasted.entries.map(rrsetKey), `${pasted.records} pasted records are in the draft.`);
      } catch {
        toast("The panel did not answer, so nothing was pasted. Try again.", { tone: "bad" });
      }
    },
    textOf: (sets: readonly RRset[]): string | null => write.current?.(zone.apex, sets) ?? null,
  };
}
