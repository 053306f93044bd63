/** Verifies an address with the link from a mail, once a person says so: what fetches links in mails does nothing here. */
"use client";
import { useState } from "react";
import { AuthCard } from "#components/frame/auth-card.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Form } from "#components/ui/form.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Submit } from "#components/ui/submit.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { useToken } from "./use-token.ts";

export function Verify() {
  const token = useToken();
  const [verified, setVerified] = useState<Outputs["links"]["verify"] | null>(null);
  if (verified)
    return (
      <AuthCard
        title={verified.changed ? "Your address is changed" : "Your address is verified"}
        description={
          <span className="wrap-anywhere">
            {verified.changed ? `From now on you sign in with ${verified.email}.` : `${verified.email} is yours.`}
          </span>
        }
      >
        <LinkButton href="/dashboard" variant="primary" size="lg" className="w-full">
          Go to your overview
        </LinkButton>
      </AuthCard>
    );
  return (
    <AuthCard title="Verify your address" description="You came with a link from a mail. Say that it was you.">
      {token === "" ? (
        <Banner tone="warn" live>
          This address has no link in it. Open the whole link from the mail.
        </Banner>
      ) : (
        <Form call={(api) => api.links.verify({ token: token ?? "" })} onDone={setVerified}>
          {({ pending, banner }) => (
            <div className="flex flex-col gap-4">
              {banner}
              <Submit size="lg" pending={pending} disabled={token === null} className="w-full">
                Verify address
              </Submit>
            </div>
          )}
        </Form>
      )}
    </AuthCard>
  );
}
