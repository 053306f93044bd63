/** Putting the panel into an authenticator app: the QR code, and the first code back. */
"use client";
import type { ReactNode } from "react";
import type { ButtonProps } from "#components/ui/button.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { QrCode } from "#components/ui/qr-code.tsx";
import { Submit } from "#components/ui/submit.tsx";
import type { Outputs } from "#lib/api/outputs.ts";

export interface TotpSetupProps {
  started: Outputs["factors"]["start"];
  onDone: (done: Outputs["factors"]["finish"]) => void;
  size?: ButtonProps["size"];
  /** Puts the button where it belongs. */
  footer: (button: ReactNode) => ReactNode;
}

export function TotpSetup({ started: { secret, uri, enrolment }, size, onDone, footer }: TotpSetupProps) {
  return (
    <Form call={(api, values) => api.factors.finish({ enrolment, code: values("code") })} onDone={onDone}>
      {({ errors, pending, banner }) => (
        <>
          <FieldGroup>
            {banner}
            <div className="flex flex-wrap items-start gap-4">
              <QrCode
                text={uri}
                label="QR code for the authenticator app"
                className="size-40 rounded-md border border-line"
              />
              <div className="min-w-0 flex-1 basis-44">
                <p>Scan this with the app. If it cannot scan, type the key into it:</p>
                <p className="mt-1.5 font-mono break-words select-all">{secret.replace(/.{4}(?=.)/g, "$& ")}</p>
              </div>
            </div>
            <Field label="Code" error={errors.code} hint="The six digits that the app shows now.">
              <Input name="code" mono required inputMode="numeric" autoComplete="one-time-code" maxLength={10} />
            </Field>
          </FieldGroup>
          {footer(
            <Submit size={size} pending={pending}>
              Turn on
            </Submit>,
          )}
        </>
      )}
    </Form>
  );
}
