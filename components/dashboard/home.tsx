/** The first page: what waits for an answer, one's organisations, and one's zones. */
import type { ReactNode } from "react";
import { mayCreateOrganisation } from "#components/organisations/access.ts";
import { NewOrganisationLink } from "#components/organisations/new-organisation-link.tsx";
import { NoOrganisations } from "#components/organisations/no-organisations.tsx";
import { OrganisationTable } from "#components/organisations/organisation-table.tsx";
import { SocOverview } from "#components/soc/overview.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ZoneTable } from "#components/zones/zone-table.tsx";
import { currentActor, load, loadIfOn } from "#lib/api/caller.ts";
import { Invitations } from "./invitations.tsx";

const SHOWN = 10;

export async function Home() {
  const [me, invitations, organisations, zones, mayCreate, tiles] = await Promise.all([
    load((api) => api.users.me({})),
    load((api) => api.invites.waiting({})),
    load((api) => api.organisations.list({ perPage: SHOWN })),
    loadIfOn((api) => api.dns.ownZones({ perPage: SHOWN })),
    mayCreateOrganisation(),
    overview(),
  ]);
  const now = Date.now();
  return (
    <>
      <PageHeader
        title="Overview"
        description={`Signed in as ${me.name}, ${me.email}.`}
        actions={mayCreate && organisations.total > 0 && <NewOrganisationLink />}
      />
      {tiles.length > 0 && <SocOverview tiles={tiles} />}
      {invitations.items.length > 0 && <Invitations items={invitations.items} now={now} />}
      <Section title="Your organisations" more={organisations.total > SHOWN && "/dashboard/organisations"}>
        {organisations.total === 0 ? (
          <NoOrganisations mayCreate={mayCreate} />
        ) : (
          <OrganisationTable organisations={organisations.items} now={now} dns={zones !== null} />
        )}
      </Section>
      {zones && (organisations.total > 0 || zones.total > 0) && (
        <Section title="Your zones" more={zones.total > SHOWN && "/dashboard/zones"}>
          {zones.total === 0 ? (
            <EmptyState title="No zones yet">Open an organisation to add one.</EmptyState>
          ) : (
            <ZoneTable zones={zones.items} organisations />
          )}
        </Section>
      )}
    </>
  );
}

/** For soc:read, which who has no role has. */
async function overview() {
  const { grants } = await currentActor();
  return grants.has("soc:read") ? (await load((api) => api.soc.overview({}))).items : [];
}

/** `more` is where the rest of the list is. */
function Section({ title, more, children }: { title: string; more: string | false; children: ReactNode }) {
  return (
    <section aria-label={title} className="mb-6">
      <div className="mb-2 flex items-baseline justify-between gap-4">
        <h2 className="text-base font-semibold">{title}</h2>
        {more && (
          <TextLink href={more} aria-label={`Show all: ${title.toLowerCase()}`}>
            Show all
          </TextLink>
        )}
      </div>
      {children}
    </section>
  );
}
