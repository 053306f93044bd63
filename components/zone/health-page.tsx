/** Health of a zone: what is wrong with its records, delegation, servers and keys, why it matters and what to do. */

import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { HeartPulse } from "#components/ui/icons.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { HealthRun } from "./health-run.tsx";
import { namesOf, openZone, type ZoneParams } from "./zone-data.ts";

type Result = NonNullable<Outputs["dns"]["health"]["result"]>;

export async function HealthPage({ params }: { params: Promise<ZoneParams> }) {
  const { organisation, zone } = await namesOf(params);
  const open = await openZone(organisation, zone);
  const { running, finishedAt, askedBy, result } = await load((api) => api.dns.health({ organisation, zone }));
  const button = <HealthRun organisation={open.organisation.handle} zone={zone} running={running} />;
  if (result === null)
    return (
      <EmptyState icon={<HeartPulse />} title={running ? "Checking" : "Not checked yet"} action={button}>
        The parent zone, every name server and the records are looked at. It takes some seconds.
      </EmptyState>
    );
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-dim" aria-live="polite">
          {running ? (
            "A check is under way."
          ) : (
            <>
              Checked {finishedAt !== null && <Time at={finishedAt} now={Date.now()} />} for {askedBy}
            </>
          )}
        </p>
        {button}
      </div>
      <Troubles result={result} />
      {result.servers.length > 0 && <Servers servers={result.servers} />}
      {result.compared !== null && <p className="text-dim">{asked(result.compared)}</p>}
      {result.warnings.findings.length > 0 && <Warnings warnings={result.warnings} />}
    </div>
  );
}

function Troubles({ result }: { result: Result }) {
  const { troubles, servers } = result;
  if (troubles.length === 0)
    return (
      <Banner tone="ok">
        {servers.length > 0
          ? "It is delegated as it should be, and all of its servers that were asked answer alike, as far as they were compared."
          : "Nothing is wrong."}
      </Banner>
    );
  return (
    <ul className="flex flex-col gap-2" aria-label="What is wrong">
      {troubles.map(({ code, severity, what, why, todo }) => (
        <li key={`${code} ${what}`}>
          <Banner tone={severity} title={what}>
            {why} {todo}
          </Banner>
        </li>
      ))}
    </ul>
  );
}

function asked({ sets, of }: NonNullable<Result["compared"]>): string {
  const which = sets < of ? ": those at the apex and some from all over the zone, the same at each check." : ".";
  return `${sets} of ${of.toLocaleString("en-GB")} record sets of the usual types were compared${which}`;
}

function Servers({ servers }: Pick<Result, "servers">) {
  return (
    <Table label="Name servers" stack>
      <THead>
        <Th>Name server</Th>
        <Th>Address</Th>
        <Th>State</Th>
        <Th>Serial</Th>
        <Th>Answers</Th>
      </THead>
      <TBody>
        {servers.map(({ name, address, state, says, serial }) => (
          <Tr key={`${name} ${address}`}>
            <Td mono className="wrap-anywhere">
              {name.replace(/\.$/, "")}
            </Td>
            <Td label="Address" mono>
              {address || "none"}
            </Td>
            <Td label="State">
              <Badge tone={states[state][1]}>{states[state][0]}</Badge>
            </Td>
            <Td label="Serial" mono>
              {serial ?? ""}
            </Td>
            <Td label="Answers" dim>
              {says || "As the panel has them"}
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

const states: Record<Result["servers"][number]["state"], [word: string, tone: Tone]> = {
  ok: ["Answers", "ok"],
  lame: ["Not its zone", "bad"],
  silent: ["No answer", "bad"],
  barred: ["Not asked", "neutral"],
  unknown: ["No address", "bad"],
};

function Warnings({ warnings }: Pick<Result, "warnings">) {
  const { findings, more } = warnings;
  return (
    <Panel title="About the records" description="Allowed, but probably not what you want.">
      <ul className="flex flex-col gap-1.5">
        {findings.map(({ code, name, type, message }) => (
          <li key={`${name} ${type} ${code} ${message}`} className="wrap-anywhere">
            <span className="font-mono">
              {name.replace(/\.$/, "")} {type}
            </span>{" "}
            <span className="text-dim">{message}</span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="mt-2 text-dim">And {more.toLocaleString("en-GB")} more.</p>}
    </Panel>
  );
}
