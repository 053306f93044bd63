/** Asks for one name: of a new folder, a new file, or what something is to be called. */
"use client";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { joined } from "./paths.ts";

interface NameDialogProps {
  server: string;
  folder: string;
  what: "folder" | "file" | "rename";
  /** Of what is renamed. */
  name: string;
  onClose: () => void;
  /** It is written when it is saved. */
  onFile: (path: string) => void;
  onDone: () => void;
}

export function NameDialog({ server, folder, what, name, onClose, onFile, onDone }: NameDialogProps) {
  const { title, submit } = {
    folder: { title: "New folder", submit: "Create" },
    file: { title: "New file", submit: "Go on" },
    rename: { title: `Rename ${name}`, submit: "Rename" },
  }[what];
  return (
    <FormDialog
      title={title}
      size="sm"
      refresh={false}
      call={async (api, values) => {
        const given = values("name").trim();
        if (what === "folder") await api.servers.files.createFolder({ server, folder, name: given });
        if (what === "rename") {
          const files = [{ from: joined(folder, name), to: joined(folder, given) }];
          await api.servers.files.move({ server, files });
        }
        return given;
      }}
      onDone={(given) => {
        if (what === "file") onFile(joined(folder, given));
        else onDone();
      }}
      submit={submit}
      onClose={onClose}
    >
      {(errors) => (
        <Field label="Name" error={errors.name ?? errors["files.0.to"]}>
          <Input name="name" mono required autoComplete="off" defaultValue={name} maxLength={255} />
        </Field>
      )}
    </FormDialog>
  );
}
