/** Makes a link with which somebody sets a new password, and shows it this once. */
"use client";
import { useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyField } from "#components/ui/copy-field.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

export function ResetLink({ user, email }: { user: string; email: string }) {
  const { pending, run } = useAction();
  const [url, setUrl] = useState<string | null>(null);

  const make = async () => {
    const outcome = await run((api) => api.accounts.resetLink({ user }));
    if (!outcome) return;
    if (outcome.ok) setUrl(outcome.value.url);
    else toast(outcome.failure.message, { tone: "bad" });
  };

  return (
    <>
      <Button size="sm" aria-haspopup="dialog" pending={pending} onClick={make}>
        Make a reset link
      </Button>
      {url !== null && (
        <Dialog
          open
          onOpenChange={(open) => !open && setUrl(null)}
          title="A link to set a new password"
          size="md"
          keepOpen
        >
          <div className="flex flex-col gap-4">
            <Banner tone="warn" title="Copy it now: it is not shown again">
              {`Give it to the owner of ${email} in a way that nobody else reads. It works once, within an hour, and ends every session of the account.`}
            </Banner>
            <CopyField label="Link" value={url} />
          </div>
          <DialogFooter>
            <DialogClose>
              <Button variant="primary">Done</Button>
            </DialogClose>
          </DialogFooter>
        </Dialog>
      )}
    </>
  );
}
