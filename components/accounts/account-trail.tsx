/** What an account did, or what was done to it. */
"use client";
import { useState } from "react";
import { Trail } from "#components/staff/trail.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Select } from "#components/ui/select.tsx";

export function AccountTrail({ user, now }: { user: string; now: number }) {
  const [side, setSide] = useState<"by" | "about">("by");
  return (
    <Panel
      title="History"
      actions={
        <Select
          aria-label="Whose entries"
          className="w-40!"
          value={side}
          options={[
            { value: "by", label: "What it did" },
            { value: "about", label: "What was done to it" },
          ]}
          onChange={(event) => setSide(event.target.value === "about" ? "about" : "by")}
        />
      }
      flush
    >
      <Trail
        key={side}
        of={`${user} ${side} ${now}`}
        call={(api, { at }) => api.accounts.history({ user, side, perPage: 20, at })}
        now={now}
      />
    </Panel>
  );
}
