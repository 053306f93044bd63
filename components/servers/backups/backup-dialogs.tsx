/** What a backup leaves out, and what restoring one does. */
"use client";
import { useRouter } from "next/navigation";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";

export function CreateDialog({ server, onClose }: { server: string; onClose: () => void }) {
  const router = useRouter();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Create a backup"
      description="The server goes on running meanwhile."
      size="sm"
    >
      <Form
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
        onDone={() => {
          toast("The backup is being made");
          onClose();
          router.refresh();
        }}
      >
        {({ errors, pending, banner }) => (
          <>
            <FieldGroup>
              {banner}
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

interface RestoreProps {
  server: string;
  serverName: string;
  backup: { id: string; name: string };
  onClose: () => void;
}

export function RestoreDialog({ server, serverName, backup, onClose }: RestoreProps) {
  const router = useRouter();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Restore ${backup.name}?`}
      size="sm"
      role="alertdialog"
    >
      <Form
        call={(api, values) =>
          api.servers.backups.restore({ server, backup: backup.id, truncate: values("truncate") === "on" })
        }
        onDone={() => {
          toast(`${backup.name} is being restored`);
          onClose();
          router.refresh();
        }}
      >
        {({ pending, banner }) => (
          <>
            <FieldGroup>
              {banner}
              <Banner tone="warn">
                {serverName} is stopped, and its files are replaced by those of the backup. What has been changed since
                is lost.
              </Banner>
              <Checkbox
                name="truncate"
                label="Delete all other files first"
                hint="Otherwise files that are not in the backup stay as they are."
              />
            </FieldGroup>
            <DialogFooter>
              <DialogClose>
                <Button>Cancel</Button>
              </DialogClose>
              <Submit variant="danger" pending={pending}>
                Restore it
              </Submit>
            </DialogFooter>
          </>
        )}
      </Form>
    </Dialog>
  );
}
