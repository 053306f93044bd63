/** Tells a guest whose zone this is and until when, with the way out. */
"use client";
import { useRouter } from "next/navigation";
import { Banner } from "#components/ui/banner.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";

export interface GuestNoteProps {
  organisation: { handle: string; name: string };
  zone: string;
  until: number | null;
  now: number;
}

export function GuestNote({ organisation, zone, until, now }: GuestNoteProps) {
  const router = useRouter();
  return (
    <Banner
      className="mb-3"
      action={
        <ConfirmButton
          label="Leave zone"
          button={{ size: "sm" }}
          title={`Leave ${zone}?`}
          confirm="Leave zone"
          call={(api) => api.dns.leave({ organisation: organisation.handle, zone })}
          onDone={() => {
            toast(`You left ${zone}`);
            router.push("/dashboard/zones");
            router.refresh();
          }}
        >
          You lose your access at once. To come back you need an invitation.
        </ConfirmButton>
      }
    >
      You are a guest of {organisation.name} in this zone.
      {until !== null && (
        <>
          {" "}
          Your access ends <Time at={until} now={now} />.
        </>
      )}
    </Banner>
  );
}
