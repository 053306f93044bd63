/** One's password, or the first one. */
import { load } from "#lib/api/caller.ts";
import { PasswordForm } from "./password-form.tsx";

export async function PasswordSection() {
  const [me, factors] = await Promise.all([load((api) => api.users.me({})), load((api) => api.factors.state({}))]);
  return <PasswordForm email={me.email} first={!factors.password} />;
}
