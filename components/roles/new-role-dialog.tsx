/** Makes a role by name. What it grants is said on its own page. */
"use client";
import { useRouter } from "next/navigation";
import { tabHref } from "#components/staff/address.ts";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

export interface NewRoleDialogProps {
  like: { id: string; name: string } | undefined;
  onClose: () => void;
}

export function NewRoleDialog({ like, onClose }: NewRoleDialogProps) {
  const router = useRouter();
  return (
    <FormDialog
      title={like ? `Clone ${like.name}` : "Create a role"}
      description={
        like
          ? `The new role has the parent and the grants of ${like.name}. Nobody has it yet.`
          : "It grants nothing until you say what, on its own page."
      }
      size="sm"
      call={(api, values) =>
        like
          ? api.roles.clone({ role: like.id, name: values("name") })
          : api.roles.create({ name: values("name"), description: values("description") })
      }
      onDone={(role) => router.push(tabHref("roles", {}, { open: role.id }))}
      submit={like ? "Clone" : "Create role"}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.name}>
            <Input name="name" required maxLength={60} autoComplete="off" />
          </Field>
          {!like && (
            <Field label="Description" error={errors.description} optional>
              <Textarea name="description" maxLength={500} rows={2} />
            </Field>
          )}
        </>
      )}
    </FormDialog>
  );
}
