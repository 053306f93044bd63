/** Asks for an address, has a link mailed there, and then says that it is on its way, whether or not one is. */
"use client";
import { type ReactNode, useState } from "react";
import type { Api } from "#components/ui/attempt.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Submit } from "#components/ui/submit.tsx";

export interface AskMailProps {
  call: (api: Api, email: string) => Promise<unknown>;
  /** What comes of it, after "Look into your mail". */
  sent: (email: string) => ReactNode;
}

export function AskMail({ call, sent }: AskMailProps) {
  const [asked, setAsked] = useState<string | null>(null);
  if (asked !== null)
    return (
      <Banner tone="ok" title="Look into your mail" live>
        <span className="wrap-anywhere">{sent(asked)}</span>
      </Banner>
    );
  return (
    <Form
      call={async (api, values) => {
        await call(api, values("email"));
        return values("email").trim();
      }}
      onDone={setAsked}
    >
      {({ errors, pending, banner }) => (
        <FieldGroup>
          {banner}
          <Field label="E-mail" error={errors.email}>
            <Input name="email" type="email" autoComplete="username" required className="h-9" />
          </Field>
          <Submit size="lg" pending={pending} className="w-full">
            Send a link
          </Submit>
        </FieldGroup>
      )}
    </Form>
  );
}
