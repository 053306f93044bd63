/** Takes an egg from a file that is dropped, chosen or pasted, or from an address. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FileDrop } from "#components/ui/file-drop.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";
import { tabHref } from "./address.ts";

export interface ImportEggProps {
  /** The egg that the file takes the place of. */
  egg?: { id: string; name: string; updateUrl: string | null };
}

const MOST = 1_000_000;

export function ImportEgg({ egg }: ImportEggProps) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const [text, setText] = useState("");
  const take = async (chosen: File | null) => {
    setFile(chosen);
    setText(chosen ? await chosen.text() : "");
  };
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {egg ? "Import over it" : "Import"}
      </Button>
      {open && (
        <FormDialog
          keepOpen
          size="lg"
          title={egg ? `Import over ${egg.name}` : "Import an egg"}
          description={
            egg
              ? "What the file says takes the place of everything here. Variables that it has not are gone, with the values that servers have for them."
              : "As Pterodactyl and Pelican export it: JSON, PTDL_v1 or PTDL_v2."
          }
          call={(api, values) => {
            const url = values("url").trim();
            const source = url === "" ? { text } : { url };
            return egg ? api.eggs.replace({ egg: egg.id, ...source }) : api.eggs.importOne(source);
          }}
          onDone={({ id, name, dropped }) => {
            const lost = dropped.length > 0 ? `. Gone: ${dropped.join(", ")}` : "";
            toast(`${name} is imported${lost}`);
            router.push(tabHref("eggs", {}, { open: id }));
          }}
          submit="Import"
          onClose={() => setOpen(false)}
        >
          {(errors) => (
            <>
              <FileDrop
                label="Egg"
                prompt="Drop the egg’s file here."
                accept=".json,application/json"
                most={MOST}
                tooLarge="An egg has at most a million characters."
                file={file}
                onFile={take}
              />
              <Field label="Or paste it" optional error={errors.text}>
                <Textarea
                  name="text"
                  mono
                  rows={6}
                  className="max-h-[30dvh]"
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                />
              </Field>
              <Field label="Or fetch it from" optional error={errors.url}>
                <Input
                  name="url"
                  type="url"
                  mono
                  autoComplete="off"
                  defaultValue={egg?.updateUrl ?? ""}
                  placeholder="https://example.org/egg.json"
                />
              </Field>
            </>
          )}
        </FormDialog>
      )}
    </>
  );
}
