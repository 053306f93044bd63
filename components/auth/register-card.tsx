/** Registration in two steps: an address, and, with the link that was mailed there, the account. */
"use client";
import { AuthCard } from "#components/frame/auth-card.tsx";
import type { Api } from "#components/ui/attempt.ts";
import { FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { NameField, NewPasswordField, OwnerField } from "./account-fields.tsx";
import { AskMail } from "./ask-mail.tsx";
import { OpenedLink } from "./opened-link.tsx";
import { HOME } from "./return-path.ts";
import { signIn } from "./sign-in.ts";
import { useToken } from "./use-token.ts";

const open = (api: Api, token: string) => api.registration.open({ token });
const again = { href: "/register", label: "Ask for another link" };

export function RegisterCard() {
  const token = useToken();
  const footer = (
    <>
      You have an account? <TextLink href="/login">Sign in</TextLink>
    </>
  );
  if (!token)
    return (
      <AuthCard title="Register" description="We mail you a link. Your account is made with it." footer={footer}>
        <AskMail
          call={(api, email) => api.registration.ask({ email })}
          sent={(email) => `A mail to ${email} says how it goes on. Its link works once, for an hour.`}
        />
      </AuthCard>
    );
  return (
    <AuthCard title="Make your account" footer={footer}>
      <OpenedLink token={token} open={open} again={again}>
        {(link) => <AccountForm {...link} />}
      </OpenedLink>
    </AuthCard>
  );
}

function AccountForm({ token, email }: { token: string; email: string }) {
  return (
    <Form
      leaves
      call={async (api, values) => {
        const password = values("password");
        await api.registration.complete({ token, name: values("name"), password });
        // The account is there: if signing in fails, its own page is the place to try again.
        return signIn(email, password).then(
          () => HOME,
          () => "/login",
        );
      }}
      onDone={(next) => window.location.assign(next)}
    >
      {({ errors, pending, banner }) => (
        <FieldGroup>
          {banner}
          <OwnerField email={email} />
          <NameField error={errors.name} />
          <NewPasswordField error={errors.password} />
          <Submit size="lg" pending={pending} className="w-full">
            Create account
          </Submit>
        </FieldGroup>
      )}
    </Form>
  );
}
