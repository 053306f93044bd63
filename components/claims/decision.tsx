/** Approves a request, or refuses it with a reason. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { toast } from "#components/ui/toast.tsx";

export interface DecisionProps {
  claim: string;
  name: string;
  organisation: string;
}

const QUIET = { variant: "ghost", size: "sm" } as const;

export function Decision({ claim, name, organisation }: DecisionProps) {
  const router = useRouter();
  const [reason, setReason] = useState("");
  const done = (message: string) => () => {
    toast(message);
    router.refresh();
  };
  return (
    <div className="flex gap-1 max-sm:-ms-2 sm:justify-end">
      <ConfirmButton
        label="Approve"
        accessibleLabel={`Approve ${name} for ${organisation}`}
        button={QUIET}
        title={`Give ${name} to ${organisation}?`}
        confirm="Approve"
        tone="primary"
        call={(api) => api.dns.approveClaim({ claim })}
        onDone={done(`${name} was approved`)}
      >
        Its zone is made at once. You vouch that the domain is theirs.
      </ConfirmButton>
      <ConfirmButton
        label="Refuse"
        accessibleLabel={`Refuse ${name} to ${organisation}`}
        button={QUIET}
        title={`Refuse ${name} to ${organisation}?`}
        confirm="Refuse"
        call={(api) => api.dns.refuseClaim({ claim, reason })}
        onDone={done(`${name} was refused`)}
      >
        <Field label="Reason" hint="The organisation reads it.">
          <Input value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
        </Field>
      </ConfirmButton>
    </div>
  );
}
