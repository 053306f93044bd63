/** Sends files to a folder of a server: each to an address of its own at the node, one after the other. */
"use client";
import { useRef, useState } from "react";
import { attempt, Refusal } from "#components/ui/attempt.ts";
import { toast } from "#components/ui/toast.tsx";
import { formatBytes } from "../bytes.ts";

interface Uploading {
  server: string;
  folder: string;
  onDone: () => void;
}

export function useUpload({ server, folder, onDone }: Uploading) {
  const under = useRef(false);
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  const send = async (files: readonly File[]) => {
    if (files.length === 0 || under.current) return;
    under.current = true;
    setProblem(null);
    let sent = 0;
    try {
      for (const file of files) {
        setBusy(`Uploading ${file.name}${files.length > 1 ? ` (${sent + 1} of ${files.length})` : ""}`);
        await sendOne(file);
        sent++;
      }
      toast(sent === 1 ? `${files[0]?.name} was uploaded` : `${sent} files were uploaded`);
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unsent)) throw error;
      setProblem(error.message);
    } finally {
      under.current = false;
      setBusy(null);
      if (sent > 0) onDone();
    }
  };

  const sendOne = async (file: File) => {
    const { address, mostBytes } = await attempt((api) => api.servers.files.upload({ server, folder }));
    if (file.size > mostBytes)
      throw new Unsent(`${file.name} is larger than ${formatBytes(mostBytes)}, which is the most that the node takes.`);
    const form = new FormData();
    form.append("files", file, file.name);
    const { ok } = await fetch(address, { method: "POST", body: form, credentials: "omit" }).catch(() => ({
      ok: false,
    }));
    if (!ok) throw new Unsent(`The server’s node did not take ${file.name}. Try again in a moment.`);
  };

  return { busy, problem, send };
}

/** A file that the node did not take. The message is a sentence for people. */
class Unsent extends Error {}
