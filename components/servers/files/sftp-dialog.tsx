/** Where a server is reached over SFTP, and with what: a password for this server alone, or one's keys. */
"use client";
import { useCallback, useEffect, useState } from "react";
import { attempt, Refusal } from "#components/ui/attempt.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyField } from "#components/ui/copy-field.tsx";
import { Dialog, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { exactTime } from "#components/ui/time.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Failure } from "#lib/api/client.ts";
import type { Outputs } from "#lib/api/outputs.ts";

type Access = Outputs["servers"]["sftp"]["open"];

export function SftpDialog({ server, onClose }: { server: string; onClose: () => void }) {
  const [access, setAccess] = useState<Access | null>(null);
  const [missing, setMissing] = useState<Failure | null>(null);
  const [made, setMade] = useState<string | null>(null);
  const { failure, pending, run } = useAction();
  const look = useCallback(
    () =>
      attempt((api) => api.servers.sftp.open({ server })).then(setAccess, (error: unknown) => {
        if (error instanceof Refusal) setMissing(error.failure);
      }),
    [server],
  );
  useEffect(() => void look(), [look]);

  const make = async () => {
    const outcome = await run((api) => api.servers.sftp.makePassword({ server }));
    if (!outcome?.ok) return;
    setMade(outcome.value.password);
    await look();
  };
  const drop = async () => {
    const outcome = await run((api) => api.servers.sftp.dropPassword({ server }));
    if (!outcome?.ok) return;
    setMade(null);
    await look();
  };
  const problem = failure ?? missing;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Files over SFTP" keepOpen={made !== null}>
      <div className="flex flex-col gap-4">
        {problem && <FailureBanner failure={problem} />}
        {!access && !problem && <p className="text-dim">Loading …</p>}
        {access && (
          <>
            <CopyField label="Address" value={`sftp://${access.host}:${access.port}`} />
            <CopyField label="User name" value={access.login} />
            {made !== null && (
              <>
                <Banner tone="warn" title="Copy the password now: it is not shown again">
                  It is for you and this server alone, and stays yours: give it to nobody.
                </Banner>
                <CopyField label="Password" value={made} />
              </>
            )}
            <p className="text-dim">
              {access.password === null
                ? "You have no password for this server yet. That of your account does not work here."
                : `A password was made at ${exactTime(access.password.createdAt)}${
                    access.password.lastUsedAt === null
                      ? ", and not used yet"
                      : `, last used at ${exactTime(access.password.lastUsedAt)}`
                  }.`}{" "}
              {access.keys === 0
                ? "An SSH key works as well: add one under "
                : `Your ${access.keys === 1 ? "SSH key works" : `${access.keys} SSH keys work`} as well, kept under `}
              <TextLink href="/dashboard/settings/security">Security</TextLink>.
            </p>
            <div className="flex flex-wrap gap-2">
              <Button pending={pending} onClick={make}>
                {access.password === null ? "Make a password" : "Make another password"}
              </Button>
              {access.password !== null && (
                <Button pending={pending} onClick={drop}>
                  Remove the password
                </Button>
              )}
            </div>
          </>
        )}
      </div>
      <DialogFooter>
        <DialogClose>
          <Button variant="primary">Done</Button>
        </DialogClose>
      </DialogFooter>
    </Dialog>
  );
}
