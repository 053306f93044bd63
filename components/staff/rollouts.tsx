/** What only a part of the accounts gets, and who they are. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { counted } from "#components/organisations/words.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FlaskConical } from "#components/ui/icons.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { tabHref } from "./address.ts";
import { type Column, StaffList } from "./list.tsx";
import { StateBadge } from "./rollout-words.tsx";
import type { TabData, TabProps } from "./tab-props.ts";

const RolloutDetail = dynamic(() => import("./rollout-detail.tsx"));

type Data = TabData<"rollouts">;
type Row = Data["items"][number];

export default function Rollouts({ tab, data, one, may, query, now }: TabProps<"rollouts">) {
  if (one) return <RolloutDetail key={one.id} rollout={one} may={may} query={query} />;
  const columns: readonly [Column<Row>, ...Column<Row>[]] = [
    { label: "Feature", sort: "key", cell: ({ title }) => title },
    { label: "State", cell: (row) => <StateBadge {...row} /> },
    { label: "Share", sort: "share", align: "end", cell: ({ share }) => `${share / 100} %` },
    { label: "Audience", cell: ({ audience }) => audienceInWords(audience) },
    { label: "Added by hand", cell: ({ forcedIn, forcedOut }) => `${forcedIn} in, ${forcedOut} out` },
    { label: "Changed", sort: "updatedAt", dim: true, cell: ({ updatedAt }) => <Time at={updatedAt} now={now} /> },
  ];
  return (
    <>
      <StaffList
        tab={tab}
        title="Rollouts"
        description="Try a feature with some of the accounts before everybody gets it."
        noun={["rollout", "rollouts"]}
        page={data}
        query={query}
        defaultSort="-updatedAt"
        columns={columns}
        opens
        nameOf={({ title }) => title}
        searchLabel="Search feature or description"
        filters={filters}
        empty={
          <EmptyState icon={<FlaskConical />} title="No rollouts yet">
            Start one for a feature below.
          </EmptyState>
        }
      />
      {data.left.map((feature) => (
        <Begin key={feature.key} feature={feature} />
      ))}
    </>
  );
}

const filters = [
  {
    param: "state",
    label: "State",
    all: "Any state",
    options: [
      { value: "running", label: "Running" },
      { value: "waiting", label: "Not now" },
      { value: "off", label: "Off" },
    ],
  },
];

function audienceInWords(audience: Row["audience"]): string {
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
