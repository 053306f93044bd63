/** Signing in with e-mail and password, and a code where two-step sign-in is on; or with a passkey. */
"use client";
import { useState } from "react";
import { Refusal } from "#components/ui/attempt.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { CodeField } from "./code-field.tsx";
import { PasskeyButton } from "./passkey-button.tsx";
import { signIn, signInWithFactor } from "./sign-in.ts";

interface SecondStep {
  ticket: string;
  email: string;
}

export function LoginForm({ next, passkeys }: { next: string; passkeys: boolean }) {
  const [step, setStep] = useState<SecondStep | null>(null);
  /** Why one begins anew, and as whom. */
  const [anew, setAnew] = useState({ message: "", email: "" });
  const enter = () => window.location.assign(next);

  if (step)
    return (
      <CodeForm
        step={step}
        onDone={enter}
        onOver={(message) => {
          setAnew({ message, email: step.email });
          setStep(null);
        }}
      />
    );
  return (
    <Form
      call={async (_api, values) => ({
        ticket: await signIn(values("email"), values("password")),
        email: values("email"),
      })}
      leaves={({ ticket }) => ticket === null}
      onDone={({ ticket, email }) => (ticket === null ? enter() : setStep({ ticket, email }))}
    >
      {({ pending, banner }) => (
        <FieldGroup>
          {banner ??
            (anew.message !== "" && (
              <Banner tone="warn" live>
                {anew.message}
              </Banner>
            ))}
          <Field label="E-mail">
            <Input
              name="email"
              type="email"
              autoComplete="username webauthn"
              required
              defaultValue={anew.email}
              className="h-9"
            />
          </Field>
          <Field label="Password">
            <Input name="password" type="password" autoComplete="current-password" required className="h-9" />
          </Field>
          <Submit size="lg" pending={pending} className="w-full">
            Sign in
          </Submit>
          {passkeys && <PasskeyButton next={next} />}
        </FieldGroup>
      )}
    </Form>
  );
}

interface CodeFormProps {
  step: SecondStep;
  onDone: () => void;
  /** Has to begin anew, and why; empty if that was the person's own wish. */
  onOver: (message: string) => void;
}

function CodeForm({ step: { ticket, email }, onDone, onOver }: CodeFormProps) {
  const send = async (code: string): Promise<boolean> => {
    try {
      await signInWithFactor(ticket, code);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal && error.failure.code === "unauthenticated")) throw error;
      onOver(error.message);
      return false;
    }
  };

  return (
    <Form
      call={(_api, values) => send(values("code"))}
      leaves={(entered) => entered}
      onDone={(entered) => entered && onDone()}
    >
      {({ errors, pending, banner }) => (
        <FieldGroup>
          {banner}
          <p className="text-dim">
            The password is right. Now the second step, for <span className="text-text wrap-anywhere">{email}</span>.
          </p>
          <CodeField error={errors.code} focus className="h-9" />
          <Submit size="lg" pending={pending} className="w-full">
            Sign in
          </Submit>
          <Button variant="ghost" onClick={() => onOver("")}>
            Start again
          </Button>
        </FieldGroup>
      )}
    </Form>
  );
}
