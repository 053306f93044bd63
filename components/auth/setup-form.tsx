/** The first account. The token is in the address's fragment, which never leaves the browser by itself. */
"use client";
import { Banner } from "#components/ui/banner.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { NameField, NewPasswordField } from "./account-fields.tsx";
import { HOME } from "./return-path.ts";
import { signIn } from "./sign-in.ts";
import { useToken } from "./use-token.ts";

export function SetupForm() {
  const token = useToken();
  if (token === "")
    return (
      <Banner tone="warn" title="This address has no set-up token" live>
        Open the link that the panel printed when it started.
      </Banner>
    );
  return (
    <Form
      leaves
      call={async (api, values) => {
        const account = { name: values("name"), email: values("email"), password: values("password") };
        await api.setup.create({ token: token ?? "", ...account });
        // The account is there: if signing in fails, its own page is the place to try again.
        return signIn(account.email, account.password).then(
          () => HOME,
          () => "/login",
        );
      }}
      onDone={(next) => window.location.assign(next)}
    >
      {({ errors, pending, banner }) => (
        <FieldGroup>
          {banner}
          <NameField error={errors.name} />
          <Field label="E-mail" error={errors.email}>
            <Input name="email" type="email" autoComplete="username" required className="h-9" />
          </Field>
          <NewPasswordField error={errors.password} />
          <Submit size="lg" pending={pending} disabled={token === null} className="w-full">
            Create account
          </Submit>
        </FieldGroup>
      )}
    </Form>
  );
}
