/** What staff can do with one account: an act each, asked before it is done. */
"use client";
import { useRouter } from "next/navigation";
import { useOwnedChoices } from "#components/account/owned-choices.tsx";
import { isMasked } from "#components/staff/private-value.tsx";
import type { Api } from "#components/ui/attempt.ts";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Outputs } from "#lib/api/outputs.ts";

type Act = "verify" | "unsuspend" | "clearPassword" | "clearPasskeys" | "clearFactors" | "signOut" | "keep";

interface Told {
  label: string;
  title: (who: string) => string;
  says: string;
  done: string;
  tone: "danger" | "primary";
  call: (api: Api, user: string) => Promise<unknown>;
}

/** Named, so that a page that the server renders can say which. */
const ACTS: Record<Act, Told> = {
  verify: {
    label: "Vouch for the address",
    title: (who: string) => `Vouch for ${who}?`,
    says: "The address counts as verified, as if its owner had opened the link.",
    done: "The address is verified",
    tone: "primary",
    call: (api: Api, user: string) => api.accounts.verify({ user }),
  },
  unsuspend: {
    label: "End the suspension",
    title: (who: string) => `Let ${who} in again?`,
    says: "The account can sign in at once, and its API tokens work again.",
    done: "The suspension has ended",
    tone: "primary",
    call: (api: Api, user: string) => api.accounts.unsuspend({ user }),
  },
  clearPassword: {
    label: "Remove password",
    title: (who: string) => `Remove the password of ${who}?`,
    says: "Every session of the account ends. It gets in with a passkey, or with a link to set a new password.",
    done: "The password is removed",
    tone: "danger",
    call: (api: Api, user: string) => api.accounts.clearPassword({ user }),
  },
  clearPasskeys: {
    label: "Remove passkeys",
    title: (who: string) => `Remove all passkeys of ${who}?`,
    says: "Every session of the account ends. It gets in with its password, or with a link to set a new one.",
    done: "The passkeys are removed",
    tone: "danger",
    call: (api: Api, user: string) => api.accounts.clearPasskeys({ user }),
  },
  clearFactors: {
    label: "Remove second factor",
    title: (who: string) => `Remove the second factor of ${who}?`,
    says: "The authenticator app and the recovery codes are gone, and every session ends. If a role asks for a second factor, the person sets up a new one at the next sign-in.",
    done: "The second factor is removed",
    tone: "danger",
    call: (api: Api, user: string) => api.accounts.clearFactors({ user }),
  },
  signOut: {
    label: "Sign out everywhere",
    title: (who: string) => `Sign ${who} out everywhere?`,
    says: "Every session of the account ends at once. API tokens stay.",
    done: "All sessions have ended",
    tone: "danger",
    call: (api: Api, user: string) => api.accounts.signOut({ user }),
  },
  keep: {
    label: "Keep the account",
    title: (who: string) => `Keep the account of ${who}?`,
    says: "It is not deleted, and can sign in again.",
    done: "The account is kept",
    tone: "primary",
    call: (api: Api, user: string) => api.accounts.keep({ user }),
  },
};

export interface AccountActProps {
  act: Act;
  user: string;
  email: string;
}

export function AccountAct({ act, user, email }: AccountActProps) {
  const router = useRouter();
  const { label, title, says, done, tone, call } = ACTS[act];
  return (
    <ConfirmButton
      label={label}
      button={{ size: "sm" }}
      title={title(email)}
      confirm={label}
      tone={tone}
      call={(api) => call(api, user)}
      onDone={() => {
        toast(done);
        router.refresh();
      }}
    >
      {says}
    </ConfirmButton>
  );
}

export interface DeleteAccountProps {
  user: string;
  email: string;
  /** Null: nobody who looks may delete it. */
  leaving: Outputs["accounts"]["open"]["leaving"];
}

export function DeleteAccount({ user, email, leaving }: DeleteAccountProps) {
  const router = useRouter();
  const { choices, lost, fields } = useOwnedChoices(leaving?.organisations ?? []);
  return (
    <div className="flex flex-col items-start gap-4">
      {fields}
      <ConfirmButton
        label="Delete account"
        button={{ variant: "danger" }}
        title={`Delete the account ${email}?`}
        confirm="Delete account"
        typeName={isMasked(email) ? undefined : email}
        call={(api) => api.accounts.remove({ user, choices })}
        onDone={() => {
          toast(`${email} is signed out, and will be deleted`);
          router.refresh();
        }}
      >
        It is signed out everywhere and cannot sign in. For some days an administrator can keep it; then its
        memberships, levels, passkeys and tokens are gone for good.
        {lost.length > 0 && ` Deleted with their zones: ${lost.join(", ")}.`}
      </ConfirmButton>
    </div>
  );
}

export function EndTheirSession({ user, session, device }: { user: string; session: string; device: string }) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="End"
      accessibleLabel={`End the session of ${device}`}
      button={{ variant: "ghost", size: "sm" }}
      title="End this session?"
      confirm="End session"
      call={(api) => api.accounts.signOutOne({ user, session })}
      onDone={() => {
        toast(`The session of ${device} has ended`);
        router.refresh();
      }}
    >
      {device} has to sign in again.
    </ConfirmButton>
  );
}

export function RevokeTheirToken({ user, token, name }: { user: string; token: string; name: string }) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Revoke"
      accessibleLabel={`Revoke the token ${name}`}
      button={{ variant: "ghost", size: "sm" }}
      title={`Revoke the token ${name}?`}
      confirm="Revoke token"
      call={(api) => api.tokens.revokeAnyones({ user, token })}
      onDone={() => {
        toast(`The token ${name} is revoked`);
        router.refresh();
      }}
    >
      Whatever uses it stops working at once.
    </ConfirmButton>
  );
}
