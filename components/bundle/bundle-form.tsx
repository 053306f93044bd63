/** The bundle that is brought, and how it is to be taken. */
"use client";
import { useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { FileDrop } from "#components/ui/file-drop.tsx";
import { Select } from "#components/ui/select.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { ModeChoice } from "#components/zone/files/mode-choice.tsx";
import type { BundleChoice } from "./use-bundle.ts";

interface BundleFormProps {
  /** Where zones that are not there yet can be made; none: they cannot. */
  connections: readonly { id: string; label: string }[];
  sending: boolean;
  failure: string | null;
  onPlan: (choice: BundleChoice) => void;
}

export function BundleForm({ connections, sending, failure, onPlan }: BundleFormProps) {
  const [file, setFile] = useState<File | null>(null);
  const [mode, setMode] = useState<BundleChoice["mode"]>("merge");
  const [apex, setApex] = useState(false);
  const [create, setCreate] = useState(connections.length > 0);
  const [connection, setConnection] = useState(connections[0]?.id ?? "");
  return (
    <form
      className="grid max-w-3xl gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (file) onPlan({ file, mode, apex, create, connection });
      }}
    >
      {failure && (
        <Banner tone="bad" live title="This file cannot be imported">
          {failure}
        </Banner>
      )}
      <FileDrop
        label="Bundle"
        prompt="Drop a .tar.gz of zone files here, or"
        accept=".gz,.tgz,.tar,application/gzip,application/x-tar"
        most={50_000_000}
        tooLarge="A bundle has at most 50 MB."
        file={file}
        onFile={setFile}
      />
      <ModeChoice mode={mode} onMode={setMode} added="the files" missing="a zone’s file" />
      <Checkbox
        checked={apex}
        onChange={(event) => setApex(event.target.checked)}
        label="Take the SOA and the name servers of each zone from its file too"
        hint="Files from another host name that host's servers. Usually zones keep their own."
      />
      {connections.length > 0 && (
        <Checkbox
          checked={create}
          onChange={(event) => setCreate(event.target.checked)}
          label="Create zones that do not exist yet"
        />
      )}
      {create && connections.length > 1 && (
        <Field label="Create new zones at" className="max-w-sm">
          <Select
            value={connection}
            onChange={(event) => setConnection(event.target.value)}
            options={connections.map(({ id, label }) => ({ value: id, label }))}
          />
        </Field>
      )}
      <div>
        <Submit pending={sending} disabled={file === null}>
          See what would change
        </Submit>
      </div>
    </form>
  );
}
