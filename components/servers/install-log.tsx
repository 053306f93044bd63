/** What the last installation of a server wrote, behind a button. */
"use client";
import { useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Code } from "#components/ui/code.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";

export function InstallLog({ server }: { server: string }) {
  const { pending, run } = useAction();
  const [log, setLog] = useState<Outputs["servers"]["installLog"] | null>(null);
  const open = async () => {
    const got = await run((api) => api.servers.installLog({ server }));
    if (got?.ok) setLog(got.value);
    else if (got) toast(got.failure.message, { tone: "bad" });
  };
  return (
    <>
      <Button aria-haspopup="dialog" pending={pending} onClick={open}>
        Installation log
      </Button>
      {log && (
        <Dialog open onOpenChange={(stays) => !stays && setLog(null)} title="Installation log" size="lg">
          <Told log={log} />
          <DialogFooter>
            <DialogClose>
              <Button>Close</Button>
            </DialogClose>
          </DialogFooter>
        </Dialog>
      )}
    </>
  );
}

function Told({ log: { text, cut, file } }: { log: Outputs["servers"]["installLog"] }) {
  if (text === null)
    return (
      <p>
        The daemon of this server’s node gives this log to nobody. It keeps it in a file of its own machine, as a rule{" "}
        <Code>{file}</Code>, where whoever runs the node can read it.
      </p>
    );
  if (text.trim() === "") return <p>Nothing was written, or nothing has been installed yet.</p>;
  return (
    <div className="flex flex-col gap-3">
      <Banner tone="warn">
        The egg’s script wrote this. Passwords and keys from the server’s variables can be in it: look before you pass
        it on.
      </Banner>
      {cut && <p className="text-dim">This is the end of a longer one.</p>}
      <pre className="rounded-md border border-line bg-bg px-3 py-2 font-mono text-xs wrap-anywhere whitespace-pre-wrap">
        {text}
      </pre>
    </div>
  );
}
