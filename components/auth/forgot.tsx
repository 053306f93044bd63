/** The page for a forgotten password. */
import { AuthCard } from "#components/frame/auth-card.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { load } from "#lib/api/caller.ts";
import { ForgotForm } from "./forgot-form.tsx";

export async function Forgot() {
  const { mail } = await load((api) => api.setup.status({}));
  const back = <TextLink href="/login">Back to sign-in</TextLink>;
  if (!mail)
    return (
      <AuthCard
        title="Forgotten your password?"
        description="This panel sends no mail. Ask whoever runs it for a link to set a new password."
        footer={back}
      />
    );
  return (
    <AuthCard title="Forgotten your password?" description="We mail you a link to set a new one." footer={back}>
      <ForgotForm />
    </AuthCard>
  );
}
