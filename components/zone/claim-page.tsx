/** A zone that is only asked for: what to publish, what was found of it, and when it ends. */
import { Banner } from "#components/ui/banner.tsx";
import { CopyValue } from "#components/ui/copy-value.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { Time } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import { ClaimActions, ClaimEnded } from "./claim-actions.tsx";
import type { OpenZone } from "./zone-data.ts";

export async function ClaimPage({ zone }: { zone: OpenZone }) {
  const { organisation, displayName, manage } = zone;
  const name = zone.name.replace(/\.$/, "");
  if (!manage)
    return <Banner>An owner or admin of {organisation.name} has yet to show that this domain is theirs.</Banner>;
  const claim = await load((api) => api.dns.claim({ organisation: organisation.id, zone: name }));
  const place = { organisation: organisation.handle, zone: name };
  const now = Date.now();
  if (claim.state !== "pending" && claim.state !== "granted") return <ClaimEnded {...place} />;
  return (
    <div className="flex max-w-[860px] flex-col gap-4">
      <Panel
        title="Show that this domain is yours"
        description={`Publish this record where ${displayName} is hosted now, or above it. It has to stand there only until it is found.`}
        footer={<ClaimActions {...place} id={zone.id} mayApprove={claim.mayApprove} />}
      >
        <div className="flex flex-col gap-4">
          <Facts
            items={[
              { label: "Type", value: <CopyValue label="The type" value="TXT" /> },
              { label: "Name", value: <CopyValue label="The name" value={claim.txt.name.replace(/\.$/, "")} /> },
              { label: "Value", value: <CopyValue label="The value" value={claim.txt.value} /> },
              { label: "Found", value: claim.txt.found || "The panel has not looked yet." },
            ]}
          />
          {claim.delegation && (
            <>
              <h3 className="border-line2 border-t pt-4 font-semibold">Or delegate it to these name servers</h3>
              <p className="-mt-3 max-w-[72ch] text-dim">
                At the registrar, or in the zone above. They answer for the domain as soon as the zone is made, which is
                empty at first; publish the record instead where the domain is in use.
              </p>
              <Facts
                items={[
                  ...claim.delegation.nameservers.map((host, index) => ({
                    label: `Name server ${index + 1}`,
                    value: <CopyValue label={`Name server ${index + 1}`} value={host.replace(/\.$/, "")} />,
                  })),
                  { label: "Found", value: claim.delegation.found || "The panel has not looked yet." },
                ]}
              />
            </>
          )}
          <div className="border-line2 border-t pt-4">
            <Facts
              items={[
                {
                  label: "Last look",
                  value: claim.checkedAt === null ? "None yet" : <Time at={claim.checkedAt} now={now} />,
                },
                { label: "Next look", value: <Time at={Math.max(claim.dueAt, now)} now={now} /> },
                { label: "Ends", value: <Time at={claim.endsAt} now={now} /> },
              ]}
            />
          </div>
        </div>
      </Panel>
      <p className="max-w-[72ch] text-dim">
        Nothing is made at {zone.connectionLabel} before that, and nobody is kept from asking for the same domain:
        whoever shows first that it is theirs has it. Staff can also approve it without proof.
      </p>
    </div>
  );
}
