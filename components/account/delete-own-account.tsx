/** Closes one's own account once its address has been typed. */
"use client";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";

export function DeleteOwnAccount({ email }: { email: string }) {
  return (
    <ConfirmButton
      label="Delete account"
      button={{ variant: "danger" }}
      title="Delete your account?"
      confirm="Delete account"
      typeName={email}
      call={(api) => api.users.remove({ email })}
      // Whatever the page still holds belongs to somebody who is signed out now.
      onDone={() => window.location.assign("/login")}
    >
      Your memberships, levels, passkeys and API tokens go with it.
    </ConfirmButton>
  );
}
