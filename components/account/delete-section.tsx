/** Closing one's own account. */
import { Panel } from "#components/ui/panel.tsx";
import { load } from "#lib/api/caller.ts";
import { DeleteOwnAccount } from "./delete-own-account.tsx";

export async function DeleteSection() {
  const { email } = await load((api) => api.users.me({}));
  return (
    <Panel
      title="Delete your account"
      description="You are signed out everywhere at once. After some days everything that belongs to the account is gone; until then an administrator can keep it. Organisations that you own have to be handed over or deleted first."
    >
      <DeleteOwnAccount email={email} />
    </Panel>
  );
}
