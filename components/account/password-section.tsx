/** One's password, if the account has one. */
import { Panel } from "#components/ui/panel.tsx";
import { load } from "#lib/api/caller.ts";
import { PasswordForm } from "./password-form.tsx";

export async function PasswordSection() {
  const [me, factors] = await Promise.all([load((api) => api.users.me({})), load((api) => api.factors.state({}))]);
  if (factors.password) return <PasswordForm email={me.email} />;
  return (
    <Panel title="Password">
      <p className="text-dim">Your account has none: you sign in with a passkey.</p>
    </Panel>
  );
}
