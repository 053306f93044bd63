/** Where files are moved to, and who may read, write and run them. */
"use client";
import type { ReactNode } from "react";
import type { Api } from "#components/ui/attempt.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form, type Values } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { joined } from "./paths.ts";
import { counted, type Selection } from "./selection-bar.tsx";

type Props = Selection & { onClose: () => void };

export const MoveDialog = ({ server, folder, names, ...rest }: Props) => (
  <AskDialog
    {...rest}
    title={`Move ${counted(names)}`}
    verb="Move"
    call={(api, values) => {
      const to = values("to").trim();
      const target = to.startsWith("/") ? to : joined(folder, to);
      return api.servers.files.move({
        server,
        files: names.map((name) => ({ from: joined(folder, name), to: `${target}/${name}` })),
      });
    }}
  >
    {(errors) => (
      <Field
        label="Into the folder"
        hint="From the top with a slash, such as /plugins; without one from here. It is made where it is missing."
        error={Object.values(errors)[0]}
      >
        <Input name="to" mono required autoComplete="off" defaultValue={folder === "/" ? "/" : `${folder}/`} />
      </Field>
    )}
  </AskDialog>
);

export const ModeDialog = ({ server, folder, names, ...rest }: Props) => (
  <AskDialog
    {...rest}
    title={`Permissions of ${counted(names)}`}
    verb="Save"
    call={(api, values) => api.servers.files.mode({ server, folder, names: [...names], mode: values("mode").trim() })}
  >
    {(errors) => (
      <Field
        label="Permissions"
        hint="Three digits for the server, its group and everybody: 4 read, 2 write, 1 run. 644 is usual for files, 755 for folders and programs."
        error={errors.mode}
      >
        <Input name="mode" mono required inputMode="numeric" autoComplete="off" maxLength={3} defaultValue="644" />
      </Field>
    )}
  </AskDialog>
);

interface AskProps {
  title: string;
  verb: string;
  onDone: () => void;
  onClose: () => void;
  call: (api: Api, values: Values) => Promise<unknown>;
  children: (errors: Readonly<Record<string, string>>) => ReactNode;
}

function AskDialog({ title, verb, onDone, onClose, call, children }: AskProps) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title} size="sm">
      <Form
        call={call}
        onDone={() => {
          onClose();
          onDone();
        }}
      >
        {({ errors, pending, banner }) => (
          <>
            <FieldGroup>
              {banner}
              {children(errors)}
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
