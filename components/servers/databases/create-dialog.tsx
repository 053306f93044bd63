/** What a new database is called, and where it is made. */
"use client";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast.tsx";
import { kindNames } from "./database-words.ts";

export type Hosts = readonly { id: string; name: string; kind: keyof typeof kindNames }[];

export function CreateDialog({ server, hosts, onClose }: { server: string; hosts: Hosts; onClose: () => void }) {
  return (
    <FormDialog
      title="Create a database"
      size="sm"
      keepOpen
      call={(api, values) =>
        api.servers.databases.create({ server, label: values("label"), host: values("host") || undefined })
      }
      onDone={() => toast("The database is made")}
      submit="Create it"
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.label} hint="The server’s short id is put before it.">
            <Input name="label" mono autoComplete="off" spellCheck={false} maxLength={24} required />
          </Field>
          <Field label="Host" error={errors.host}>
            <Select
              name="host"
              options={hosts.map(({ id, name, kind }) => ({ value: id, label: `${name} (${kindNames[kind]})` }))}
            />
          </Field>
        </>
      )}
    </FormDialog>
  );
}
