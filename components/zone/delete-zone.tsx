/** Deletes a zone once its name has been typed, at its provider or only here. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { organisationPath } from "#components/organisations/words.ts";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast.tsx";

export interface DeleteZoneProps {
  organisation: string;
  zone: string;
  name: string;
  records: number;
  origin: "created" | "linked";
  /** Kept in the panel, and so nowhere else. */
  local: boolean;
  connectionLabel: string;
  /** The account may choose where. */
  elsewhere: boolean;
}

export function DeleteZone({
  organisation,
  zone,
  name,
  records,
  origin,
  local,
  connectionLabel,
  elsewhere,
}: DeleteZoneProps) {
  const router = useRouter();
  const usual = origin === "linked" ? "panel" : "provider";
  const [at, setAt] = useState<"panel" | "provider">(usual);
  const there = at === "provider";
  const verb = there || local ? "Delete zone" : "Remove zone from the panel";
  const count = records === 1 ? "1 record" : `${records.toLocaleString("en-GB")} records`;
  return (
    <Panel
      title={verb}
      description={
        local
          ? `Its ${count} go with it.`
          : there
            ? `It is deleted at ${connectionLabel} with its ${count}, and that server stops answering for it.`
            : `It stays at ${connectionLabel} with its ${count}, and is still answered there. Only the panel forgets it.`
      }
      className="border-bad/40"
      footer={
        <ConfirmButton
          label={verb}
          button={{ variant: "danger" }}
          title={`${verb}: ${name}?`}
          confirm={verb}
          typeName={zone}
          call={(api) => api.dns.remove({ organisation, zone, name: zone, ...(local ? {} : { at }) })}
          onDone={({ state }) => {
            toast(
              state === "applied"
                ? `${name} was deleted. It can be brought back for 30 days.`
                : `Nobody knows yet whether ${name} was deleted. It is being checked.`,
            );
            if (state === "applied") router.push(`${organisationPath(organisation)}/zones`);
            router.refresh();
          }}
        >
          {there || local
            ? `${count} go. For 30 days whoever manages the zone can bring it back, as long as nobody else has the name by then.`
            : "The records stay at the provider. For 30 days whoever manages the zone can bring it back into the panel."}
        </ConfirmButton>
      }
    >
      {elsewhere && !local && (
        <Field label="Where" hint="Other than usual for this zone is for staff.">
          <Select
            value={at}
            onChange={(event) => setAt(event.target.value === "panel" ? "panel" : "provider")}
            options={[
              { value: "provider", label: `At ${connectionLabel} too` },
              { value: "panel", label: "In the panel alone" },
            ]}
          />
        </Field>
      )}
    </Panel>
  );
}
