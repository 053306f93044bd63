/** Edits one file. The editor itself loads when this opens. */
"use client";
import dynamic from "next/dynamic";
import { useEffect, useRef, useState } from "react";
import { attempt, Refusal } from "#components/ui/attempt.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogFooter } from "#components/ui/dialog.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { nameOf } from "./paths.ts";

const CodeEditor = dynamic(() => import("./code-editor.tsx").then((module) => module.CodeEditor), { ssr: false });

interface EditorDialogProps {
  server: string;
  path: string;
  isNew: boolean;
  onSaved: () => void;
  onClose: () => void;
}

interface Loaded {
  text: string;
  /** Of what was read; undefined: there was nothing. */
  version: string | undefined;
}

export function EditorDialog({ server, path, isNew, onSaved, onClose }: EditorDialogProps) {
  const [loaded, setLoaded] = useState<Loaded | null>(isNew ? { text: "", version: undefined } : null);
  const [problem, setProblem] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const text = useRef<string | null>(isNew ? "" : null);
  const { pending, failure, run } = useAction();

  useEffect(() => {
    if (isNew) return;
    let here = true;
    attempt((api) => api.servers.files.read({ server, path })).then(
      (file) => {
        if (!here) return;
        text.current = file.text;
        setLoaded(file);
      },
      (error) => {
        if (here) setProblem(error instanceof Refusal ? error.message : "The file cannot be opened.");
      },
    );
    return () => {
      here = false;
    };
  }, [server, path, isNew]);

  const changed = () => loaded !== null && text.current !== loaded.text;
  const save = async () => {
    const sent = text.current;
    if (sent === null || !loaded) return;
    const version = loaded.version === undefined ? {} : { version: loaded.version };
    const saved = await run((api) => api.servers.files.write({ server, path, text: sent, ...version }));
    if (!saved?.ok) return;
    setLoaded({ text: sent, version: saved.value.version });
    setLeaving(false);
    toast(`${nameOf(path)} was saved`);
    onSaved();
  };
  const close = () => (changed() && !leaving ? setLeaving(true) : onClose());

  return (
    <Dialog open onOpenChange={(open) => !open && close()} title={nameOf(path)} description={path} size="xl" keepOpen>
      <div className="flex flex-col gap-3">
        {problem !== null && (
          <Banner tone="bad" live>
            {problem}
          </Banner>
        )}
        {failure && <FailureBanner failure={failure} />}
        {leaving && (
          <Banner
            tone="warn"
            live
            action={
              <Button size="sm" onClick={onClose}>
                Close without saving
              </Button>
            }
          >
            What you changed is not saved.
          </Banner>
        )}
        {loaded === null ? (
          problem === null && <p className="text-dim">Opening the file …</p>
        ) : (
          <CodeEditor
            name={nameOf(path)}
            text={loaded.text}
            onChange={(next) => {
              text.current = next;
            }}
            onSave={save}
          />
        )}
      </div>
      <DialogFooter>
        <Button onClick={close}>Close</Button>
        <Button variant="primary" pending={pending} disabled={loaded === null} onClick={save}>
          Save
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
