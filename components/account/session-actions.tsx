/** Ends one session, or all the others. */
"use client";
import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

export function EndSession({ session, device }: { session: string; device: string }) {
  const router = useRouter();
  const { pending, run } = useAction();

  const end = async () => {
    const outcome = await run((api) => api.users.endOneSession({ session }));
    if (!outcome) return;
    if (outcome.ok) toast(`The session of ${device} has ended`);
    else toast(outcome.failure.message, { tone: "bad" });
    router.refresh();
  };

  return (
    <Button variant="ghost" size="sm" pending={pending} onClick={end} aria-label={`End the session of ${device}`}>
      End
    </Button>
  );
}

export function EndOtherSessions({ count }: { count: number }) {
  const router = useRouter();
  const sessions = count === 1 ? "the other session" : `the ${count} other sessions`;
  return (
    <ConfirmButton
      label="End all others"
      title={`End ${sessions}?`}
      confirm="End all others"
      call={(api) => api.users.endSessions({})}
      onDone={({ ended }) => {
        toast(ended === 1 ? "1 session has ended" : `${ended} sessions have ended`);
        router.refresh();
      }}
    >
      Everywhere but here you will have to sign in again.
    </ConfirmButton>
  );
}
