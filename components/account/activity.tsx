/** What one did in the panel, newest first. */

import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ChevronLeft, ChevronRight, ScrollText } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";

const PLACE = /^(last|(after|before):[\d.]{1,60})$/;

export async function Activity({ at }: { at: string | undefined }) {
  const place = at !== undefined && PLACE.test(at) ? { at } : {};
  const { items, next, previous, total, capped } = await load((api) => api.users.activity(place));
  const now = Date.now();
  if (items.length === 0) return <EmptyState icon={<ScrollText />} title="Nothing yet" />;
  return (
    <>
      <Table label="Activity" stack>
        <THead>
          <Th>What</Th>
          <Th>About</Th>
          <Th>From</Th>
          <Th>When</Th>
        </THead>
        <TBody>
          {items.map((entry) => (
            <Tr key={entry.id}>
              <Td className="font-medium wrap-anywhere">
                {entry.says}
                {entry.outcome === "refused" && (
                  <Badge tone="bad" className="ms-1.5">
                    Refused
                  </Badge>
                )}
                {entry.byToken && <Badge className="ms-1.5">API token</Badge>}
              </Td>
              <Td label="About" className="wrap-anywhere">
                {entry.about}
              </Td>
              <Td label="From" mono dim>
                {entry.address}
              </Td>
              <Td label="When" dim>
                <Time at={entry.at} now={now} />
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
      <nav
        aria-label="Pages"
        className="flex min-h-[30px] items-center justify-between gap-4 pt-2.5 text-dim tabular-nums"
      >
        <p>
          {total.toLocaleString("en-GB")}
          {capped && "+"} {total === 1 ? "entry" : "entries"}
        </p>
        <div className="flex gap-1">
          {previous !== null && (
            <LinkButton href={`?at=${previous}`}>
              <ChevronLeft aria-hidden="true" />
              Newer
            </LinkButton>
          )}
          {next !== null && (
            <LinkButton href={`?at=${next}`}>
              Older
              <ChevronRight aria-hidden="true" />
            </LinkButton>
          )}
        </div>
      </nav>
    </>
  );
}
