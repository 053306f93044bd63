/** A place for one file, which is dropped on it or chosen. */
"use client";
import { type DragEvent, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { cx } from "./cx.ts";
import { FileUp } from "./icons.tsx";
import { useHydrated } from "./use-hydrated.ts";

interface FileDropProps {
  /** Names the file, such as "Zone file". */
  label: string;
  /** What to do, before there is one. */
  prompt: string;
  accept: string;
  /** Octets, and what is said of more. */
  most: number;
  tooLarge: string;
  file: File | null;
  onFile: (file: File | null) => void;
}

export function FileDrop({ label, prompt, accept, most, tooLarge, file, onFile }: FileDropProps) {
  const hydrated = useHydrated();
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const take = (taken: File | undefined) => {
    if (!taken) return;
    const large = taken.size > most;
    setProblem(large ? tooLarge : null);
    onFile(large ? null : taken);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <>
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
          {file ? <strong className="font-mono">{file.name}</strong> : prompt}
        </p>
        <input
          ref={picker}
          type="file"
          accept={accept}
          className="sr-only"
          tabIndex={-1}
          aria-label={label}
          onChange={(event) => take(event.target.files?.[0])}
        />
        {file && (
          <Button variant="ghost" onClick={() => onFile(null)}>
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
    </>
  );
}
