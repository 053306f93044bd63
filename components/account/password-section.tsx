/** One's password. */
import { load } from "#lib/api/caller.ts";
import { PasswordForm } from "./password-form.tsx";

export async function PasswordSection() {
  const me = await load((api) => api.users.me({}));
  return <PasswordForm email={me.email} />;
}
