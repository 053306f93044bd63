/** One rollout: whom it reaches, when, with what, and who that is. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { Permission } from "#lib/access/permissions.ts";
import type { Act } from "./act-bar.tsx";
import { type Query, tabHref } from "./address.ts";
import { Detail } from "./detail.tsx";
import { Loaded } from "./loaded.tsx";
import { RolloutPeople } from "./rollout-people.tsx";
import { RolloutRules } from "./rollout-rules.tsx";
import { StateBadge } from "./rollout-words.tsx";
import type { TabRow } from "./tab-props.ts";

type Rollout = TabRow<"rollouts">;

export interface RolloutDetailProps {
  rollout: Rollout;
  may: readonly Permission[];
  query: Query;
}

export default function RolloutDetail({ rollout, may, query }: RolloutDetailProps) {
  const router = useRouter();
  const end: Act<Rollout> = {
    label: "Remove",
    tone: "danger",
    says: "Nobody gets it any more, and the list of accounts added by hand is deleted.",
    done: "The rollout is removed",
    call: async (api, { id }) => {
      await api.rollouts.remove({ rollout: id });
      router.push(tabHref("rollouts"));
    },
  };
  return (
    <Detail
      tab="rollouts"
      query={query}
      back="All rollouts"
      title={rollout.title}
      badge={<StateBadge {...rollout} />}
      meta={[rollout.help]}
      row={rollout}
      noun={["rollout", "rollouts"]}
      nameOf={({ title }) => title}
      acts={[end]}
    >
      <RolloutRules rollout={rollout} may={may} />
      <RolloutPeople rollout={rollout} looks={may.includes("users:read")} />
      <Preview rollout={rollout} />
    </Detail>
  );
}

/** Who would be in, while it is on. */
function Preview({ rollout }: { rollout: Rollout }) {
  const [shown, setShown] = useState(false);
  const [after, setAfter] = useState<string | undefined>(undefined);
  return (
    <Panel
      title="Who gets it"
      description="While it is on and within its dates, with the settings as saved."
      actions={!shown && <Button onClick={() => setShown(true)}>Show</Button>}
    >
      {shown && (
        <Loaded
          of={`${rollout.id} ${rollout.updatedAt} ${rollout.forcedIn} ${rollout.forcedOut} ${after}`}
          call={(api) => api.rollouts.preview({ rollout: rollout.id, after })}
        >
          {({ items, next }) => (
            <>
              {items.length === 0 && <p className="text-dim">{next === null ? "Nobody." : "Nobody so far."}</p>}
              <ul aria-label="Who gets it" className="flex flex-col gap-1 wrap-anywhere">
                {items.map(({ id, name, email, treatment, forced }) => (
                  <li key={id}>
                    {name} <span className="text-dim">{email}</span> <Badge>{treatment}</Badge>
                    {forced && <span className="ms-1.5 text-dim">by hand</span>}
                  </li>
                ))}
              </ul>
              <p className="mt-3 flex gap-2">
                {after !== undefined && <Button onClick={() => setAfter(undefined)}>Back to the start</Button>}
                {next !== null && <Button onClick={() => setAfter(next)}>More</Button>}
              </p>
            </>
          )}
        </Loaded>
      )}
    </Panel>
  );
}
