/** The frame of an organisation's settings: its heading and the tabs. */
import { forbidden } from "next/navigation";
import type { ReactNode } from "react";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { load } from "#lib/api/caller.ts";
import { accessTo, openOrganisation } from "./access.ts";
import { organisationPath } from "./words.ts";

export async function SettingsFrame({ handle, children }: { handle: string; children: ReactNode }) {
  const organisation = await openOrganisation(handle);
  const access = await accessTo(organisation);
  if (!access.admin && !access.canDelete) forbidden();
  const { dns } = await load((api) => api.users.frame({}));
  const path = `${organisationPath(organisation.handle)}/settings`;
  return (
    <>
      <PageHeader title="Settings" description={`Of ${organisation.name}.`} />
      {access.admin && dns && (
        <Tabs
          label="Settings"
          items={[
            { href: path, label: "General" },
            { href: `${path}/connections`, label: "Connections" },
            { href: `${path}/templates`, label: "Zone templates" },
          ]}
          className="mb-5"
        />
      )}
      {children}
    </>
  );
}
