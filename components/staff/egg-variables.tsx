/** The variables of an egg: a row each, a form to make or change one, and values to try on their rules. */
"use client";
import { useRouter } from "next/navigation";
import { Badge } from "#components/ui/badge.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Code } from "#components/ui/code.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import type { Values } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { OneEgg } from "./egg-detail.tsx";
import { FormButton } from "./form-button.tsx";

type Variable = OneEgg["variables"][number];
type Given = Omit<Variable, "id">;

export function EggVariables({ egg, writes }: { egg: OneEgg; writes: boolean }) {
  const given = egg.variables.map(({ id: _, ...variable }): Given => variable);
  const saved = (variables: Given[]) => ({ egg: egg.id, revision: egg.revision, variables });
  return (
    <Panel
      title="Variables"
      description="What servers are told through their environment, and what of it people may see and set."
      flush={egg.variables.length > 0}
      actions={
        writes && (
          <FormButton
            label="Add a variable"
            variant="default"
            size="md"
            title="Add a variable"
            submit="Add it"
            done="The variable is added"
            call={(api, values) => api.eggs.edit(saved([...given, variableOf(values, given.length)]))}
          >
            {(errors) => <VariableFields errors={errors} at={given.length} />}
          </FormButton>
        )
      }
    >
      {egg.variables.length === 0 ? (
        <p className="text-dim">It has none.</p>
      ) : (
        <Table label="Variables" stack className="rounded-none border-0">
          <THead>
            <Th>Variable</Th>
            <Th>Default</Th>
            <Th>Rules</Th>
            <Th>People</Th>
            {writes && <Th hidden>Change</Th>}
          </THead>
          <TBody>
            {egg.variables.map((variable, at) => (
              <Tr key={variable.id}>
                <Td className="wrap-anywhere">
                  <span className="font-medium">{variable.name}</span>
                  <br />
                  <Code>{variable.env}</Code>
                </Td>
                <Td label="Default" mono className="wrap-anywhere">
                  {variable.defaultValue || <span className="text-faint">empty</span>}
                </Td>
                <Td label="Rules" mono className="wrap-anywhere">
                  {variable.rules.join(" | ") || <span className="text-faint">none</span>}
                </Td>
                <Td label="People">
                  <PeopleMay {...variable} />
                </Td>
                {writes && (
                  <Td>
                    <span className="flex justify-end gap-2">
                      <FormButton
                        label={
                          <>
                            Edit<span className="sr-only"> {variable.env}</span>
                          </>
                        }
                        variant="default"
                        size="md"
                        title={`Edit ${variable.env}`}
                        submit="Save"
                        done="The variable is saved"
                        call={(api, values) => {
                          const next = { ...variableOf(values, at), fieldType: variable.fieldType };
                          return api.eggs.edit(saved(given.with(at, next)));
                        }}
                      >
                        {(errors) => <VariableFields errors={errors} at={at} variable={variable} />}
                      </FormButton>
                      <Remove env={variable.env} call={(api) => api.eggs.edit(saved(given.toSpliced(at, 1)))} />
                    </span>
                  </Td>
                )}
              </Tr>
            ))}
          </TBody>
        </Table>
      )}
    </Panel>
  );
}

function PeopleMay({ userViewable, userEditable }: Pick<Variable, "userViewable" | "userEditable">) {
  if (userEditable) return <Badge tone="ok">{userViewable ? "See and set" : "Set"}</Badge>;
  return <Badge>{userViewable ? "See" : "Neither"}</Badge>;
}

function Remove({ env, call }: { env: string; call: Parameters<typeof ConfirmButton>[0]["call"] }) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Remove"
      accessibleLabel={`Remove ${env}`}
      title={`Remove ${env}?`}
      confirm="Remove it"
      call={call}
      onDone={() => router.refresh()}
    >
      Servers of this egg lose their value for it.
    </ConfirmButton>
  );
}

function VariableFields(props: { errors: Readonly<Record<string, string>>; at: number; variable?: Variable }) {
  const { errors, at, variable } = props;
  const named = (field: string) => `variables.${at}.${field}`;
  return (
    <FieldGroup>
      <Field label="Name" error={errors[named("name")]}>
        <Input name={named("name")} required autoComplete="off" defaultValue={variable?.name} />
      </Field>
      <Field label="Variable" hint="Letters, digits and underscores." error={errors[named("env")]}>
        <Input
          name={named("env")}
          mono
          required
          autoComplete="off"
          defaultValue={variable?.env}
          placeholder="SERVER_JARFILE"
        />
      </Field>
      <Field label="Description" optional error={errors[named("description")]}>
        <Textarea name={named("description")} rows={2} defaultValue={variable?.description} />
      </Field>
      <Field label="Default" optional error={errors[named("defaultValue")]}>
        <Input name={named("defaultValue")} mono autoComplete="off" defaultValue={variable?.defaultValue} />
      </Field>
      <Field
        label="Rules"
        optional
        hint="One a line: required, string, integer, boolean, max:20, between:1,64, in:easy,hard, regex:/^[a-z]+$/ …"
        error={errors[named("rules")]}
      >
        <Textarea name={named("rules")} mono rows={3} defaultValue={variable?.rules.join("\n")} />
      </Field>
      <Checkbox name={named("userViewable")} label="People see it" defaultChecked={variable?.userViewable} />
      <Checkbox name={named("userEditable")} label="People set it" defaultChecked={variable?.userEditable} />
    </FieldGroup>
  );
}

function variableOf(values: Values, at: number): Given {
  const value = (field: string) => values(`variables.${at}.${field}`);
  return {
    name: value("name"),
    env: value("env"),
    description: value("description").replaceAll("\r\n", "\n"),
    defaultValue: value("defaultValue"),
    rules: value("rules")
      .split("\n")
      .map((rule) => rule.trim())
      .filter((rule) => rule !== ""),
    userViewable: value("userViewable") === "on",
    userEditable: value("userEditable") === "on",
    fieldType: "text",
  };
}
