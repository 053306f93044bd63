/** Chooses what members can do in a zone that says nothing else about them. */
"use client";
import { useRouter } from "next/navigation";
import { Radio } from "#components/ui/checkbox.tsx";
import { Form } from "#components/ui/form.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ZoneLevel } from "#lib/access/zone-level.ts";
import { levelNames } from "./words.ts";

const LEVELS: readonly { level: ZoneLevel; means: string }[] = [
  { level: "none", means: "A zone does not exist for them until it gives them a level of their own." },
  { level: "view", means: "They see its records and its history." },
  { level: "edit", means: "They also add and change records." },
  { level: "full", means: "They also delete records." },
];

export function MemberDefault({ organisation, level }: { organisation: string; level: ZoneLevel }) {
  const router = useRouter();
  return (
    <Form
      call={(api, values) => {
        const chosen = LEVELS.find((entry) => entry.level === values("memberDefault"))?.level;
        return api.organisations.edit({ organisation, memberDefault: chosen });
      }}
      onDone={(saved) => {
        toast(`Members have the level ${levelNames[saved.memberDefault].toLowerCase()} now`);
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <Panel
          title="Level of members"
          description="What members can do in every zone that gives them no level of their own. Admins and the owner always have full."
          footer={<Submit pending={pending}>Save</Submit>}
        >
          <div className="flex flex-col gap-3">
            {banner}
            <fieldset className="flex flex-col gap-2.5">
              <legend className="sr-only">Level of members</legend>
              {LEVELS.map((entry) => (
                <Radio
                  key={entry.level}
                  name="memberDefault"
                  value={entry.level}
                  defaultChecked={entry.level === level}
                  label={levelNames[entry.level]}
                  hint={entry.means}
                />
              ))}
            </fieldset>
            {errors.memberDefault && <p className="text-xs text-bad">{errors.memberDefault}</p>}
          </div>
        </Panel>
      )}
    </Form>
  );
}
