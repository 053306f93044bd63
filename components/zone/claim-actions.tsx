/** Looking for the proof now, approving without one, and no longer asking. */
"use client";
import { useRouter } from "next/navigation";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

interface Place {
  organisation: string;
  zone: string;
}

export function ClaimActions({ organisation, zone, id, mayApprove }: Place & { id: string; mayApprove: boolean }) {
  const router = useRouter();
  const { pending, run } = useAction();
  const check = async () => {
    const outcome = await run((api) => api.dns.checkClaim({ organisation, zone }));
    if (!outcome) return;
    if (!outcome.ok) toast(outcome.failure.message, { tone: "bad" });
    else if (outcome.value.claim === null) toast(`${zone} is yours: its zone is made`);
    else if (outcome.value.claim.state === "granted") toast(`${zone} is yours: its zone is still being made`);
    else toast("Not found yet. The panel goes on looking.");
    router.refresh();
  };
  return (
    <>
      <ConfirmButton
        label="Withdraw"
        button={{ variant: "ghost" }}
        title={`No longer ask for ${zone}?`}
        confirm="Withdraw"
        call={(api) => api.dns.withdrawClaim({ organisation, zone })}
        onDone={() => leave(router, organisation, `${zone} is no longer asked for`)}
      >
        What you published for it can be removed. You can ask for it again, with another value.
      </ConfirmButton>
      {mayApprove && (
        <ConfirmButton
          label="Approve without proof"
          title={`Give ${zone} to this organisation?`}
          confirm="Approve"
          tone="primary"
          call={(api) => api.dns.approveClaim({ claim: id })}
          onDone={() => {
            toast(`${zone} was approved`);
            router.refresh();
          }}
        >
          Its zone is made at once. You vouch that the domain is theirs.
        </ConfirmButton>
      )}
      <Button variant="primary" pending={pending} onClick={check}>
        Check now
      </Button>
    </>
  );
}

/** Why it ended stands on top of the page. */
export function ClaimEnded({ organisation, zone }: Place) {
  const router = useRouter();
  return (
    <Banner>
      <span className="flex flex-wrap items-center justify-between gap-2">
        It is no longer asked for. Add it again to try once more.
        <ConfirmButton
          label="Remove"
          button={{ size: "sm" }}
          title={`Remove ${zone} from the list?`}
          confirm="Remove"
          call={(api) => api.dns.withdrawClaim({ organisation, zone })}
          onDone={() => leave(router, organisation, `${zone} was removed`)}
        >
          Nothing was made, so nothing is lost.
        </ConfirmButton>
      </span>
    </Banner>
  );
}

function leave(router: ReturnType<typeof useRouter>, organisation: string, message: string): void {
  toast(message);
  router.push(`/dashboard/organisations/${organisation}/zones`);
  router.refresh();
}
