/** Switches DNSSEC on, or off with its consequence said. */
"use client";
import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";

export interface DnssecSwitchProps {
  organisation: string;
  zone: string;
  signed: boolean;
  parent: Outputs["dns"]["dnssec"]["parent"];
}

const NO_ANSWER = "No answer yet: it is being checked";
const isOpen = (state: string): boolean => state === "unknown" || state === "pending";

export function DnssecSwitch({ organisation, zone, signed, parent }: DnssecSwitchProps) {
  const router = useRouter();
  const { pending, run } = useAction();
  const enable = async () => {
    const outcome = await run((api) => api.dns.enableDnssec({ organisation, zone }));
    if (!outcome) return;
    if (outcome.ok) toast(isOpen(outcome.value.state) ? NO_ANSWER : `${zone} is signed`);
    else toast(outcome.failure.message, { tone: "bad" });
    router.refresh();
  };
  if (!signed)
    return (
      <Button variant="primary" pending={pending} onClick={enable}>
        Switch DNSSEC on
      </Button>
    );
  const confirm = { published: "ds_published", unknown: "ds_unknown", none: undefined } as const;
  return (
    <ConfirmButton
      label="Switch DNSSEC off"
      button={{}}
      title={`Switch DNSSEC off for ${zone}?`}
      confirm="Switch off"
      typeName={parent.state === "none" ? undefined : zone}
      call={(api) => api.dns.disableDnssec({ organisation, zone, confirm: confirm[parent.state] })}
      onDone={(done) => {
        toast(isOpen(done.state) ? NO_ANSWER : `${zone} is no longer signed`);
        router.refresh();
      }}
    >
      {parent.state === "published" && (
        <>
          The parent still publishes a DS record. Without keys{" "}
          <strong>the domain fails for everybody whose resolver validates</strong>. Have the record removed at the
          registrar first, and wait until resolvers have forgotten it
          {parent.ttl > 0 && ` (${parent.ttl.toLocaleString("en-GB")} seconds)`}.
        </>
      )}
      {parent.state === "unknown" && (
        <>
          Whether the parent still publishes a DS record is not known. If it does,{" "}
          <strong>the domain fails for everybody whose resolver validates</strong>.
        </>
      )}
      {parent.state === "none" && "The keys are deleted. Switching it on again makes new ones."}
    </ConfirmButton>
  );
}
