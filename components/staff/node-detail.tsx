/** One node: how it is and was, what it is set to, how its daemon is set up, and the addresses that servers get. */
"use client";
import { useRouter } from "next/navigation";
import { Badge } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { exactTime, Time } from "#components/ui/time.tsx";
import type { Permission } from "#lib/access/permissions.ts";
import type { Act } from "./act-bar.tsx";
import { type Query, tabHref } from "./address.ts";
import { Detail } from "./detail.tsx";
import { NodeAllocations } from "./node-allocations.tsx";
import { NodeBeats } from "./node-beats.tsx";
import { NodeForm } from "./node-form.tsx";
import { NodeMounts } from "./node-mounts.tsx";
import { NodeSetup } from "./node-setup.tsx";
import { classificationWords, HealthBadge, sizeOf } from "./node-words.tsx";
import type { TabRow } from "./tab-props.ts";
import { TheirServers } from "./their-servers.tsx";
import { Trail } from "./trail.tsx";

type Node = TabRow<"nodes">;

export interface NodeDetailProps {
  node: Node;
  may: readonly Permission[];
  query: Query;
  now: number;
}

export default function NodeDetail({ node, may, query, now }: NodeDetailProps) {
  const router = useRouter();
  const writes = may.includes("nodes:write");
  const remove: Act<Node> = {
    label: "Remove",
    tone: "danger",
    says: "The panel forgets the node, its addresses and its history. Its daemon is refused from then on.",
    done: "Removed",
    call: async (api, { id }) => {
      await api.nodes.remove({ node: id });
      router.push(tabHref("nodes"));
    },
  };
  const ask: Act<Node> = {
    label: "Ask now",
    says: "The panel asks the daemon how it is, and has it call back. It asks by itself every half a minute.",
    done: "It was asked",
    call: (api, { id }) => api.nodes.ask({ node: id }),
  };
  return (
    <Detail
      tab="nodes"
      query={query}
      back="All nodes"
      title={node.name}
      badge={<HealthBadge {...node} />}
      meta={[
        <span key="address" className="font-mono">
          {node.fqdn}:{node.port}
        </span>,
        ...(node.location ? [node.location] : []),
        classificationWords[node.classification],
      ]}
      row={node}
      noun={["node", "nodes"]}
      nameOf={({ name }) => name}
      acts={[...(writes ? [ask] : []), ...(may.includes("nodes:delete") ? [remove] : [])]}
    >
      {node.error !== null && (
        <Banner tone="bad" title="The daemon did not answer as it should">
          {node.error}
        </Banner>
      )}
      {node.warnings.map((warning) => (
        <Banner key={warning} tone="warn">
          {warning}
        </Banner>
      ))}
      <Panel title="How it is">
        <Facts items={factsOf(node, may.includes("org:read"), now)} />
      </Panel>
      <NodeBeats key={node.checkedAt} node={node.id} />
      {may.includes("nodes:credentials") && <NodeSetup node={node} />}
      <NodeAllocations node={node} writes={writes} />
      <NodeMounts node={node} writes={writes} seesEggs={may.includes("eggs:read")} />
      {may.includes("servers:read") && <TheirServers of={{ node: node.id }} now={now} />}
      <NodeForm key={node.revision} node={node} writes={writes} moves={writes && may.includes("nodes:credentials")} />
      <Panel title="History" flush>
        <Trail of={node.id} call={(api, part) => api.nodes.history({ node: node.id, ...part })} now={now} />
      </Panel>
    </Detail>
  );
}

function factsOf(node: Node, opensOrganisations: boolean, now: number) {
  const { organisation, system, taken, left } = node;
  const given = (used: number, size: number, over: number, free: number | null) =>
    [
      `${sizeOf(used)} of ${sizeOf(size)} given to servers`,
      ...(free === null ? ["without a limit"] : [free < 0 ? `${sizeOf(-free)} too much` : `${sizeOf(free)} free`]),
      ...(over > 0 ? [`${over} % beyond counted`] : []),
    ].join(", ");
  return [
    { label: "Last answer", value: node.seenAt === null ? "Never" : <Time at={node.seenAt} now={now} /> },
    { label: "Last call", value: node.heardAt === null ? "Never" : <Time at={node.heardAt} now={now} /> },
    { label: "Answered in", value: node.latencyMs === null ? "–" : `${node.latencyMs} ms` },
    { label: "Version", value: node.version ?? "–" },
    ...(system
      ? [
          {
            label: "Machine",
            value: [
              system.os,
              system.architecture,
              system.cpu_threads === undefined ? undefined : `${system.cpu_threads} threads`,
              system.memory_bytes === undefined
                ? undefined
                : `${sizeOf(Math.round(system.memory_bytes / 1_048_576))} of memory`,
            ]
              .filter((part) => part !== undefined)
              .join(", "),
          },
        ]
      : []),
    { label: "Servers", value: taken.servers.toLocaleString("en-GB") },
    { label: "Memory", value: given(taken.memory, node.memory, node.memoryOver, left.memory) },
    { label: "Disk", value: given(taken.disk, node.disk, node.diskOver, left.disk) },
    {
      label: "Addresses",
      value: `${node.allocations.toLocaleString("en-GB")}, ${node.freeAllocations.toLocaleString("en-GB")} of them free`,
    },
    ...(organisation
      ? [
          {
            label: "Organisation",
            value: opensOrganisations ? (
              <TextLink href={tabHref("organisations", {}, { open: organisation.id })}>{organisation.name}</TextLink>
            ) : (
              organisation.name
            ),
          },
        ]
      : []),
    {
      label: "Credentials",
      value: (
        <>
          Made {exactTime(node.rotatedAt)}{" "}
          {node.overlapUntil !== null && <Badge tone="warn">Those before count as well for a moment</Badge>}
        </>
      ),
    },
    { label: "Number", value: String(node.number) },
  ];
}
