/** Proves once more who one is, with what the account has. */
"use client";
import type { ReactNode, RefObject } from "react";
import { Button, type ButtonProps } from "#components/ui/button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { KeyRound } from "#components/ui/icons.tsx";
import { Input } from "#components/ui/input.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { useHydrated } from "#components/ui/use-hydrated.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { CodeField } from "./code-field.tsx";
import { confirmWithPasskey } from "./passkey.ts";

export type Factors = Outputs["factors"]["state"];

export interface ConfirmFormProps {
  factors: Factors;
  /** It has to be a second factor: the password alone will not do. */
  second?: boolean;
  size?: ButtonProps["size"];
  /** The password's field, to give it the focus. */
  first?: RefObject<HTMLInputElement | null>;
  onDone: () => void;
  /** Puts the buttons where they belong. */
  footer: (buttons: ReactNode) => ReactNode;
}

export function ConfirmForm({ factors, second = false, size, first, onDone, footer }: ConfirmFormProps) {
  const hydrated = useHydrated();
  const { pending, failure, run } = useAction();
  const typed = factors.totp !== null || (factors.password && !second);

  const byPasskey = async () => {
    const outcome = await run(() => confirmWithPasskey());
    if (outcome?.ok) onDone();
  };

  const passkey = factors.passkeys > 0 && (
    <Button
      size={size}
      variant={typed ? undefined : "primary"}
      pending={pending}
      disabled={!hydrated}
      onClick={byPasskey}
    >
      <KeyRound aria-hidden="true" />
      Use a passkey
    </Button>
  );
  const failed = failure && <FailureBanner failure={failure} />;

  if (!typed)
    return (
      <>
        {failed}
        {footer(passkey)}
      </>
    );
  return (
    <Form
      call={(api, values) => api.factors.confirm({ password: values("password"), code: values("code") })}
      onDone={onDone}
    >
      {({ errors, pending: sending, banner }) => (
        <>
          <FieldGroup>
            {banner ?? failed}
            {factors.password && (
              <Field label="Password" error={errors.password}>
                <Input ref={first} name="password" type="password" required autoComplete="current-password" />
              </Field>
            )}
            {factors.totp && <CodeField error={errors.code} />}
          </FieldGroup>
          {footer(
            <>
              {passkey}
              <Submit size={size} pending={sending}>
                Confirm
              </Submit>
            </>,
          )}
        </>
      )}
    </Form>
  );
}
