/** Values for the variables of an egg, put to their rules without keeping them. */
"use client";
import { useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Submit } from "#components/ui/submit.tsx";
import type { OneEgg } from "./egg-detail.tsx";

export function EggTry({ egg }: { egg: OneEgg }) {
  const [wrong, setWrong] = useState<Readonly<Record<string, string>> | null>(null);
  return (
    <Form
      call={(api, values) =>
        api.eggs.check({
          egg: egg.id,
          values: Object.fromEntries(egg.variables.map(({ env }) => [env, values(`try.${env}`)])),
        })
      }
      onDone={(answer) => setWrong(answer.wrong)}
    >
      {({ pending, banner }) => (
        <Panel
          title="Try values"
          description="Whether the rules let them through. Nothing is kept."
          footer={
            <Submit variant="default" pending={pending}>
              Try them
            </Submit>
          }
        >
          <FieldGroup>
            {banner}
            {wrong !== null && Object.keys(wrong).length === 0 && (
              <Banner tone="ok" live>
                All of them fit.
              </Banner>
            )}
            <FieldGroup columns={2}>
              {egg.variables.map(({ id, env, defaultValue }) => (
                <Field key={id} label={<span className="font-mono">{env}</span>} error={wrong?.[env]}>
                  <Input name={`try.${env}`} mono autoComplete="off" defaultValue={defaultValue} />
                </Field>
              ))}
            </FieldGroup>
          </FieldGroup>
        </Panel>
      )}
    </Form>
  );
}
