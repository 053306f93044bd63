/** The tab of zone files: the zone as one to take along, and one that is brought. */

import { ApplyTemplate } from "#components/templates/apply-template.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { Download } from "#components/ui/icons.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { load } from "#lib/api/caller.ts";
import { namesOf, openZone, viewOf, type ZoneParams } from "../zone-data.ts";
import { ImportPanel } from "./import-panel.tsx";

export async function FilesPage({ params }: { params: Promise<ZoneParams> }) {
  const { organisation, zone } = await namesOf(params);
  const open = await openZone(organisation, zone);
  const [{ items }, templates] = await Promise.all([
    load((api) => api.dns.imports({ organisation, zone })),
    // A guest of one zone is shown none.
    open.organisation.open ? load((api) => api.dns.templates({ organisation })) : { items: [] },
  ]);
  const view = viewOf(open);
  const path = `/api/organisations/${view.organisation}/dns/zones/${encodeURIComponent(view.zone)}`;
  return (
    <div className="grid gap-4">
      <Panel
        title="Export"
        description="A zone file in BIND's format with every record that you can see, always in the same order."
        actions={
          <a href={`${path}/export`} download className={buttonClass({})}>
            <Download aria-hidden="true" className="size-4" />
            Download zone file
          </a>
        }
      />
      <ImportPanel
        zone={view}
        path={path}
        begun={items.find(({ state }) => state === "planning" || state === "planned" || state === "applying") ?? null}
      />
      {templates.items.length > 0 && view.level !== "view" && (
        <ApplyTemplate
          organisation={view.organisation}
          zone={view.zone}
          apex={view.apex}
          templates={templates.items.map(({ id, name }) => ({ id, name }))}
        />
      )}
    </div>
  );
}
