/** The page of the first start; afterwards it leads to signing in. */
import { redirect } from "next/navigation";
import { AuthCard } from "#components/frame/auth-card.tsx";
import { load } from "#lib/api/caller.ts";
import { SetupForm } from "./setup-form.tsx";

export async function Setup() {
  const { done } = await load((api) => api.setup.status({}));
  if (done) redirect("/login");
  return (
    <AuthCard title="Set up Zonegate" description="Make the first account. It may do everything on this panel.">
      <SetupForm />
    </AuthCard>
  );
}
