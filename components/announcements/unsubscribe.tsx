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
      title={done ? "You get no more of these" : "No more announcements by mail?"}
      description="Mails about your own account, such as a new password, still come. You can change this in the panel, under Announcements."
    >
      {!done && token === "" && (
        <Banner tone="warn" live>
          This address has no link in it. Open the whole link from the mail.
        </Banner>
      )}
      {!done && token !== "" && (
        <Form call={(api) => api.announcements.unsubscribeByLink({ token: token ?? "" })} onDone={() => setDone(true)}>
          {({ pending, banner }) => (
            <div className="flex flex-col gap-4">
              {banner}
              <Submit size="lg" pending={pending} disabled={token === null} className="w-full">
                Send me no more
              </Submit>
            </div>
          )}
        </Form>
      )}
    </AuthCard>
  );
}
