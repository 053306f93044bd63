/** An organisation's templates, in its settings. */

import { forbidden } from "next/navigation";
import { accessTo, openOrganisation } from "#components/organisations/access.ts";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LayoutTemplate } from "#components/ui/icons.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import { MakeTemplate, TemplateActions } from "./template-actions.tsx";

export async function Templates({ handle }: { handle: string }) {
  const organisation = await openOrganisation(handle);
  if (!(await accessTo(organisation)).admin) forbidden();
  const { items } = await load((api) => api.dns.templates({ organisation: organisation.id }));
  if (items.length === 0)
    return (
      <EmptyState
        icon={<LayoutTemplate />}
        title="No templates yet"
        action={<MakeTemplate organisation={organisation.handle} />}
      >
        Records, name servers and timers that new zones begin with: those of your mail host, say.
      </EmptyState>
    );
  const now = Date.now();
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-[72ch] text-dim">What new zones of {organisation.name} can begin with.</p>
        <MakeTemplate organisation={organisation.handle} />
      </div>
      <Table label="Zone templates" stack>
        <THead>
          <Th>Template</Th>
          <Th align="end">Records</Th>
          <Th>Name servers</Th>
          <Th>Changed</Th>
          <Th hidden>Actions</Th>
        </THead>
        <TBody>
          {items.map((template) => (
            <Tr key={template.id}>
              <Td>
                <span className="font-medium wrap-anywhere">{template.name}</span>{" "}
                {template.standard && <Badge tone="accent">For new zones</Badge>}
              </Td>
              <Td label="Records" align="end" mono>
                {template.count.toLocaleString("en-GB")}
              </Td>
              <Td label="Name servers" dim>
                {template.nameservers.length === 0 ? (
                  "The panel's"
                ) : (
                  <span className="font-mono">
                    {template.nameservers.map((name) => name.replace(/\.$/, "")).join(", ")}
                  </span>
                )}
              </Td>
              <Td label="Changed" dim>
                <Time at={template.updatedAt} now={now} />
              </Td>
              <Td align="end" className="whitespace-nowrap">
                <TemplateActions organisation={organisation.handle} template={template} />
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
    </>
  );
}
