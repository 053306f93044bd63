/** Closing one's own account: what goes with it, and what becomes of the organisations that one owns. */
import { Panel } from "#components/ui/panel.tsx";
import { load } from "#lib/api/caller.ts";
import { DeleteOwnAccount } from "./delete-own-account.tsx";

export async function DeleteSection() {
  const [{ email }, { days, effects }] = await Promise.all([
    load((api) => api.users.me({})),
    load((api) => api.users.leaving({})),
  ]);
  return (
    <Panel
      title="Delete your account"
      description={`You are signed out everywhere at once, and after ${days === 1 ? "a day" : `${days} days`} your account and everything in it is deleted. Sign in before then to keep it.`}
    >
      <DeleteOwnAccount email={email} effects={effects} />
    </Panel>
  );
}
