/** All zones of an organisation as one archive: to take along, and one that is brought. */

import { openOrganisation } from "#components/organisations/access.ts";
import { organisationPath } from "#components/organisations/words.ts";
import { buttonClass } from "#components/ui/button-class.ts";
import { Download } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { load } from "#lib/api/caller.ts";
import { BundlePanel } from "./bundle-panel.tsx";

export async function BundlePage({ handle }: { handle: string }) {
  const organisation = await openOrganisation(handle);
  const [{ items }, choices] = await Promise.all([
    load((api) => api.dns.bundles({ organisation: organisation.id })),
    load((api) => api.dns.connections({ organisation: organisation.id })),
  ]);
  const open = items.find(({ state }) => state !== "done");
  const begun = open ? await load((api) => api.dns.bundle({ organisation: organisation.id, batch: open.batch })) : null;
  const path = `/api/organisations/${organisation.handle}/dns`;
  return (
    <>
      <PageHeader
        title="Import and export zones"
        description={`All zones of ${organisation.name} in one file.`}
        actions={<LinkButton href={`${organisationPath(organisation.handle)}/zones`}>Back to the zones</LinkButton>}
      />
      <div className="grid gap-4">
        <Panel
          title="Export"
          description="A .tar.gz with a zone file for every zone that you can view, and a manifest with notes and templates."
          actions={
            <a href={`${path}/export`} download className={buttonClass({})}>
              <Download aria-hidden="true" className="size-4" />
              Download all zones
            </a>
          }
        />
        <BundlePanel
          organisation={organisation.handle}
          connections={choices.items.filter(({ mayCreate }) => mayCreate).map(({ id, label }) => ({ id, label }))}
          begun={begun}
        />
      </div>
    </>
  );
}
