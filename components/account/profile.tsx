/** One's own name and what else the account is. */
import { Facts, Panel } from "#components/ui/panel.tsx";
import { exactTime } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import { EmailForm } from "./email-form.tsx";
import { ProfileForm } from "./profile-form.tsx";

export async function Profile() {
  const [me, { mail }] = await Promise.all([load((api) => api.users.me({})), load((api) => api.setup.status({}))]);
  return (
    <div className="flex max-w-[640px] flex-col gap-5">
      <ProfileForm key={me.name} name={me.name} />
      <EmailForm key={me.email} email={me.email} verified={me.emailVerifiedAt !== null} mail={mail} />
      <Panel title="Account">
        <Facts
          items={[
            { label: "Address verified", value: me.emailVerifiedAt === null ? "No" : exactTime(me.emailVerifiedAt) },
            { label: "Account made", value: exactTime(me.createdAt) },
            { label: "Account id", value: <span className="font-mono">{me.id}</span> },
          ]}
        />
      </Panel>
    </div>
  );
}
