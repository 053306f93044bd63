/** Makes a zone, or takes over one that exists at a connection. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";
import { zonePath } from "#components/zone/zone-view.ts";
import type { AddZoneProps } from "./add-zone.tsx";

export function AddZoneDialog({ organisation, choices, onClose }: AddZoneProps & { onClose: () => void }) {
  const router = useRouter();
  const items = choices.items.filter((item) => item.mayCreate || item.mayLink);
  const [connection, setConnection] = useState(items[0]?.id ?? "");
  const [linking, setLink] = useState(false);
  const standard = choices.templates.find((template) => template.standard);
  const [begins, setBegins] = useState(standard ? `template ${standard.id}` : "nothing");
  const chosen = items.find((item) => item.id === connection);
  const { mayCreate, mayLink } = chosen ?? { mayCreate: false, mayLink: false };
  const link = mayLink && (linking || !mayCreate);
  const local = chosen?.kind === "local";
  const proves = (chosen?.proof ?? false) && !link;
  const act = link ? "Link zone" : "Add zone";

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add a zone"
      description={`It will belong to ${organisation.name}.`}
      size="sm"
    >
      <Form
        leaves
        call={(api, values) =>
          api.dns.create({
            organisation: organisation.handle,
            name: values("name").trim(),
            connection,
            link,
            ...(link ? {} : firstRecords(begins, values("clone").trim())),
          })
        }
        onDone={(zone) => {
          if (zone.firstRecords?.state === "failed") toast(zone.firstRecords.message);
          else if (zone.status === "pending" && !proves)
            toast(`${zone.displayName} takes longer than usual, and is still being ${link ? "linked" : "made"}`);
          else if (zone.status === "pending") toast(`Show that ${zone.displayName} is yours, and it is made`);
          else if (zone.firstRecords?.message) toast(`${zone.displayName} was added. ${zone.firstRecords.message}`);
          else toast(`${zone.displayName} was ${link ? "linked" : "added"}`);
          router.push(zonePath(organisation.handle, zone.name.replace(/\.$/, "")));
          router.refresh();
        }}
      >
        {({ errors, pending, banner }) => (
          <>
            <FieldGroup>
              {banner}
              <Field
                label="Domain name"
                error={errors.name}
                hint={
                  proves
                    ? "Such as example.org. You are then told how to show that it is yours."
                    : "Such as example.org, or a name below one of yours."
                }
              >
                <Input name="name" mono required autoComplete="off" inputMode="url" enterKeyHint="done" />
              </Field>
              <Field
                label="Kept at"
                error={errors.connection}
                hint={local && "Not served: the panel keeps the records, but no name server answers for them."}
              >
                <Select
                  name="connection"
                  value={connection}
                  onChange={(event) => setConnection(event.target.value)}
                  options={items.map(({ id, label, own }) => ({
                    value: id,
                    label: own ? `${label} (your own)` : label,
                  }))}
                />
              </Field>
              {!link && (
                <Field label="Begins with" error={errors.template}>
                  <Select
                    name="template"
                    value={begins}
                    onChange={(event) => setBegins(event.target.value)}
                    options={[
                      { value: "nothing", label: "Name servers alone" },
                      ...choices.templates.map(({ id, name }) => ({
                        value: `template ${id}`,
                        label: `The template ${name}`,
                      })),
                      { value: "copy", label: "A copy of another zone" },
                    ]}
                  />
                </Field>
              )}
              {!link && begins === "copy" && (
                <Field
                  label="Zone to copy"
                  error={errors.clone}
                  hint="One of this organisation's, such as example.net."
                >
                  <Input name="clone" mono required autoComplete="off" spellCheck={false} />
                </Field>
              )}
              {mayLink && (
                <Checkbox
                  name="link"
                  label="Link an existing zone"
                  hint="The zone is at the connection already. Its records are taken over as they are."
                  checked={link}
                  disabled={!mayCreate}
                  onChange={(event) => setLink(event.target.checked)}
                />
              )}
            </FieldGroup>
            <DialogFooter>
              <DialogClose>
                <Button>Cancel</Button>
              </DialogClose>
              <Submit pending={pending}>{act}</Submit>
            </DialogFooter>
          </>
        )}
      </Form>
    </Dialog>
  );
}

/** What was chosen. Where there was no choice, it is as the API has it. */
function firstRecords(chosen: string, clone: string): { template?: string; clone?: string } {
  if (chosen === "copy") return { clone };
  return { template: chosen === "nothing" ? "" : chosen.replace(/^template /, "") };
}
