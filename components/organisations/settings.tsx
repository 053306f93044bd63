/** What an organisation is called, what its members can do at first, and deleting it. */
import { forbidden } from "next/navigation";
import { Panel } from "#components/ui/panel.tsx";
import { accessTo, openOrganisation } from "./access.ts";
import { DeleteOrganisation } from "./delete-organisation.tsx";
import { GuestSetting } from "./guest-setting.tsx";
import { MemberDefault } from "./member-default.tsx";
import { NameForm } from "./name-form.tsx";
import { counted } from "./words.ts";

export async function OrganisationSettings({ handle }: { handle: string }) {
  const organisation = await openOrganisation(handle);
  const access = await accessTo(organisation);
  if (!access.admin && !access.canDelete) forbidden();
  const { id, name, memberDefault, guests, zones } = organisation;
  return (
    <div className="flex max-w-[640px] flex-col gap-5">
      {access.admin && <NameForm key={`${name}/${organisation.handle}`} name={name} handle={organisation.handle} />}
      {access.admin && <MemberDefault key={memberDefault} organisation={organisation.handle} level={memberDefault} />}
      {access.admin && <GuestSetting key={guests} organisation={organisation.handle} guests={guests} />}
      {access.canDelete && (
        <Panel
          title="Delete this organisation"
          description={
            zones > 0
              ? `It still owns ${counted(zones, "zone")}. Delete or move them first.`
              : "Its members, invitations and settings go with it. This cannot be undone."
          }
        >
          <DeleteOrganisation organisation={id} name={name} disabled={zones > 0} />
        </Panel>
      )}
    </div>
  );
}
