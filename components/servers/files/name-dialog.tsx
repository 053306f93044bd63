/** Asks for one name: of a new folder, a new file, or what something is to be called. */
"use client";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Submit } from "#components/ui/submit.tsx";
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
  const [title, verb] = {
    folder: ["New folder", "Create"],
    file: ["New file", "Go on"],
    rename: [`Rename ${name}`, "Rename"],
  }[what];
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title} size="sm">
      <Form
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
          if (what === "file") return onFile(joined(folder, given));
          onClose();
          onDone();
        }}
      >
        {({ errors, pending, banner }) => (
          <>
            <FieldGroup>
              {banner}
              <Field label="Name" error={errors.name ?? errors["files.0.to"]}>
                <Input name="name" mono required autoComplete="off" defaultValue={name} maxLength={255} />
              </Field>
            </FieldGroup>
            <DialogFooter>
              <DialogClose>
                <Button>Cancel</Button>
              </DialogClose>
              <Submit pending={pending}>{verb}</Submit>
            </DialogFooter>
          </>
        )}
      </Form>
    </Dialog>
  );
}
