/** Records as lines of a zone file: a field for those who cannot paste onto the page, and what became of the lines. */
"use client";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { Pasted } from "./paste-records.ts";

export function PasteForm({ onPaste, onClose }: { onPaste: (text: string) => Promise<void>; onClose: () => void }) {
  const [text, setText] = useState("");
  const [pending, setPending] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === "" || pending) return;
    setPending(true);
    await onPaste(text);
    setPending(false);
  };
  return (
    <form
      aria-label="Paste records"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
        else if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) event.currentTarget.requestSubmit();
      }}
      className="mb-2.5 grid gap-2 rounded-lg border border-line bg-panel p-3"
    >
      <Field
        label="Records"
        hint="Lines of a zone file. Where no TTL stands, it is an hour. Lines can also be pasted right onto the page."
      >
        <Textarea
          autoFocus
          mono
          rows={6}
          wrap="off"
          placeholder={"www  300  IN  A      192.0.2.1\n@         IN  MX     10 mail.example.net."}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" pending={pending} disabled={text.trim() === ""}>
          Add to the draft
        </Button>
      </div>
    </form>
  );
}

export function PasteReport({ pasted: { records, notes }, onClose }: { pasted: Pasted; onClose: () => void }) {
  const left = notes.filter(({ taken }) => !taken).length;
  const taken =
    records === 1 ? "1 record is in the draft" : `${records.toLocaleString("en-GB")} records are in the draft`;
  const lost = left === 1 ? "1 line is not" : `${left} lines are not`;
  return (
    <section aria-label="What was pasted" className="mb-2.5 rounded-lg border border-line bg-panel p-3">
      <div className="flex items-start gap-3">
        <p className="min-w-0 flex-1 font-medium" role="status">
          {records === 0 ? "Nothing of it is in the draft" : left > 0 ? `${taken}, ${lost}` : taken}.
        </p>
        <Button size="sm" variant="ghost" className="-my-0.5" onClick={onClose}>
          Close
        </Button>
      </div>
      <ul className="mt-2 grid max-h-72 gap-2 overflow-y-auto" aria-label="Lines">
        {notes.slice(0, 200).map(({ line, column, reason, taken: kept, text }) => (
          <li key={`${line}.${column}.${reason}`} className="min-w-0">
            <p className={kept ? "text-warn" : "text-bad"}>
              Line {line}, column {column}: {reason}
            </p>
            <code className="block truncate font-mono text-xs text-dim">{text}</code>
          </li>
        ))}
      </ul>
      {notes.length > 200 && <p className="mt-1 text-xs text-faint">and {notes.length - 200} more</p>}
    </section>
  );
}
