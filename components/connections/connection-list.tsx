/** Connections in rows: where they lead, what the last test said, and what can be done with them. */

import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Cable } from "#components/ui/icons.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Kept, Owner } from "./acts.ts";
import { AddConnection, ConnectionActions } from "./connection-actions.tsx";
import { kindNames, whereOf } from "./words.ts";

export interface ConnectionListProps {
  owner: Owner;
  items: readonly Kept[];
  /** Shown where there are none. */
  empty: string;
}

export function ConnectionList({ owner, items, empty }: ConnectionListProps) {
  if (items.length === 0)
    return (
      <EmptyState icon={<Cable />} title="No connections yet" action={<AddConnection owner={owner} />}>
        {empty}
      </EmptyState>
    );
  const now = Date.now();
  return (
    <Table label="Connections" stack>
      <THead>
        <Th>Connection</Th>
        <Th>Kind</Th>
        <Th align="end">Zones here</Th>
        <Th>Last test</Th>
        <Th hidden>Actions</Th>
      </THead>
      <TBody>
        {items.map((connection) => {
          const { id, kind, label, fixed, zones, test, load } = connection;
          return (
            <Tr key={id}>
              <Td className="align-top">
                <span className="block font-medium wrap-anywhere">{label}</span>
                <span className="font-mono text-xs wrap-anywhere text-dim">{whereOf(connection)}</span>
              </Td>
              <Td label="Kind" className="align-top">
                {kindNames[kind]}
                {load && <Load load={load} now={now} />}
                {fixed && kind !== "local" && <span className="block text-xs text-faint">From the environment</span>}
              </Td>
              <Td label="Zones here" align="end" mono className="align-top">
                {zones.toLocaleString("en-GB")}
              </Td>
              <Td label="Last test" className="align-top">
                {test ? (
                  <>
                    <Badge tone={test.ok ? "ok" : "bad"}>{test.ok ? "Works" : "Fails"}</Badge>{" "}
                    <span className="text-dim">
                      <Time at={test.at} now={now} />
                    </span>
                    {!test.ok && <span className="block max-w-[48ch] text-xs text-bad">{test.message}</span>}
                  </>
                ) : (
                  <span className="text-faint">{fixed ? "Not kept for these" : "Never"}</span>
                )}
              </Td>
              <Td align="end" className="align-top whitespace-nowrap">
                {!fixed && <ConnectionActions owner={owner} connection={connection} />}
              </Td>
            </Tr>
          );
        })}
      </TBody>
    </Table>
  );
}

/** The provider counts calls, and all zones there share them. */
function Load({ load, now }: { load: NonNullable<Kept["load"]>; now: number }) {
  const { waiting, used, limit, windowMs, pausedUntil } = load;
  return (
    <span className="block text-xs text-dim">
      {used.toLocaleString("en-GB")} of {limit.toLocaleString("en-GB")} calls in {windowMs / 60_000} minutes
      {waiting > 0 && (
        <span className="block text-warn">
          {waiting === 1 ? "1 call waits" : `${waiting.toLocaleString("en-GB")} calls wait`} for a turn
        </span>
      )}
      {pausedUntil !== null && (
        <span className="block text-warn">
          Takes no calls: again <Time at={pausedUntil} now={now} />
        </span>
      )}
    </span>
  );
}
