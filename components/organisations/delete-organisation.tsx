/** Deletes an organisation once its name has been typed. */
"use client";
import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { toast } from "#components/ui/toast.tsx";

export interface DeleteOrganisationProps {
  /** Its id. */
  organisation: string;
  name: string;
  disabled: boolean;
}

export function DeleteOrganisation({ organisation, name, disabled }: DeleteOrganisationProps) {
  const router = useRouter();
  if (disabled) return <Button disabled>Delete organisation</Button>;
  return (
    <ConfirmButton
      label="Delete organisation"
      button={{ variant: "danger" }}
      title={`Delete ${name}?`}
      confirm="Delete organisation"
      typeName={name}
      call={(api) => api.organisations.remove({ organisation })}
      onDone={() => {
        toast(`${name} was deleted`);
        router.push("/dashboard/organisations");
        router.refresh();
      }}
    >
      Its members, invitations and settings are gone for good.
    </ConfirmButton>
  );
}
