/** Signing in with e-mail and password, or with a passkey. */
"use client";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { PasskeyButton } from "./passkey-button.tsx";
import { signIn } from "./sign-in.ts";

export function LoginForm({ next, passkeys }: { next: string; passkeys: boolean }) {
  return (
    <Form
      leaves
      call={(_api, values) => signIn(values("email"), values("password"))}
      onDone={() => window.location.assign(next)}
    >
      {({ pending, banner }) => (
        <FieldGroup>
          {banner}
          <Field label="E-mail">
            <Input name="email" type="email" autoComplete="username webauthn" required className="h-9" />
          </Field>
          <Field label="Password">
            <Input name="password" type="password" autoComplete="current-password" required className="h-9" />
          </Field>
          <Submit size="lg" pending={pending} className="w-full">
            Sign in
          </Submit>
          {passkeys && <PasskeyButton next={next} />}
        </FieldGroup>
      )}
    </Form>
  );
}
