/** The connections that an organisation brought, in its settings. */
import { openOrganisation } from "#components/organisations/access.ts";
import { load } from "#lib/api/caller.ts";
import { AddConnection } from "./connection-actions.tsx";
import { ConnectionList } from "./connection-list.tsx";

export async function OwnConnections({ handle }: { handle: string }) {
  const organisation = await openOrganisation(handle);
  const { items } = await load((api) => api.dns.ownConnections({ organisation: organisation.id }));
  return (
    <>
      {items.length > 0 && (
        <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
          <p className="max-w-[72ch] text-dim">
            Name servers and accounts of {organisation.name}. Only its own zones can be kept there.
          </p>
          <AddConnection owner={organisation.handle} />
        </div>
      )}
      <ConnectionList
        owner={organisation.handle}
        items={items}
        empty="Bring your own PowerDNS server or Cloudflare account. Zones at it are yours at once, without asking anybody."
      />
    </>
  );
}
