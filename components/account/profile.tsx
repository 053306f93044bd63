/** One's own name and what else the account is. */
import { Facts, Panel } from "#components/ui/panel.tsx";
import { exactTime } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import { ProfileForm } from "./profile-form.tsx";

export async function Profile() {
  const me = await load((api) => api.users.me({}));
  return (
    <div className="flex max-w-[640px] flex-col gap-5">
      <ProfileForm key={me.name} name={me.name} />
      <Panel title="Account">
        <Facts
          items={[
            { label: "E-mail", value: me.email },
            { label: "Address verified", value: me.emailVerifiedAt === null ? "No" : exactTime(me.emailVerifiedAt) },
            { label: "Account made", value: exactTime(me.createdAt) },
            { label: "Account id", value: <span className="font-mono">{me.id}</span> },
          ]}
        />
      </Panel>
    </div>
  );
}
