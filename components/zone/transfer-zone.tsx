/** Hands a zone over to another organisation that one manages. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast.tsx";
import { zonePath } from "./zone-view.ts";

export interface TransferZoneProps {
  organisation: string;
  zone: string;
  name: string;
  from: string;
  to: readonly { handle: string; name: string }[];
}

export function TransferZone({ organisation, zone, name, from, to }: TransferZoneProps) {
  const router = useRouter();
  const [handle, setHandle] = useState(to[0]?.handle ?? "");
  const target = to.find((one) => one.handle === handle)?.name ?? handle;
  return (
    <Panel
      title="Move to another organisation"
      description={`Records and history move too. People of ${from} lose their access, and invitations end.`}
      footer={
        <ConfirmButton
          label="Move zone"
          title={`Move ${name} to ${target}?`}
          confirm="Move zone"
          tone="primary"
          call={(api) => api.dns.transfer({ organisation, zone, to: handle })}
          onDone={() => {
            toast(`${name} is in ${target} now`);
            router.push(zonePath(handle, zone));
            router.refresh();
          }}
        >
          Everybody in {from} loses it, and the owner and admins of {target} manage it. Its history shows them what was
          changed and when, without the names of people of {from}.
        </ConfirmButton>
      }
    >
      <Field label="Organisation">
        <Select
          value={handle}
          onChange={(event) => setHandle(event.target.value)}
          options={to.map((one) => ({ value: one.handle, label: one.name }))}
        />
      </Field>
    </Panel>
  );
}
