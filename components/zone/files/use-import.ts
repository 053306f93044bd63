/** One import from its file to its end. What is large is followed by its row, also after the page was loaded anew. */
"use client";
import { useEffect, useState } from "react";
import { api, type Failure, failureOf } from "#lib/api/client.ts";
import type { ZoneView } from "../zone-view.ts";

type ImportRow = Awaited<ReturnType<typeof api.dns.importOne>>;
type Answer = Awaited<ReturnType<typeof api.dns.importZone>>;
export type ImportPreview = NonNullable<ImportRow["preview"]>;

export interface Choice {
  file: Blob | string;
  mode: "merge" | "replace";
  apex: boolean;
}

export type ImportState =
  | { step: "choosing"; failure: Failure | null }
  | { step: "sending" }
  | { step: "working"; row: ImportRow }
  | { step: "planned"; preview: ImportPreview; row: ImportRow | null; failure: Failure | null; pending: boolean }
  | { step: "done"; change: string | null; message: string }
  | { step: "failed"; row: ImportRow };

const ASK_EVERY_MS = 1000;

export function useImport(zone: ZoneView, path: string, begun: ImportRow | null) {
  const at = { organisation: zone.organisation, zone: zone.zone };
  const [choice, setChoice] = useState<Choice | null>(null);
  const [state, setState] = useState<ImportState>(begun ? ofRow(begun) : { step: "choosing", failure: null });
  const followed = state.step === "working" ? state.row.id : null;

  useEffect(() => {
    if (followed === null) return;
    const ask = () =>
      api.dns.importOne({ organisation: zone.organisation, zone: zone.zone, import: followed }).then(
        (row) => setState((now) => (now.step === "working" && now.row.id === row.id ? ofRow(row) : now)),
        // The panel may be starting anew: it is asked again.
        () => {},
      );
    const timer = setInterval(ask, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [followed, zone.organisation, zone.zone]);

  const plan = async (chosen: Choice) => {
    setChoice(chosen);
    setState({ step: "sending" });
    const { answer, failure } = await send(path, chosen, { dryRun: true, confirm: false });
    if (!answer) setState({ step: "choosing", failure });
    else if ("import" in answer) setState(ofRow(answer.import));
    else if (answer.dryRun) setState({ step: "planned", preview: answer, row: null, failure: null, pending: false });
  };

  const apply = async (confirm: boolean) => {
    if (state.step !== "planned") return;
    setState({ ...state, pending: true, failure: null });
    const { row } = state;
    try {
      if (row) return setState(ofRow(await api.dns.importApply({ ...at, import: row.id, confirm })));
      if (!choice) return;
      const { answer, failure } = await send(path, choice, { dryRun: false, confirm });
      if (!answer) setState({ ...state, failure, pending: false });
      else if (!("import" in answer) && !answer.dryRun)
        setState({ step: "done", change: answer.change, message: answer.message });
    } catch (error) {
      setState({ ...state, failure: failureOf(error), pending: false });
    }
  };

  const cancel = async () => {
    const row = state.step === "working" || state.step === "planned" ? state.row : null;
    if (row) {
      try {
        const ended = await api.dns.importCancel({ ...at, import: row.id });
        if (ended.state === "done") return setState(ofRow(ended));
      } catch (error) {
        if (state.step === "planned") setState({ ...state, failure: failureOf(error) });
        return;
      }
    }
    setState({ step: "choosing", failure: null });
  };

  return { state, choice, plan, apply, cancel, again: () => setState({ step: "choosing", failure: null }) };
}

function ofRow(row: ImportRow): ImportState {
  if (row.state === "planning" || row.state === "applying") return { step: "working", row };
  if (row.state === "planned" && row.preview)
    return { step: "planned", preview: row.preview, row, failure: null, pending: false };
  if (row.state === "done") return { step: "done", change: row.change, message: row.message };
  return { step: "failed", row };
}

async function send(
  path: string,
  { file, mode, apex }: Choice,
  how: { dryRun: boolean; confirm: boolean },
): Promise<{ answer: Answer; failure: null } | { answer: null; failure: Failure }> {
  const query = new URLSearchParams({
    mode,
    apex: String(apex),
    dryRun: String(how.dryRun),
    confirm: String(how.confirm),
  });
  try {
    const response = await fetch(`${path}/import?${query}`, {
      method: "POST",
      headers: { "content-type": "text/dns" },
      body: file,
    });
    const body = await response.json();
    if (response.ok) return { answer: body, failure: null };
    return {
      answer: null,
      failure: { code: body.code, message: body.message, fields: body.fields ?? {}, details: body },
    };
  } catch (error) {
    return { answer: null, failure: failureOf(error) };
  }
}
