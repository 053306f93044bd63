/** Zones that wait for proof or for staff, of all organisations. */

import { forbidden } from "next/navigation";
import { organisationPath } from "#components/organisations/words.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Hourglass } from "#components/ui/icons.tsx";
import { listHref, listState, type SearchParams, sortLink } from "#components/ui/list-state.ts";
import { ListView } from "#components/ui/list-view.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import { zonePath } from "#components/zone/zone-view.ts";
import { currentActor, load } from "#lib/api/caller.ts";
import { Decision } from "./decision.tsx";

const PATH = "/dashboard/claims";

export async function Claims({ params }: { params: SearchParams }) {
  const { grants } = await currentActor();
  if (!grants.has("dns:manage")) forbidden();
  const list = listState(PATH, params, ["createdAt", "endsAt", "name"], ["q"]);
  const q = list.filters.q ?? "";
  const page = await load((api) => api.dns.claims({ page: list.page, sort: list.sort, q }));
  const now = Date.now();
  return (
    <>
      <PageHeader
        title="Zone requests"
        description="Zones that wait until it is shown that their domain is the organisation's. Approve those of which you know."
      />
      <ListView
        page={page}
        q={q}
        noun={["request", "requests"]}
        hrefFor={(number) => listHref(list, { page: number })}
        clearHref={PATH}
        empty={
          <EmptyState icon={<Hourglass />} title="No zone requests">
            Requests stand here until control is proved, for seven days at most.
          </EmptyState>
        }
      >
        <Table label="Zone requests" stack>
          <THead>
            <Th sort={sortLink(list, "name")}>Zone</Th>
            <Th>Organisation</Th>
            <Th>Asked for by</Th>
            <Th>Proof</Th>
            <Th sort={sortLink(list, "createdAt")}>Asked</Th>
            <Th sort={sortLink(list, "endsAt")}>Ends</Th>
            <Th hidden>Actions</Th>
          </THead>
          <TBody>
            {page.items.map((claim) => (
              <Tr key={claim.id}>
                <Td>
                  <TextLink
                    tone="plain"
                    href={zonePath(claim.organisation.handle, claim.name.replace(/\.$/, ""))}
                    className="font-mono font-medium"
                  >
                    {claim.displayName}
                  </TextLink>
                  <span className="block text-xs text-faint">{claim.connectionLabel}</span>
                </Td>
                <Td label="Organisation">
                  <TextLink tone="dim" href={organisationPath(claim.organisation.handle)}>
                    {claim.organisation.name}
                  </TextLink>
                </Td>
                <Td label="Asked for by" dim className="wrap-anywhere">
                  {claim.claimedBy ?? "Deleted account"}
                </Td>
                <Td label="Proof" dim>
                  {claim.found || "Not looked for yet"}
                </Td>
                <Td label="Asked" dim>
                  <Time at={claim.createdAt} now={now} />
                </Td>
                <Td label="Ends" dim>
                  <Time at={claim.endsAt} now={now} />
                </Td>
                <Td align="end" className="py-[3px]!">
                  <Decision claim={claim.id} name={claim.displayName} organisation={claim.organisation.name} />
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      </ListView>
    </>
  );
}
