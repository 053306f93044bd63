/** Adds or invites somebody by e-mail address. */
"use client";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { AddMemberProps } from "./add-member.tsx";

const ROLES = [
  { value: "member", label: "Member" },
  { value: "admin", label: "Admin" },
];

export function AddMemberDialog({ organisation, name, direct, onClose }: AddMemberProps & { onClose: () => void }) {
  return (
    <FormDialog
      title={`Add a member to ${name}`}
      description={
        direct
          ? "As staff you add an account at once. An address without an account is invited by mail."
          : "The person gets a mail with a link, and has 7 days to accept. Without an account they make one with it."
      }
      size="sm"
      call={(api, values) =>
        api.organisations.addOne({
          organisation,
          email: values("email"),
          role: values("role") === "admin" ? "admin" : "member",
        })
      }
      onDone={({ status, email }) => toast(status === "added" ? `${email} was added` : `${email} is invited`)}
      submit={direct ? "Add member" : "Send invitation"}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="E-mail" error={errors.email}>
            <Input name="email" type="email" required autoComplete="off" />
          </Field>
          <Field
            label="Role"
            error={errors.role}
            hint="Admins manage members, settings and every zone. Members have the level that each zone gives them."
          >
            <Select name="role" options={ROLES} />
          </Field>
        </>
      )}
    </FormDialog>
  );
}
