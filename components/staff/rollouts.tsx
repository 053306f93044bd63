/** What only a part of the accounts gets, and who they are. */
"use client";
import { FlaskConical } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { counted } from "#components/organisations/words.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { tabHref } from "./address.ts";
import { CsvLink } from "./csv-link.tsx";
import { StateBadge } from "./rollout-words.tsx";
import type { TabData, TabProps } from "./tab-props.ts";

const RolloutDetail = dynamic(() => import("./rollout-detail.tsx"), { loading: () => null });

type Data = TabData<"rollouts">;

export default function Rollouts({ tab, data, one, may, query, now }: TabProps<"rollouts">) {
  if (one) return <RolloutDetail key={one.id} rollout={one} may={may} query={query} />;
  return (
    <>
      <PageHeader
        title="Rollouts"
        description="Try a feature with some of the accounts before everybody gets it."
        actions={data.items.length > 0 && <CsvLink tab={tab} query={query} />}
      />
      {data.items.length > 0 && (
        <Table label="Rollouts" stack>
          <THead>
            <Th>Feature</Th>
            <Th>State</Th>
            <Th align="end">Share</Th>
            <Th>Audience</Th>
            <Th>Added by hand</Th>
            <Th>Changed</Th>
          </THead>
          <TBody>
            {data.items.map((row) => (
              <Tr key={row.id}>
                <Td className="font-medium">
                  <TextLink tone="plain" prefetch={false} href={tabHref(tab, query, { open: row.id })}>
                    {row.title}
                  </TextLink>
                </Td>
                <Td label="State">
                  <StateBadge {...row} />
                </Td>
                <Td label="Share" align="end">
                  {row.share / 100} %
                </Td>
                <Td label="Audience">{audienceInWords(row.audience)}</Td>
                <Td label="Added by hand">
                  {row.forcedIn} in, {row.forcedOut} out
                </Td>
                <Td label="Changed" dim>
                  <Time at={row.updatedAt} now={now} />
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      )}
      {data.items.length === 0 && (
        <EmptyState icon={<FlaskConical />} title="No rollouts yet">
          Start one for a feature below.
        </EmptyState>
      )}
      {data.left.map((feature) => (
        <Begin key={feature.key} feature={feature} />
      ))}
    </>
  );
}

function audienceInWords(audience: Data["items"][number]["audience"]): string {
  if (audience === null) return "Everybody";
  const parts = [
    ...(audience.staff ? ["staff"] : []),
    ...(audience.roles.length > 0 ? [counted(audience.roles.length, "role")] : []),
    ...(audience.organisations.length > 0 ? [counted(audience.organisations.length, "organisation")] : []),
  ];
  return parts.length === 0 ? "Nobody" : parts.join(", ");
}

function Begin({ feature: { key, title, help } }: { feature: Data["left"][number] }) {
  const router = useRouter();
  const { pending, run } = useAction();
  const begin = async () => {
    const outcome = await run((api) => api.rollouts.create({ key }));
    if (!outcome) return;
    if (!outcome.ok) return toast(outcome.failure.message, { tone: "bad" });
    router.push(tabHref("rollouts", {}, { open: outcome.value.id }));
  };
  return (
    <Panel
      title={title}
      description={help}
      className="mt-4"
      actions={
        <Button pending={pending} onClick={begin}>
          Start a rollout
        </Button>
      }
    />
  );
}
