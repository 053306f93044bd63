/** What a backup leaves out, and what restoring one does. */
"use client";
import { Banner } from "#components/ui/banner.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";

export function CreateDialog({ server, onClose }: { server: string; onClose: () => void }) {
  return (
    <FormDialog
      title="Create a backup"
      description="The server goes on running meanwhile."
      size="sm"
      call={(api, values) => {
        const ignored = values("ignored")
          .split("\n")
          .map((line) => line.trim());
        return api.servers.backups.create({
          server,
          name: values("name"),
          ignored: ignored.filter((line) => line !== ""),
        });
      }}
      onDone={() => toast("The backup is being made")}
      submit="Create it"
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" optional error={errors.name} hint="Without one it is called by its time.">
            <Input name="name" autoComplete="off" maxLength={100} />
          </Field>
          <Field
            label="Left out"
            optional
            error={Object.entries(errors).find(([name]) => name.startsWith("ignored"))?.[1]}
            hint="One pattern a line, as in .gitignore: logs/ or *.tmp."
          >
            <Textarea name="ignored" mono rows={3} />
          </Field>
        </>
      )}
    </FormDialog>
  );
}

interface RestoreProps {
  server: string;
  serverName: string;
  backup: { id: string; name: string };
  onClose: () => void;
}

export function RestoreDialog({ server, serverName, backup, onClose }: RestoreProps) {
  return (
    <FormDialog
      title={`Restore ${backup.name}?`}
      size="sm"
      role="alertdialog"
      call={(api, values) =>
        api.servers.backups.restore({ server, backup: backup.id, truncate: values("truncate") === "on" })
      }
      onDone={() => toast(`${backup.name} is being restored`)}
      submit="Restore it"
      danger
      onClose={onClose}
    >
      {() => (
        <>
          <Banner tone="warn">
            {serverName} is stopped, and its files are replaced by those of the backup. What has been changed since is
            lost.
          </Banner>
          <Checkbox
            name="truncate"
            label="Delete all other files first"
            hint="Otherwise files that are not in the backup stay as they are."
          />
        </>
      )}
    </FormDialog>
  );
}
