/** What a server is called, installing it again, and its end. */
"use client";
import { useRouter } from "next/navigation";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { CopyValue } from "#components/ui/copy-value.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { InstallLog } from "./install-log.tsx";

export interface ServerSettingsProps {
  server: Outputs["servers"]["open"];
  /** It can only be read. */
  locked: boolean;
}

export function ServerSettings({ server, locked }: ServerSettingsProps) {
  const router = useRouter();
  const { id, name, description, revision, opens, owner } = server;
  return (
    <div className="flex max-w-[720px] flex-col gap-5">
      <Form
        call={(api, values) =>
          api.servers.edit({ server: id, revision, name: values("name"), description: values("description") })
        }
        onDone={() => {
          toast("Saved");
          router.refresh();
        }}
      >
        {({ errors, pending, banner }) => (
          <Panel title="What it is called" footer={!locked && <Submit pending={pending}>Save</Submit>}>
            <FieldGroup>
              {banner}
              <Field label="Name" error={errors.name}>
                <Input name="name" required maxLength={100} defaultValue={name} readOnly={locked} autoComplete="off" />
              </Field>
              <Field label="Description" optional error={errors.description}>
                <Textarea name="description" rows={2} maxLength={500} defaultValue={description} readOnly={locked} />
              </Field>
            </FieldGroup>
          </Panel>
        )}
      </Form>
      <Panel title="Known as">
        <Facts
          items={[
            { label: "Id", value: <CopyValue value={id} label="id" /> },
            { label: "At its node", value: <CopyValue value={server.uuid} label="id at its node" /> },
          ]}
        />
      </Panel>
      {!locked && opens.includes("files") && (
        <Panel
          title="Install again"
          description="Stops it and runs its egg’s script again. Files stay unless the script deletes or replaces them."
          actions={
            <>
              <InstallLog server={id} />
              <ConfirmButton
                label="Install again"
                title={`Install ${name} again?`}
                confirm="Install again"
                call={(api) => api.servers.reinstall({ server: id })}
                onDone={() => {
                  toast("It is being installed");
                  router.refresh();
                }}
              >
                It is stopped first. Make a backup if its files matter.
              </ConfirmButton>
            </>
          }
        />
      )}
      {!locked && owner && (
        <Panel
          title="Delete"
          description="With all of its files and backups. Nobody can bring it back."
          actions={
            <ConfirmButton
              label="Delete server"
              button={{ variant: "danger" }}
              title={`Delete ${name}?`}
              confirm="Delete server"
              typeName={name}
              call={(api) => api.servers.remove({ server: id, name })}
              onDone={() => {
                toast(`${name} is being deleted`);
                router.push("/dashboard/servers");
                router.refresh();
              }}
            >
              It is stopped, and its files and backups are gone for good.
            </ConfirmButton>
          }
        />
      )}
    </div>
  );
}
