/** What somebody may do in a server and until when: of a new invitation, or of a sub-user. */
"use client";
import { useState } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { type ServerCapability, singleCapabilities } from "#lib/access/server-capability.ts";
import { capabilityNames } from "../capability-words.ts";
import type { PersonProps } from "./person-actions.tsx";

interface Props extends Omit<PersonProps, "person"> {
  /** Null: somebody is invited. */
  person: PersonProps["person"] | null;
  onDone: (email: string) => void;
  onClose: () => void;
}

const DAY = 86_400_000;
const ENDS = [
  { value: "none", label: "No end" },
  { value: "1", label: "In a day" },
  { value: "7", label: "In a week" },
  { value: "30", label: "In a month" },
  { value: "365", label: "In a year" },
];
const KEPT = { value: "kept", label: "As it is now" };

export function PersonDialog({ server, name, person, onDone, onClose }: Props) {
  const [all, setAll] = useState(person?.capabilities.includes("*") ?? false);
  return (
    <FormDialog
      title={person ? `What ${person.name} may do` : `Invite somebody into ${name}`}
      description={
        person
          ? "What is taken away is gone at once, at the server’s node too."
          : "The person gets a mail with a link, and has 7 days to accept. Without an account they make one with it."
      }
      call={async (api, values) => {
        const capabilities: ServerCapability[] = all
          ? ["*"]
          : singleCapabilities.filter((one) => values(`capability ${one}`) === "on");
        const end = values("expiresAt");
        const expiresAt = end === "none" ? null : Date.now() + Number(end) * DAY;
        if (person === null) {
          const invited = await api.servers.people.invite({
            server,
            email: values("email"),
            capabilities,
            expiresAt,
          });
          return invited.email;
        }
        const until = end === "kept" ? {} : { expiresAt };
        await api.servers.people.edit({ server, user: person.userId, capabilities, ...until });
        return person.email;
      }}
      onDone={onDone}
      submit={person ? "Save" : "Send invitation"}
      onClose={onClose}
    >
      {(errors) => (
        <>
          {person === null && (
            <Field label="E-mail" error={errors.email}>
              <Input name="email" type="email" required autoComplete="off" />
            </Field>
          )}
          <fieldset>
            <legend className="mb-1.5 font-medium">May use</legend>
            <Checkbox
              label="Everything"
              hint="All of the below, and never the sub-users themselves"
              checked={all}
              onChange={(event) => setAll(event.target.checked)}
            />
            <div className="mt-2 grid gap-x-4 gap-y-1.5 sm:grid-cols-2">
              {singleCapabilities.map((one) => (
                <Checkbox
                  key={one}
                  name={`capability ${one}`}
                  defaultChecked={person ? person.capabilities.includes(one) : one === "console"}
                  disabled={all}
                  label={capabilityNames[one].name}
                  hint={capabilityNames[one].gives}
                />
              ))}
            </div>
          </fieldset>
          <Field label="Ends" error={errors.expiresAt}>
            <Select name="expiresAt" options={person ? [KEPT, ...ENDS] : ENDS} />
          </Field>
        </>
      )}
    </FormDialog>
  );
}
