/** What a new database is called, and where it is made. */
"use client";
import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";
import { kindNames } from "./kind-names.ts";

export type Hosts = readonly { id: string; name: string; kind: keyof typeof kindNames }[];

export function CreateDialog({ server, hosts, onClose }: { server: string; hosts: Hosts; onClose: () => void }) {
  const router = useRouter();
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Create a database" size="sm" keepOpen>
      <Form
        call={(api, values) =>
          api.servers.databases.create({ server, label: values("label"), host: values("host") || undefined })
        }
        onDone={() => {
          toast("The database is made");
          onClose();
          router.refresh();
        }}
      >
        {({ errors, pending, banner }) => (
          <>
            <FieldGroup>
              {banner}
              <Field label="Name" error={errors.label} hint="The server’s short id is put before it.">
                <Input name="label" mono autoComplete="off" spellCheck={false} maxLength={24} required />
              </Field>
              <Field label="Host" error={errors.host}>
                <Select
                  name="host"
                  options={hosts.map(({ id, name, kind }) => ({ value: id, label: `${name} (${kindNames[kind]})` }))}
                />
              </Field>
            </FieldGroup>
            <DialogFooter>
              <DialogClose>
                <Button>Cancel</Button>
              </DialogClose>
              <Submit pending={pending}>Create it</Submit>
            </DialogFooter>
          </>
        )}
      </Form>
    </Dialog>
  );
}
