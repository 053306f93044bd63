/** Accounts that are to be deleted, and those that were. */
"use client";
import { useOwnedChoices } from "#components/account/owned-choices.tsx";
import { whatGoes } from "#components/account/what-goes.ts";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { UserX } from "#components/ui/icons.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { exactTime, Time } from "#components/ui/time.tsx";
import type { Act } from "./act-bar.tsx";
import { Detail } from "./detail.tsx";
import { FormButton } from "./form-button.tsx";
import { type Column, StaffList } from "./list.tsx";
import type { TabData, TabProps, TabRow } from "./tab-props.ts";

type Row = TabData<"deletions">["items"][number];
type One = TabRow<"deletions">;

const noun = ["deletion", "deletions"] as const;
const GONE = "Deleted account";

const STATES: Record<Row["state"], { label: string; tone: Tone }> = {
  waiting: { label: "Waiting", tone: "warn" },
  closing: { label: "Closing", tone: "accent" },
  done: { label: "Done", tone: "neutral" },
  cancelled: { label: "Cancelled", tone: "ok" },
};

const State = ({ state }: Pick<Row, "state">) => <Badge tone={STATES[state].tone}>{STATES[state].label}</Badge>;
const nameOf = ({ email }: Pick<Row, "email">) => email ?? GONE;

export default function Deletions({ tab, data, one, may, query, now }: TabProps<"deletions">) {
  const offered = acts.filter(({ needs }) => needs === null || may.includes(needs));
  if (one)
    return (
      <Detail
        tab={tab}
        query={query}
        back="All deletions"
        title={nameOf(one)}
        badge={<State state={one.state} />}
        row={one}
        noun={noun}
        nameOf={nameOf}
        acts={offered}
        actions={
          one.effects && one.effects.organisations.length > 0 && may.includes("users:delete") && <Choose one={one} />
        }
      >
        {one.message && <Banner tone={one.state === "waiting" ? "warn" : "info"}>{one.message}</Banner>}
        <Panel title="Schedule">
          <Facts
            items={[
              {
                label: "Requested",
                value: `${exactTime(one.createdAt)}, ${one.askedBy === "self" ? "by the user" : "by staff"}`,
              },
              { label: "Due", value: exactTime(one.dueAt) },
              ...(one.endedAt === null ? [] : [{ label: "Ended", value: exactTime(one.endedAt) }]),
            ]}
          />
        </Panel>
        {one.effects && (
          <Panel title="What will be deleted" description={whatGoes(one.effects)}>
            {one.effects.organisations.length > 0 ? (
              <ul className="flex flex-col gap-2">
                {one.effects.organisations.map((owned) => (
                  <li key={owned.id}>
                    <strong>{owned.name}</strong>, {owned.zones === 1 ? "1 zone" : `${owned.zones} zones`},{" "}
                    {owned.members === 1 ? "1 other person" : `${owned.members} other people`}: {fateOf(one, owned.id)}
                  </li>
                ))}
              </ul>
            ) : (
              <p className="text-dim">It owns no organisation.</p>
            )}
          </Panel>
        )}
      </Detail>
    );
  const columns: readonly [Column<Row>, ...Column<Row>[]] = [
    { label: "Account", cell: nameOf },
    { label: "Name", dim: true, cell: ({ name }) => name ?? "" },
    { label: "State", cell: (row) => <State {...row} /> },
    { label: "Requested by", dim: true, cell: ({ askedBy }) => (askedBy === "self" ? "User" : "Staff") },
    { label: "Requested", sort: "createdAt", dim: true, cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
    { label: "Due", sort: "dueAt", cell: ({ dueAt }) => <Time at={dueAt} now={now} /> },
    { label: "Note", dim: true, cell: ({ message }) => message },
  ];
  return (
    <StaffList
      tab={tab}
      title="Deletions"
      description="Accounts that are closed and will be deleted when they are due, and earlier deletions."
      noun={noun}
      page={data}
      query={query}
      defaultSort="dueAt"
      columns={columns}
      opens
      nameOf={nameOf}
      searchLabel="Search e-mail, name or id"
      filters={filters}
      acts={offered}
      empty={<EmptyState icon={<UserX />} title="No deletions yet" />}
    />
  );
}

function fateOf({ choices, effects }: One, id: string): string {
  const choice = choices.find(({ organisation }) => organisation === id);
  if (!choice) return "not decided yet";
  if (choice.handOverTo === null)
    return "will be deleted with its servers and zones; zones can be restored for thirty days";
  const heir = effects?.organisations.flatMap(({ admins }) => admins).find((admin) => admin.id === choice.handOverTo);
  return heir ? `goes to ${heir.name} (${heir.email})` : "the new owner is no longer an admin of it";
}

function Choose({ one }: { one: One }) {
  const { choices, fields } = useOwnedChoices(one.effects?.organisations ?? []);
  return (
    <FormButton
      label="Decide about organisations"
      variant="default"
      title="What happens to its organisations"
      submit="Save"
      call={(api) => api.staffDeletions.choose({ deletion: one.id, choices })}
      done="Saved"
    >
      {() => fields}
    </FormButton>
  );
}

const filters = [
  {
    param: "state",
    label: "State",
    all: "Any state",
    options: Object.entries(STATES).map(([value, { label }]) => ({ value, label })),
  },
];

const acts: readonly (Act<Pick<Row, "id" | "state">> & { needs: "users:delete" | null })[] = [
  {
    label: "Keep the account",
    needs: null,
    when: ({ state }) => state === "waiting",
    says: "The account works again as before, and its user gets a mail.",
    call: (api, { id }) => api.staffDeletions.cancel({ deletion: id }),
    done: "Account kept",
  },
  {
    label: "Delete now",
    needs: "users:delete",
    tone: "danger",
    when: ({ state }) => state === "waiting",
    says: "The account and everything in it is deleted now, for good. Its organisations are handed over or deleted as decided.",
    call: (api, { id }) => api.staffDeletions.expedite({ deletion: id }),
    done: "The account is being deleted",
  },
];
