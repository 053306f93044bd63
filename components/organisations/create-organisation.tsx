/** Makes an organisation; its handle follows the name until somebody writes their own. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";
import { handleFrom } from "./handle.ts";
import { organisationPath } from "./words.ts";

export function CreateOrganisation() {
  const router = useRouter();
  const [name, setName] = useState("");
  const [written, setWritten] = useState<string | null>(null);
  const handle = written ?? handleFrom(name);

  return (
    <Form
      leaves
      className="max-w-[560px]"
      call={(api) => api.organisations.create({ name, handle })}
      onDone={(organisation) => {
        toast(`${organisation.name} was created`);
        router.push(organisationPath(organisation.handle));
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <Panel
          footer={
            <>
              <LinkButton href="/dashboard/organisations">Cancel</LinkButton>
              <Submit pending={pending}>Create organisation</Submit>
            </>
          }
        >
          <FieldGroup>
            {banner}
            <Field label="Name" error={errors.name}>
              <Input
                name="name"
                required
                autoComplete="organization"
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            </Field>
            <Field
              label="Handle"
              error={errors.handle}
              hint={
                <>
                  Names the organisation in addresses:{" "}
                  <span className="font-mono break-all">{organisationPath(handle || "…")}</span>
                </>
              }
            >
              <Input
                name="handle"
                mono
                required
                autoComplete="off"
                value={handle}
                onChange={(event) => setWritten(event.target.value === "" ? null : event.target.value)}
              />
            </Field>
          </FieldGroup>
        </Panel>
      )}
    </Form>
  );
}
