/** Sets a new password with the link from a mail. */
"use client";
import { AuthCard } from "#components/frame/auth-card.tsx";
import type { Api } from "#components/ui/attempt.ts";
import { FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { NewPasswordField, OwnerField } from "./account-fields.tsx";
import { OpenedLink } from "./opened-link.tsx";
import { HOME } from "./return-path.ts";
import { signIn } from "./sign-in.ts";
import { useToken } from "./use-token.ts";

const open = (api: Api, token: string) => api.links.openReset({ token });
const again = { href: "/forgot", label: "Ask for another link" };

export function Reset() {
  const token = useToken();
  return (
    <AuthCard
      title="Set a new password"
      description="All your sessions end, and you are signed in here."
      footer={<TextLink href="/login">Back to sign-in</TextLink>}
    >
      <OpenedLink token={token} open={open} again={again}>
        {(link) => <ResetForm {...link} />}
      </OpenedLink>
    </AuthCard>
  );
}

function ResetForm({ token, email }: { token: string; email: string }) {
  return (
    <Form
      leaves
      call={async (api, values) => {
        const password = values("password");
        await api.links.reset({ token, password });
        // The password is set: where signing in takes more than that, its own page asks for it.
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
          <NewPasswordField label="New password" error={errors.password} />
          <Submit size="lg" pending={pending} className="w-full">
            Set password
          </Submit>
        </FieldGroup>
      )}
    </Form>
  );
}
