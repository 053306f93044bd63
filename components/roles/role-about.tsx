/** A role's name, description, parent, and whether it asks for a second factor. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Foreseen } from "#components/staff/foreseen.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Failure } from "#lib/api/client.ts";
import { RoleChoices } from "./role-choices.tsx";
import type { Role } from "./role-detail.tsx";

export function RoleAbout({ role, may }: { role: Role; may: boolean }) {
  return (
    <Panel title="Details">
      {may ? (
        <Editor role={role} />
      ) : (
        <Facts
          items={[
            { label: "Description", value: role.description || "None" },
            { label: "Inherits from", value: role.ancestors.map(({ name }) => name).join(", ") || "No role" },
            { label: "Second factor", value: role.requiresMfa ? "Everybody with it needs one" : "Not asked for" },
          ]}
        />
      )}
    </Panel>
  );
}

type Named = { id: string; name: string };

const FIELDS = ["name", "description", "parent", "requiresMfa"];

function Editor({ role }: { role: Role }) {
  const router = useRouter();
  const [name, setName] = useState(role.name);
  const [description, setDescription] = useState(role.description);
  const [parent, setParent] = useState<Named | null>(role.parent);
  const [requiresMfa, setRequiresMfa] = useState(role.requiresMfa);
  const [failure, setFailure] = useState<Failure | null>(null);
  const errors = failure?.fields ?? {};
  const placed = Object.keys(errors).some((field) => FIELDS.includes(field));
  const heirs = role.descendants.map(({ id }) => id);
  // The list ends somewhere; the parent that it has, or that was chosen, is always among the choices.
  const parentsOf = (roles: readonly Named[]): readonly Named[] => {
    const found = roles.filter(({ id }) => id !== role.id && !heirs.includes(id));
    const kept = [role.parent, parent]
      .filter((one) => one !== null)
      .filter((one) => !found.some(({ id }) => id === one.id));
    return [...new Map([...kept, ...found].map((one) => [one.id, one])).values()];
  };
  const full = role.builtIn && role.name !== "default";
  const moved =
    name.trim() !== role.name ||
    description.trim() !== role.description ||
    parent?.id !== role.parent?.id ||
    requiresMfa !== role.requiresMfa;

  return (
    <div className="flex flex-col gap-4">
      {failure && !placed && <FailureBanner failure={failure} />}
      <FieldGroup columns={2}>
        <Field label="Name" error={errors.name} hint={role.builtIn ? "Built in: it keeps its name." : undefined}>
          <Input
            value={name}
            readOnly={role.builtIn}
            maxLength={60}
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <RoleChoices of={role.id}>
          {(roles) => (
            <Field
              label="Inherits from"
              error={errors.parent}
              hint={
                full
                  ? "It holds everything, so it inherits from no role."
                  : "This role also grants everything that one grants."
              }
            >
              <Select
                value={parent?.id ?? ""}
                disabled={full}
                placeholder="No role"
                options={parentsOf(roles).map((one) => ({ value: one.id, label: one.name }))}
                onChange={({ target }) => setParent(parentsOf(roles).find(({ id }) => id === target.value) ?? null)}
              />
            </Field>
          )}
        </RoleChoices>
      </FieldGroup>
      <Field label="Description" error={errors.description} optional>
        <Textarea
          value={description}
          maxLength={500}
          rows={2}
          onChange={(event) => setDescription(event.target.value)}
        />
      </Field>
      <Checkbox
        label="Requires a second factor"
        hint={
          errors.requiresMfa ??
          "People with this role, or one that inherits from it, must set up a second factor before they can do anything else."
        }
        aria-invalid={errors.requiresMfa ? true : undefined}
        checked={requiresMfa}
        onChange={() => setRequiresMfa(!requiresMfa)}
      />
      <div>
        <Foreseen
          label="Save"
          button={{ variant: "primary" }}
          disabled={!moved}
          title={`Change the role ${role.name}?`}
          confirm="Change role"
          tone="primary"
          call={(api, dryRun) =>
            api.roles.edit({
              role: role.id,
              ...(name.trim() === role.name ? {} : { name }),
              description,
              ...(parent?.id === role.parent?.id ? {} : { parent: parent?.id ?? null }),
              requiresMfa,
              dryRun,
            })
          }
          onFailure={setFailure}
          onDone={() => {
            toast("The role is changed");
            router.refresh();
          }}
        />
      </div>
    </div>
  );
}
