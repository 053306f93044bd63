/** Makes an account for the invited address, and accepts with it. The link has proved the address. */
"use client";
import type { ReactNode } from "react";
import { NameField, NewPasswordField, OwnerField } from "#components/auth/account-fields.tsx";
import { signIn } from "#components/auth/sign-in.ts";
import { FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { forgetToken } from "./token.ts";
import { pathOfAnswer } from "./words.ts";

export function NewAccount({ token, email, decline }: { token: string; email: string; decline: ReactNode }) {
  return (
    <Form
      leaves
      call={async (api, values) => {
        const account = { name: values("name"), password: values("password") };
        const answered = await api.invites.register({ token, ...account });
        forgetToken();
        const next = pathOfAnswer(answered);
        // The account is there: if signing in fails, its own page is the place to try again.
        return signIn(email, account.password).then(
          () => next,
          () => `/login?callbackUrl=${encodeURIComponent(next)}`,
        );
      }}
      onDone={(next) => window.location.assign(next)}
    >
      {({ errors, pending, banner }) => (
        <FieldGroup>
          {banner}
          <p className="text-dim">There is no account with this address yet. Make one to accept.</p>
          <OwnerField email={email} />
          <NameField error={errors.name} />
          <NewPasswordField error={errors.password} />
          <div className="flex flex-wrap justify-end gap-2">
            {decline}
            <Submit pending={pending}>Create account and accept</Submit>
          </div>
        </FieldGroup>
      )}
    </Form>
  );
}
