/** The dialogs in which a connection is added, changed, and given a new key. Each tries it out before anything is stored. */
"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form, type FormState } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";
import { add, edit, type Kept, type Owner, rotate } from "./acts.ts";

interface Props {
  owner: Owner;
  onClose: () => void;
}

export function AddDialog({ owner, onClose }: Props) {
  const router = useRouter();
  const [kind, setKind] = useState<"powerdns" | "cloudflare">("powerdns");
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add a connection"
      description={
        owner === null
          ? "Zones of every organisation can be kept there."
          : "Only zones of this organisation can be kept there."
      }
      keepOpen
    >
      <Form
        call={(api, values) =>
          add(owner, {
            kind,
            label: values("label"),
            ...(kind === "powerdns" ? { url: values("url"), serverId: values("serverId") } : {}),
            ...(kind === "cloudflare" && values("accountId") ? { accountId: values("accountId") } : {}),
            secret: values("secret"),
          })(api)
        }
        onDone={(added) => {
          toast(`${added.label} was added. ${added.test?.message ?? ""}`);
          onClose();
          router.refresh();
        }}
      >
        {(state) => (
          <>
            <FieldGroup>
              {state.banner}
              <Field label="Provider">
                <Select
                  name="kind"
                  value={kind}
                  onChange={(event) => setKind(event.target.value === "cloudflare" ? "cloudflare" : "powerdns")}
                  options={[
                    { value: "powerdns", label: "PowerDNS" },
                    { value: "cloudflare", label: "Cloudflare" },
                  ]}
                />
              </Field>
              <PlaceFields kind={kind} state={state} />
              <SecretField kind={kind} error={state.errors.secret} />
            </FieldGroup>
            <Buttons pending={state.pending}>Test and add</Buttons>
          </>
        )}
      </Form>
    </Dialog>
  );
}

export function ChangeDialog({ owner, connection, onClose }: Props & { connection: Kept }) {
  const router = useRouter();
  const { id, kind } = connection;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Change ${connection.label}`}
      description="A new name is saved as it is. To lead the connection somewhere else, give its key again."
      keepOpen
    >
      <Form
        call={(api, values) =>
          edit(owner, {
            connection: id,
            label: values("label"),
            ...(kind === "powerdns" ? { url: values("url"), serverId: values("serverId") } : {}),
            ...(kind === "cloudflare" && values("accountId") ? { accountId: values("accountId") } : {}),
            ...(values("secret") ? { secret: values("secret") } : {}),
            confirm: values("confirm") === "on",
          })(api)
        }
        onDone={(saved) => {
          toast(`${saved.label} was saved`);
          onClose();
          router.refresh();
        }}
      >
        {(state) => (
          <>
            <FieldGroup>
              {state.banner}
              <PlaceFields kind={kind} state={state} given={connection} />
              <SecretField kind={kind} error={state.errors.secret} again />
              <Confirmation error={state.errors.confirm} />
            </FieldGroup>
            <Buttons pending={state.pending}>Save</Buttons>
          </>
        )}
      </Form>
    </Dialog>
  );
}

export function KeyDialog({ owner, connection, onClose }: Props & { connection: Kept }) {
  const router = useRouter();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`A new key for ${connection.label}`}
      description="It is tried first. One that does not work replaces nothing; one that does counts from the next call on."
      size="sm"
      keepOpen
    >
      <Form
        call={(api, values) =>
          rotate(owner, {
            connection: connection.id,
            secret: values("secret"),
            confirm: values("confirm") === "on",
          })(api)
        }
        onDone={(saved) => {
          toast(`${saved.label} has a new key`);
          onClose();
          router.refresh();
        }}
      >
        {({ errors, pending, banner }) => (
          <>
            <FieldGroup>
              {banner}
              <SecretField kind={connection.kind} error={errors.secret} />
              <Confirmation error={errors.confirm} />
            </FieldGroup>
            <Buttons pending={pending}>Test and replace</Buttons>
          </>
        )}
      </Form>
    </Dialog>
  );
}

function PlaceFields({ kind, state: { errors }, given }: { kind: Kept["kind"]; state: FormState; given?: Kept }) {
  return (
    <>
      <Field label="Name" error={errors.label} hint="What people choose it by, such as “Name servers in Berlin”.">
        <Input name="label" required maxLength={60} autoComplete="off" defaultValue={given?.label} />
      </Field>
      {kind === "powerdns" ? (
        <>
          <Field label="Address of its API" error={errors.url} hint="Such as https://dns.example.net:8081.">
            <Input
              name="url"
              mono
              required
              inputMode="url"
              autoComplete="off"
              spellCheck={false}
              defaultValue={given?.url ?? ""}
            />
          </Field>
          <Field
            label="Server id"
            error={errors.serverId}
            hint="localhost, unless the API answers for several servers."
          >
            <Input
              name="serverId"
              mono
              required
              autoComplete="off"
              spellCheck={false}
              defaultValue={given?.serverId ?? "localhost"}
            />
          </Field>
        </>
      ) : (
        <Field
          label="Account id"
          optional
          error={errors.accountId}
          hint="New zones are made in this account. Without one, zones that are there already can be linked."
        >
          <Input name="accountId" mono autoComplete="off" spellCheck={false} defaultValue={given?.accountId ?? ""} />
        </Field>
      )}
    </>
  );
}

function SecretField({ kind, error, again }: { kind: Kept["kind"]; error: string | undefined; again?: boolean }) {
  const hint =
    kind === "cloudflare"
      ? "An API token with the permissions Zone: Read and DNS: Edit for the zones that are meant."
      : "The api-key of its configuration.";
  return (
    <Field
      label={kind === "cloudflare" ? "API token" : "API key"}
      error={error}
      hint={
        again ? "Only if the connection is to lead somewhere else." : `${hint} It is kept encrypted and never shown.`
      }
      optional={again ?? false}
    >
      <Input name="secret" type="password" mono required={!again} autoComplete="off" spellCheck={false} />
    </Field>
  );
}

/** Only after the panel has asked for it. */
function Confirmation({ error }: { error: string | undefined }) {
  if (error === undefined) return null;
  return (
    <Checkbox
      name="confirm"
      label="Save it all the same"
      hint="The zones that cannot be seen stay in the panel, and cannot be changed."
    />
  );
}

const Buttons = ({ pending, children }: { pending: boolean; children: ReactNode }) => (
  <DialogFooter>
    <DialogClose>
      <Button>Cancel</Button>
    </DialogClose>
    <Submit pending={pending}>{children}</Submit>
  </DialogFooter>
);
