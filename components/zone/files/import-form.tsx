/** The file: dropped, chosen or pasted, and how it is to be taken. */
"use client";
import { useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { FileDrop } from "#components/ui/file-drop.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

import type { Failure } from "#lib/api/client.ts";
import type { ZoneView } from "../zone-view.ts";
import { UnreadLines } from "./import-plan.tsx";
import { ModeChoice } from "./mode-choice.tsx";
import type { Choice } from "./use-import.ts";

interface ImportFormProps {
  zone: ZoneView;
  /** What was chosen last. */
  before: Choice | null;
  sending: boolean;
  failure: Failure | null;
  onPlan: (choice: Choice) => void;
}

export function ImportForm({ zone, before, sending, failure, onPlan }: ImportFormProps) {
  const [file, setFile] = useState<File | null>(before?.file instanceof File ? before.file : null);
  const [text, setText] = useState(typeof before?.file === "string" ? before.file : "");
  const [mode, setMode] = useState<Choice["mode"]>(before?.mode ?? "merge");
  const [apex, setApex] = useState(before?.apex ?? false);
  const empty = file === null && text.trim() === "";
  return (
    <form
      className="grid max-w-3xl gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!empty) onPlan({ file: file ?? text, mode, apex });
      }}
    >
      {failure && (
        <Banner tone="bad" live title="This file cannot be imported">
          {failure.message}
        </Banner>
      )}
      {failure && <UnreadLines lines={linesOf(failure)} more={Number(failure.details.moreLines ?? 0)} />}
      <FileDrop
        label="Zone file"
        prompt="Drop a zone file here, or"
        accept=".zone,.txt,.db,.bind,text/plain,text/dns"
        most={20_000_000}
        tooLarge="A zone file has at most 20 MB."
        file={file}
        onFile={setFile}
      />
      {!file && (
        <Field label="Or paste its text">
          <Textarea
            mono
            rows={6}
            value={text}
            placeholder={"www 300 IN A 192.0.2.1"}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
      )}
      <ModeChoice mode={mode} onMode={setMode} added="the file" missing="the file" />
      <Checkbox
        checked={apex}
        onChange={(event) => setApex(event.target.checked)}
        disabled={!zone.manage}
        label="Take the SOA and the name servers of the zone itself from the file too"
        hint={
          zone.manage
            ? "Files from another host name that host's servers. Usually the zone keeps its own."
            : "That needs the right to manage this zone."
        }
      />
      <div>
        <Submit pending={sending} disabled={empty}>
          See what would change
        </Submit>
      </div>
    </form>
  );
}

const linesOf = ({ details }: Failure) => (details.lines ?? []) as { line: number; column: number; reason: string }[];
