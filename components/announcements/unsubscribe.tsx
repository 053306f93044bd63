/** No more announcements by mail, with the link of one: once a person says so. */
"use client";
import { useState } from "react";
import { useToken } from "#components/auth/use-token.ts";
import { AuthCard } from "#components/frame/auth-card.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Form } from "#components/ui/form.tsx";
import { Submit } from "#components/ui/submit.tsx";

export function Unsubscribe() {
  const token = useToken();
  const [done, setDone] = useState(false);
  return (
    <AuthCard
      title={done ? "You are unsubscribed" : "Stop announcements by mail?"}
      description="You will still get mails about your own account. You can change this at any time under Announcements."
    >
      {!done && token === "" && (
        <Banner tone="warn" live>
          This link is not complete. Open the whole link from the mail.
        </Banner>
      )}
      {!done && token !== "" && (
        <Form call={(api) => api.announcements.unsubscribeByLink({ token: token ?? "" })} onDone={() => setDone(true)}>
          {({ pending, banner }) => (
            <div className="flex flex-col gap-4">
              {banner}
              <Submit size="lg" pending={pending} disabled={token === null} className="w-full">
                Unsubscribe
              </Submit>
            </div>
          )}
        </Form>
      )}
    </AuthCard>
  );
}
