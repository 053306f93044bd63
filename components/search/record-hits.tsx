/** Records that a search found, in rows. */
import { Badge } from "#components/ui/badge.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { plainContent } from "#components/zone/record-content.tsx";
import { zonePath } from "#components/zone/zone-view.ts";
import { type Hit, hitKey, hitPath } from "./hits.ts";

export function RecordHits({ hits }: { hits: readonly Hit[] }) {
  return (
    <Table label="Records" stack>
      <THead>
        <Th>Name</Th>
        <Th>Type</Th>
        <Th>Value</Th>
        <Th>Zone</Th>
      </THead>
      <TBody>
        {hits.map((hit) => (
          <Tr key={hitKey(hit)}>
            <Td>
              <TextLink
                tone="plain"
                href={hitPath(hit)}
                prefetch={false}
                className="font-mono font-medium wrap-anywhere"
                aria-label={`${hit.displayName} ${hit.type}`}
              >
                {hit.displayName}
              </TextLink>
              {`${hit.displayName}.` !== hit.name && (
                <span className="block font-mono text-xs text-faint wrap-anywhere">{hit.name.replace(/\.$/, "")}</span>
              )}
            </Td>
            <Td label="Type">
              <Badge tone="term">{hit.type}</Badge>
            </Td>
            <Td label="Value" mono>
              <ul>
                {hit.records.map(({ id, content, disabled }) => (
                  <li key={id} className="line-clamp-2 wrap-anywhere">
                    {plainContent(hit.type, content)}
                    {disabled && <span className="ms-2 font-sans text-faint">not served</span>}
                  </li>
                ))}
                {hit.others > 0 && <li className="font-sans text-xs text-faint">and {hit.others} more</li>}
              </ul>
            </Td>
            <Td label="Zone">
              <TextLink
                tone="dim"
                href={zonePath(hit.zone.organisation.handle, hit.zone.name.replace(/\.$/, ""))}
                prefetch={false}
              >
                {hit.zone.displayName}
              </TextLink>
              <span className="block text-xs text-faint">{hit.zone.organisation.name}</span>
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}
