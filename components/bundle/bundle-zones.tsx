/** The zones of a bundle, each with its plan, what stands in its way, or what became of it. */

import { counted } from "#components/organisations/words.ts";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { zonePath } from "#components/zone/zone-view.ts";
import type { Bundle, BundleItem } from "./use-bundle.ts";

export function BundleZones({ organisation, bundle }: { organisation: string; bundle: Bundle }) {
  return (
    <Table label="Zones of the bundle" stack>
      <THead>
        <Th>Zone</Th>
        <Th>State</Th>
        <Th>Records</Th>
      </THead>
      <TBody>
        {bundle.items.map((item) => (
          <Tr key={item.id}>
            <Td>
              {item.zone ? (
                <TextLink
                  tone="plain"
                  className="font-mono font-medium"
                  prefetch={false}
                  href={zonePath(organisation, item.name.replace(/\.$/, ""))}
                >
                  {item.displayName}
                </TextLink>
              ) : (
                <span className="font-mono font-medium wrap-anywhere">{item.displayName}</span>
              )}
            </Td>
            <Td label="State">
              <State item={item} />
            </Td>
            <Td label="Records" dim>
              {recordsOf(item)}
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

function State({ item }: { item: BundleItem }) {
  const { name, tone } = stateOf(item);
  const said = [
    item.message,
    ...item.obstacles,
    ...item.lines.map(({ line, column, reason }) => `Line ${line}, column ${column}: ${reason}`),
    item.state === "planned" && item.creates ? `Kept at: ${item.creates.connectionLabel}.` : "",
    item.state === "planned" && item.creates?.waits ? "It will wait until control of the domain is proved." : "",
    item.state === "planned" && item.braked ? "A large part of this zone would change." : "",
    item.state === "planned" && item.warnings > 0 ? `${counted(item.warnings, "warning")} about this plan.` : "",
  ].filter((sentence, index, all) => sentence !== "" && all.indexOf(sentence) === index);
  return (
    <>
      <Badge tone={tone}>{name}</Badge>
      {said.map((sentence) => (
        <span key={sentence} className="mt-0.5 block text-xs wrap-anywhere text-dim">
          {sentence}
        </span>
      ))}
    </>
  );
}

/** Whether its plan can be carried out. */
export const isReady = ({ state, obstacles }: BundleItem): boolean => state === "planned" && obstacles.length === 0;

/** Whether nothing would change. */
export const isSame = ({ creates, records }: BundleItem): boolean =>
  creates === null && records !== null && records.created + records.updated + records.deleted === 0;

function stateOf(item: BundleItem): { name: string; tone: Tone } {
  switch (item.state) {
    case "planning":
      return { name: "Being planned", tone: "accent" };
    case "applying":
      return { name: "Under way", tone: "accent" };
    case "waiting":
      return { name: "Waits for proof", tone: "warn" };
    case "done":
      return { name: "Done", tone: "ok" };
    case "cancelled":
      return { name: "Cancelled", tone: "neutral" };
    case "failed":
      return { name: "Not imported", tone: "bad" };
  }
  if (item.obstacles.length > 0) return { name: "Refused", tone: "bad" };
  if (item.creates) return { name: "Would be made", tone: "accent" };
  return isSame(item) ? { name: "The same already", tone: "neutral" } : { name: "Would change", tone: "warn" };
}

function recordsOf({ creates, records }: BundleItem): string {
  if (records) return `${records.created} added, ${records.updated} changed, ${records.deleted} removed`;
  return creates ? counted(creates.records, "record") : "—";
}
