/** What stands in place of an organisation's zones when there are none to see. */

import { bundlePath } from "#components/organisations/words.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Globe } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { AddZone, type AddZoneProps } from "./add-zone.tsx";

export function NoZones(props: AddZoneProps) {
  const { mayCreate, mayLink, reason } = props.choices;
  return (
    <EmptyState
      icon={<Globe />}
      title="No zones yet"
      action={
        <>
          <AddZone {...props} />
          {(mayCreate || mayLink) && (
            <LinkButton href={bundlePath(props.organisation.handle)}>Import a bundle</LinkButton>
          )}
        </>
      }
    >
      {mayCreate || mayLink ? "Add the first: a domain name whose records you want to manage here." : reason}
    </EmptyState>
  );
}
