/** The sign-in page: passes on who is signed in, and whoever comes before the panel is set up. */
import { redirect } from "next/navigation";
import { AuthCard } from "#components/frame/auth-card.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { currentActor, load } from "#lib/api/caller.ts";
import { pages } from "#lib/panel-here.ts";
import { LoginForm } from "./login-form.tsx";
import { returnPath } from "./return-path.ts";

export async function Login({ callbackUrl }: { callbackUrl: string | string[] | undefined }) {
  const { done, mail, registration } = await load((api) => api.setup.status({}));
  if (!done) redirect("/setup");
  const next = returnPath(callbackUrl);
  if ((await currentActor()).type === "user") redirect(next);
  return (
    <AuthCard title="Sign in" footer={<OtherWays mail={mail} registration={registration} />}>
      <LoginForm next={next} passkeys={pages().facts().passkeys} />
    </AuthCard>
  );
}

function OtherWays({ mail, registration }: { mail: boolean; registration: boolean }) {
  return (
    <>
      <p>
        {mail ? (
          <TextLink href="/forgot">Forgotten your password?</TextLink>
        ) : (
          "Forgotten your password? Ask whoever runs this panel."
        )}
      </p>
      {registration && (
        <p className="mt-1">
          No account yet? <TextLink href="/register">Register</TextLink>
        </p>
      )}
    </>
  );
}
