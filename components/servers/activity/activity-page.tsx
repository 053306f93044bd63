/** What was done on a server: what the panel knows of itself, and what the node says, each marked. */

import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { History } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import { serverPath } from "../capability-words.ts";
import { detailWords, whatWords } from "./words.ts";

export async function ActivityPage({ server, before }: { server: string; before: string | undefined }) {
  const { items, next } = await load((api) =>
    api.servers.activity.list(before === undefined ? { server } : { server, before }),
  );
  const now = Date.now();
  const path = `${serverPath(server)}/activity`;
  return (
    <>
      <p className="mb-2.5 text-dim">
        What people did here and in the console, latest first. What the node reports only the node knows.
      </p>
      {items.length === 0 ? (
        <EmptyState icon={<History />} title="Nothing was done here yet" />
      ) : (
        <Table label="Activity" stack>
          <THead>
            <Th>When</Th>
            <Th>Who</Th>
            <Th>What</Th>
            <Th>Known by</Th>
          </THead>
          <TBody>
            {items.map(({ id, at, by, what, to, details, source, outcome }) => (
              <Tr key={id}>
                <Td dim className="whitespace-nowrap">
                  <Time at={at} now={now} />
                </Td>
                <Td label="Who" className="wrap-anywhere">
                  {by ?? "Nobody"}
                </Td>
                <Td label="What" className="wrap-anywhere">
                  {whatWords(what)}
                  {to !== null && `: ${to}`}
                  {outcome === "refused" && " (refused)"}
                  {detailWords(details) && (
                    <span className="block font-mono text-xs text-dim">{detailWords(details)}</span>
                  )}
                </Td>
                <Td label="Known by">
                  <Badge tone={source === "panel" ? "neutral" : "accent"}>
                    {source === "panel" ? "Panel" : "Node"}
                  </Badge>
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      )}
      <div className="mt-3 flex gap-2">
        {before !== undefined && <LinkButton href={path}>Latest</LinkButton>}
        {next !== null && <LinkButton href={`${path}?before=${encodeURIComponent(next)}`}>Earlier</LinkButton>}
      </div>
    </>
  );
}
