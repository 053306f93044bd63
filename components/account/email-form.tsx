/** Changes one's own address, once a link that is mailed to the new one is opened; verifies the present one. */
"use client";
import { useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { useAction } from "#components/ui/use-action.ts";

export interface EmailFormProps {
  email: string;
  verified: boolean;
  /** Without mail no link would ever arrive. */
  mail: boolean;
}

export function EmailForm({ email, verified, mail }: EmailFormProps) {
  const [asked, setAsked] = useState<string | null>(null);
  if (!mail)
    return (
      <Panel title="E-mail">
        <p className="wrap-anywhere">{email}</p>
        <p className="mt-1 text-dim">This panel sends no mail. Ask whoever runs it for another address.</p>
      </Panel>
    );
  return (
    <Form
      call={async (api, values) => {
        await api.links.askEmail({ email: values("email") });
        return values("email").trim();
      }}
      onDone={(next) => setAsked(next)}
    >
      {({ errors, pending, banner }) => (
        <Panel
          title="E-mail"
          description="You sign in with it. Another one counts once you open the link that is mailed to it."
          footer={<Submit pending={pending}>Change address</Submit>}
        >
          <FieldGroup>
            {banner}
            {asked !== null && (
              <Banner tone="ok" title="Look into your mail" live>
                <span className="wrap-anywhere">{`A mail to ${asked} says how it goes on.`}</span>
              </Banner>
            )}
            {!verified && <VerifyBanner />}
            <Field label="E-mail" error={errors.email}>
              <Input name="email" type="email" autoComplete="email" required defaultValue={email} />
            </Field>
          </FieldGroup>
        </Panel>
      )}
    </Form>
  );
}

function VerifyBanner() {
  const { pending, failure, run } = useAction();
  const [sent, setSent] = useState(false);
  const send = async () => {
    const outcome = await run((api) => api.links.askVerification({}));
    if (outcome?.ok) setSent(true);
  };
  if (sent)
    return (
      <Banner tone="ok" title="Look into your mail" live>
        A link to verify your address is on its way.
      </Banner>
    );
  return (
    <>
      {failure && <FailureBanner failure={failure} />}
      <Banner
        tone="warn"
        title="Your address is not verified"
        action={
          <Button size="sm" pending={pending} onClick={send}>
            Send a link
          </Button>
        }
      >
        Until it is, you cannot accept invitations.
      </Banner>
    </>
  );
}
