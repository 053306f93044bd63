/** The file: dropped, chosen or pasted, and how it is to be taken. */
"use client";
import { FileUp } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox, Radio } from "#components/ui/checkbox.tsx";
import { cx } from "#components/ui/cx.ts";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { useHydrated } from "#components/ui/use-hydrated.ts";
import type { Failure } from "#lib/api/client.ts";
import type { ZoneView } from "../zone-view.ts";
import { UnreadLines } from "./import-plan.tsx";
import type { Choice } from "./use-import.ts";

const MAX_OCTETS = 20_000_000;

interface ImportFormProps {
  zone: ZoneView;
  /** What was chosen last. */
  before: Choice | null;
  sending: boolean;
  failure: Failure | null;
  onPlan: (choice: Choice) => void;
}

export function ImportForm({ zone, before, sending, failure, onPlan }: ImportFormProps) {
  const hydrated = useHydrated();
  const picker = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(before?.file instanceof File ? before.file : null);
  const [text, setText] = useState(typeof before?.file === "string" ? before.file : "");
  const [mode, setMode] = useState<Choice["mode"]>(before?.mode ?? "merge");
  const [apex, setApex] = useState(before?.apex ?? false);
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const take = (taken: File | undefined) => {
    if (!taken) return;
    const large = taken.size > MAX_OCTETS;
    setProblem(large ? "A zone file has at most 20 MB." : null);
    setFile(large ? null : taken);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
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
      <section
        aria-label="The file"
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cx(
          "flex flex-wrap items-center gap-3 rounded-lg border border-dashed px-4 py-3",
          over ? "border-accent bg-accent-bg" : "border-edge",
        )}
      >
        <FileUp aria-hidden="true" className="size-5 text-dim" />
        <p className="min-w-0 flex-1 basis-40 wrap-anywhere">
          {file ? <strong className="font-mono">{file.name}</strong> : "Drop a zone file here, or"}
        </p>
        <input
          ref={picker}
          type="file"
          accept=".zone,.txt,.db,.bind,text/plain,text/dns"
          className="sr-only"
          tabIndex={-1}
          aria-label="Zone file"
          onChange={(event) => take(event.target.files?.[0])}
        />
        {file && (
          <Button variant="ghost" onClick={() => setFile(null)}>
            Remove
          </Button>
        )}
        <Button onClick={() => picker.current?.click()} disabled={!hydrated}>
          {file ? "Choose another" : "Choose a file"}
        </Button>
      </section>
      {problem && (
        <p role="alert" className="text-bad">
          {problem}
        </p>
      )}
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
      <fieldset className="grid gap-2">
        <legend className="mb-1.5 font-medium">What becomes of the records that are there</legend>
        <Radio
          name="mode"
          checked={mode === "merge"}
          onChange={() => setMode("merge")}
          label="They stay, and those of the file are added"
        />
        <Radio
          name="mode"
          checked={mode === "replace"}
          onChange={() => setMode("replace")}
          label="They are replaced: what is not in the file is removed"
        />
      </fieldset>
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
        <Button type="submit" variant="primary" pending={sending} disabled={!hydrated || empty}>
          See what would change
        </Button>
      </div>
    </form>
  );
}

const linesOf = ({ details }: Failure) => (details.lines ?? []) as { line: number; column: number; reason: string }[];
