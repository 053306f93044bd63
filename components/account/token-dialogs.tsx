/** The dialogs in which a token is made, shown this once, and changed. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { Form } from "#components/ui/form.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { type TokenChoices, TokenFields, tokenFrom } from "./token-form.tsx";
import { MadeToken } from "./token-made.tsx";
import type { Token } from "./token-words.ts";

export function MakeTokenDialog({ choices, onClose }: { choices: TokenChoices; onClose: () => void }) {
  const router = useRouter();
  const [made, setMade] = useState<Outputs["tokens"]["create"] | null>(null);
  const close = () => {
    if (made) router.refresh();
    onClose();
  };
  if (made)
    return (
      <Dialog open onOpenChange={(open) => !open && close()} title={`Your new token ${made.name}`} keepOpen>
        <MadeToken token={made.token} />
        <DialogFooter>
          <DialogClose>
            <Button variant="primary">Done</Button>
          </DialogClose>
        </DialogFooter>
      </Dialog>
    );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      title="Make an API token"
      description="It acts for your account. Give it what it needs and no more: later its rights can only shrink."
      size="lg"
      keepOpen
    >
      <Form call={(api, values) => api.tokens.create(tokenFrom(values, choices, Date.now()))} onDone={setMade}>
        {(state) => (
          <>
            <TokenFields choices={choices} state={state} token={null} />
            <DialogFooter>
              <DialogClose>
                <Button>Cancel</Button>
              </DialogClose>
              <Submit pending={state.pending}>Make token</Submit>
            </DialogFooter>
          </>
        )}
      </Form>
    </Dialog>
  );
}

interface ChangeProps {
  token: Token;
  choices: TokenChoices;
  onClose: () => void;
}

export function ChangeTokenDialog({ token, choices, onClose }: ChangeProps) {
  const router = useRouter();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Change the token ${token.name}`}
      description="Rights, networks and time can only be taken away. For more, make a new token."
      size="lg"
      keepOpen
    >
      <Form
        call={(api, values) => {
          const { expiresAt, ...wanted } = tokenFrom(values, choices, Date.now(), token);
          const keeps = values("expiresAt") === "keep";
          return api.tokens.edit({ token: token.id, ...wanted, ...(keeps ? {} : { expiresAt }) });
        }}
        onDone={({ name }) => {
          toast(`The token ${name} is changed`);
          onClose();
          router.refresh();
        }}
      >
        {(state) => (
          <>
            <TokenFields choices={choices} state={state} token={token} />
            <DialogFooter>
              <DialogClose>
                <Button>Cancel</Button>
              </DialogClose>
              <Submit pending={state.pending}>Change token</Submit>
            </DialogFooter>
          </>
        )}
      </Form>
    </Dialog>
  );
}
