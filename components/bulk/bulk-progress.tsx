/** A bulk change while it is done and afterwards, zone by zone; one click takes all of it back. */
"use client";
import { useEffect, useState } from "react";
import { attempt } from "#components/ui/attempt.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { zonePath } from "#components/zone/zone-view.ts";
import { BULK, type Bulk, changeText, countsText, states } from "./words.ts";

const EVERY_MS = 700;
const isOpen = ({ state }: Bulk): boolean => state === "running" || state === "undoing";

export function BulkProgress({ initial }: { initial: Bulk }) {
  const { bulk, setBulk, lost } = useBulk(initial);
  const [asking, setAsking] = useState(false);
  const { zones, changed, hidden, state } = bulk;

  const undo = async () => setBulk(await attempt((api) => api.dns.bulkUndo({ bulk: bulk.id })));

  return (
    <>
      <PageHeader
        title={changeText(bulk)}
        description={headline(bulk)}
        actions={
          <>
            <LinkButton href={BULK}>Another change</LinkButton>
            {state === "done" && changed > 0 && <Button onClick={() => setAsking(true)}>Undo all of it</Button>}
          </>
        }
      />
      <progress
        aria-label={state === "undoing" ? "Zones undone" : "Zones done"}
        value={bulk.done}
        max={Math.max(bulk.total, 1)}
        className={isOpen(bulk) ? "mb-3 h-1.5 w-full" : "hidden"}
      />
      <p role="status" className="sr-only">
        {headline(bulk)}
      </p>
      {lost && (
        <Banner tone="warn" className="mb-3">
          The panel does not answer. The work goes on, and this page follows as soon as it can.
        </Banner>
      )}
      {hidden > 0 && (
        <Banner className="mb-3">
          {hidden} {hidden === 1 ? "zone is" : "zones are"} not shown: gone, or not yours to see any more.
        </Banner>
      )}
      <Zones zones={zones} />
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Undo this change in ${changed} ${changed === 1 ? "zone" : "zones"}?`}
        confirm="Undo all of it"
        tone="primary"
        onConfirm={undo}
      >
        Every zone goes back to what it was before. What somebody has changed since is left as it is, and said.
      </ConfirmDialog>
    </>
  );
}

function Zones({ zones }: Pick<Bulk, "zones">) {
  const undoes = zones.some(({ undo }) => undo !== null);
  return (
    <Table label="Zones" stack>
      <THead>
        <Th>Zone</Th>
        <Th>Organisation</Th>
        <Th>Result</Th>
        <Th>Records</Th>
        {undoes && <Th>Undone</Th>}
      </THead>
      <TBody>
        {zones.map(({ zone, state, message, records, change, undo }) => (
          <Tr key={zone.id}>
            <Td>
              <TextLink
                tone="plain"
                className="font-mono font-medium"
                prefetch={false}
                href={`${zonePath(zone.organisation.handle, zone.name.replace(/\.$/, ""))}/history`}
              >
                {zone.displayName}
              </TextLink>
            </Td>
            <Td label="Organisation" dim>
              {zone.organisation.name}
            </Td>
            <Td label="Result">
              <Result state={state} message={message} />
            </Td>
            <Td label="Records" dim>
              {change === null ? "—" : countsText(records)}
            </Td>
            {undoes && (
              <Td label="Undone">{undo ? <Result state={undo.state} message={undo.message} /> : <span>—</span>}</Td>
            )}
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

const Result = ({ state, message }: { state: keyof typeof states; message: string }) => (
  <>
    <Badge tone={states[state].tone}>{states[state].name}</Badge>
    {message !== "" && <span className="mt-0.5 block text-xs text-dim">{message}</span>}
  </>
);

/** Asks again while something is under way; what it asks is on rows, so that a reload loses nothing. */
function useBulk(initial: Bulk) {
  const [bulk, setBulk] = useState(initial);
  const [lost, setLost] = useState(false);
  const open = isOpen(bulk);

  useEffect(() => {
    if (!open) return;
    let current = true;
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      try {
        const next = await attempt((api) => api.dns.bulkOne({ bulk: initial.id }));
        if (!current) return;
        setBulk(next);
        setLost(false);
      } catch {
        if (current) setLost(true);
      }
      if (current) timer = setTimeout(ask, EVERY_MS);
    };
    timer = setTimeout(ask, EVERY_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [open, initial.id]);

  return { bulk, setBulk, lost };
}

function headline({ state, done, total, zones, changed }: Bulk): string {
  const of = (count: number) => `${count} ${count === 1 ? "zone" : "zones"}`;
  if (state === "running") return `${done} of ${of(total)} done. You can leave this page; the work goes on.`;
  if (state === "undoing") return `${done} of ${of(total)} undone.`;
  if (state === "undone") {
    const undone = zones.filter(({ undo }) => undo?.state === "undone").length;
    return undone === total ? `Undone in ${of(total)}.` : `Undone in ${undone} of ${of(total)}.`;
  }
  return changed === total ? `Done in ${of(total)}.` : `Done in ${changed} of ${of(total)}; see why below.`;
}
