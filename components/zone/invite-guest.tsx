/** The button that invites a guest. Its form loads when it opens. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { UserPlus } from "#components/ui/icons.tsx";
import { toast } from "#components/ui/toast.tsx";

const AccessForm = dynamic(() => import("./access-form.tsx").then((module) => module.AccessForm));

export function InviteGuest({ organisation, zone }: { organisation: string; zone: string }) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <UserPlus aria-hidden="true" />
        Invite guest
      </Button>
      {open && (
        <AccessForm
          organisation={organisation}
          zone={zone}
          row={null}
          onDone={(done) => {
            toast(`${done.email} is invited`, { tone: "ok" });
            setOpen(false);
            router.refresh();
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
