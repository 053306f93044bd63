/** One bundle from its file to its end. It is on rows, so a reload goes on where it was. */
"use client";
import { useEffect, useState } from "react";
import { attempt, Refusal } from "#components/ui/attempt.ts";
import { type Failure, failureOf } from "#lib/api/client.ts";
import type { Outputs } from "#lib/api/outputs.ts";

export type Bundle = Outputs["dns"]["bundle"];
export type BundleItem = Bundle["items"][number];

export interface BundleChoice {
  file: File;
  mode: "merge" | "replace";
  apex: boolean;
  create: boolean;
  connection: string;
}

const EVERY_MS = 800;

export function useBundle(organisation: string, begun: Bundle | null) {
  const [bundle, setBundle] = useState(begun);
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [lost, setLost] = useState(false);
  const followed = bundle && (bundle.state === "planning" || bundle.state === "applying") ? bundle.batch : null;

  useEffect(() => {
    if (followed === null) return;
    let current = true;
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      try {
        const next = await attempt((api) => api.dns.bundle({ organisation, batch: followed }));
        if (!current) return;
        setBundle(next);
        setLost(false);
      } catch {
        // The panel may be starting anew: it is asked again.
        if (current) setLost(true);
      }
      if (current) timer = setTimeout(ask, EVERY_MS);
    };
    timer = setTimeout(ask, EVERY_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [followed, organisation]);

  /** Keeps what went wrong beside the page that it went wrong on. */
  const step = async (work: () => Promise<Bundle>) => {
    setSending(true);
    setFailure(null);
    try {
      setBundle(await work());
    } catch (error) {
      setFailure(error instanceof Refusal ? error.failure : failureOf(error));
    }
    setSending(false);
  };
  const batch = bundle?.batch ?? "";
  return {
    bundle,
    sending,
    failure,
    lost,
    plan: (choice: BundleChoice) =>
      step(async () => {
        const { file, mode, apex, create, connection } = choice;
        const query = new URLSearchParams({ mode, apex: String(apex), create: String(create), connection });
        const response = await fetch(`/api/organisations/${organisation}/dns/import?${query}`, {
          method: "POST",
          headers: { "content-type": "application/gzip" },
          body: file,
        });
        const body = await response.json();
        if (!response.ok)
          throw new Refusal({ code: body.code, message: body.message, fields: body.fields ?? {}, details: body });
        return body;
      }),
    apply: (confirm: boolean) => step(() => attempt((api) => api.dns.bundleApply({ organisation, batch, confirm }))),
    cancel: () => step(() => attempt((api) => api.dns.bundleCancel({ organisation, batch }))),
    again: () => {
      setBundle(null);
      setFailure(null);
    },
  };
}
