/** What everybody is asked who gets an account. */
"use client";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";

export const NameField = ({ error }: { error?: string | undefined }) => (
  <Field label="Name" error={error}>
    <Input name="name" autoComplete="name" required className="h-9" />
  </Field>
);

export const NewPasswordField = ({ error }: { error?: string | undefined }) => (
  <Field label="Password" error={error} hint="At least 10 characters.">
    <Input name="password" type="password" autoComplete="new-password" required className="h-9" />
  </Field>
);
