/** What everybody is asked who gets an account. */
"use client";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";

export const NameField = ({ error }: { error?: string | undefined }) => (
  <Field label="Name" error={error}>
    <Input name="name" autoComplete="name" required className="h-9" />
  </Field>
);

export const NewPasswordField = ({ error, label = "Password" }: { error?: string | undefined; label?: string }) => (
  <Field label={label} error={error} hint="At least 10 characters. Several words are easy to keep in mind.">
    <Input name="password" type="password" autoComplete="new-password" required className="h-9" />
  </Field>
);

/** Whose account it is, which the link has decided. Password managers read it. */
export const OwnerField = ({ email }: { email: string }) => (
  <Field label="E-mail">
    <Input name="email" type="email" autoComplete="username" readOnly value={email} className="h-9" />
  </Field>
);
