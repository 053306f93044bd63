/** Making, changing and revoking an API token. The dialogs load when they open. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Plus } from "#components/ui/icons.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { TokenChoices } from "./token-form.tsx";
import type { Token } from "./token-words.ts";

const MakeTokenDialog = dynamic(() => import("./token-dialogs.tsx").then((module) => module.MakeTokenDialog));
const ChangeTokenDialog = dynamic(() => import("./token-dialogs.tsx").then((module) => module.ChangeTokenDialog));

export function MakeToken({ choices }: { choices: TokenChoices }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Plus aria-hidden="true" />
        Make a token
      </Button>
      {open && <MakeTokenDialog choices={choices} onClose={() => setOpen(false)} />}
    </>
  );
}

export function ChangeToken({ token, choices }: { token: Token; choices: TokenChoices }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="ghost"
        size="sm"
        aria-haspopup="dialog"
        aria-label={`Change the token ${token.name}`}
        onClick={() => setOpen(true)}
      >
        Change
      </Button>
      {open && <ChangeTokenDialog token={token} choices={choices} onClose={() => setOpen(false)} />}
    </>
  );
}

export function RevokeToken({ id, name }: { id: string; name: string }) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Revoke"
      accessibleLabel={`Revoke the token ${name}`}
      button={{ variant: "ghost", size: "sm" }}
      title={`Revoke the token ${name}?`}
      confirm="Revoke token"
      call={(api) => api.tokens.revoke({ token: id })}
      onDone={() => {
        toast(`The token ${name} is revoked`);
        router.refresh();
      }}
    >
      Whatever uses it is refused from now on. This cannot be undone.
    </ConfirmButton>
  );
}
